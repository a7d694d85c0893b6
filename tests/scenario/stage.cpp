#include "stage.hpp"

#include "belay/base/duration_text.hpp"

#include <fmt/format.h>
#include <map>
#include <sstream>
#include <stdexcept>

namespace belay::scenario {

namespace {

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);) {
        if (!part.empty()) {
            parts.push_back(part);
        }
    }
    return parts;
}

Duration duration(const std::string& text) {
    const auto parsed = parse_duration(text);
    if (!parsed) {
        throw std::runtime_error(parsed.error().text);
    }
    return *parsed;
}

core::Condition condition(const std::string& word, const std::string& bad) {
    return word == "good" ? core::Condition{.good = true, .detail = "good again"}
                          : core::Condition{.good = false, .detail = bad};
}

} // namespace

std::vector<std::string> Stage::run(const std::string& command) {
    const Words words = split(command, ' ');
    std::vector<std::string> out;
    if (words.front() == "cluster") {
        make_cluster(words);
        return out;
    }
    if (!world_) {
        throw std::runtime_error("the first command must be `cluster`");
    }
    if (words.front() == "wall-clocks") {
        world_->set_wall_clocks();
    } else if (words.front() == "run") {
        world_->run_for(duration(words.at(1)));
    } else if (!run_host_command(words) && !run_network_command(words, out) && !run_operator_command(words)) {
        throw std::runtime_error("no such command: " + command);
    }
    for (std::string& line : world_->take_transcript()) {
        out.push_back(std::move(line));
    }
    if (words.front() == "serving") {
        out.push_back(world_->serving().empty() ? "nobody serves"
                                                : fmt::format("{} serves", fmt::join(world_->serving(), " and ")));
    }
    return out;
}

/// cluster alpha bravo upstream lease=500ms; cluster alpha bravo:priority=200 charlie:witness delta:digest=2
/// lease=500ms promise=2500ms heartbeat=100ms preempt=1s
void Stage::make_cluster(const Words& words) {
    std::map<std::string, sim::NodeOptions> nodes;
    std::map<std::string, std::uint64_t> digests;
    bool upstream = false;
    for (std::size_t index = 1; index < words.size(); ++index) {
        const std::string& word = words[index];
        if (word.starts_with("lease=")) {
            parameters_.lease = duration(word.substr(6));
        } else if (word == "upstream") {
            upstream = true;
        } else if (word.starts_with("promise=")) {
            parameters_.promise = duration(word.substr(8));
        } else if (word.starts_with("heartbeat=")) {
            parameters_.heartbeat_interval = duration(word.substr(10));
        } else if (word.starts_with("preempt=")) {
            parameters_.preempt = true;
            parameters_.preempt_delay = duration(word.substr(8));
        } else {
            const Words parts = split(word, ':');
            sim::NodeOptions options;
            for (std::size_t part = 1; part < parts.size(); ++part) {
                if (parts[part] == "witness") {
                    options.witness = true;
                } else if (parts[part].starts_with("priority=")) {
                    options.priority = std::stoi(parts[part].substr(9));
                } else if (parts[part].starts_with("digest=")) {
                    digests[parts[0]] = std::stoull(parts[part].substr(7));
                } else {
                    throw std::runtime_error("no such option: " + parts[part]);
                }
            }
            nodes[parts[0]] = options;
            names_.push_back(parts[0]);
        }
    }
    world_ = std::make_unique<sim::World>(parameters_, nodes, upstream);
    for (const auto& [name, digest] : digests) {
        world_->set_digest(name, digest);
    }
}

bool Stage::run_host_command(const Words& words) {
    const std::string& verb = words[0];
    if (verb == "start") {
        for (std::size_t index = 1; index < words.size(); ++index) {
            world_->start(words[index]);
        }
    } else if (verb == "crash") {
        world_->crash(words.at(1));
    } else if (verb == "restart") {
        world_->crash(words.at(1));
        world_->start(words.at(1));
    } else if (verb == "reboot") {
        world_->reboot(words.at(1));
    } else if (verb == "service") {
        world_->feed(words.at(1), core::ServiceChanged{condition(words.at(2), "pid 4711 is not running")});
    } else if (verb == "link") {
        world_->feed(words.at(1), core::LinksChanged{condition(words.at(2), "eth0 has no carrier")});
    } else if (verb == "address") {
        world_->feed(words.at(1), core::AddressRefused{.detail = "adding 10.77.0.100/24 to eth0: Permission denied"});
    } else {
        return false;
    }
    return true;
}

bool Stage::run_network_command(const Words& words, std::vector<std::string>& out) {
    const std::string& verb = words[0];
    if (verb == "cut" || verb == "join") {
        cut_path(words, verb == "cut");
    } else if (verb == "isolate") {
        for_all_paths_of(words.at(1), true, true, true);
    } else if (verb == "deafen") {
        for_all_paths_of(words.at(1), true, false, true);
    } else if (verb == "mute") {
        for_all_paths_of(words.at(1), false, true, true);
    } else if (verb == "heal") {
        for (const std::string& name : names_) {
            for_all_paths_of(name, true, true, false);
        }
    } else if (verb == "gateway") { // gateway alpha off
        world_->set_gateway(words.at(1), words.at(2) == "on");
    } else if (verb == "segment") { // segment alpha off: the host neither hears nor answers ARP
        world_->set_segment(words.at(1), words.at(2) == "on");
    } else if (verb == "delay") {
        world_->link(words.at(1), words.at(3)).delay = duration(words.at(4));
    } else if (verb == "delay-votes") {
        world_->link(words.at(1), words.at(3)).vote_delay = duration(words.at(4));
    } else if (verb == "record") {
        world_->record(words.at(1), words.at(3));
    } else if (verb == "replay") {
        out.push_back(fmt::format("{} recorded packets accepted", world_->replay(words.at(1), words.at(3))));
    } else if (verb == "bind") {
        world_->bind_to_failed_candidate(words.at(1), words.at(3), std::stoull(words.at(5)));
    } else {
        return verb == "serving";
    }
    return true;
}

bool Stage::run_operator_command(const Words& words) {
    const std::string& verb = words[0];
    if (verb == "switchover") {
        core::SwitchoverAsked asked;
        if (words.size() > 2) {
            asked.to = node_id(words[2]);
        }
        world_->feed(words.at(1), asked);
    } else if (verb == "takeover") { // takeover bravo fenced alpha
        world_->feed(words.at(1), core::FencedByOperator{.node = node_id(words.at(3))});
    } else if (verb == "maintenance") {
        world_->feed(words.at(1), core::MaintenanceChanged{.maintenance = {.on = words.at(2) == "on", .until = {}}});
    } else if (verb == "stop") {
        world_->feed(words.at(1), core::StopAsked{});
    } else if (verb == "priority") {
        world_->feed(words.at(1), core::Adjusted{.preempt = parameters_.preempt,
                                                 .preempt_delay = parameters_.preempt_delay,
                                                 .priority = std::stoi(words.at(2))});
    } else {
        return false;
    }
    return true;
}

/// cut alpha > bravo (one way), cut alpha bravo (both ways); join likewise.
void Stage::cut_path(const Words& words, bool cut) {
    if (words.at(2) == ">") {
        world_->link(words.at(1), words.at(3)).cut = cut;
        return;
    }
    world_->link(words.at(1), words.at(2)).cut = cut;
    world_->link(words.at(2), words.at(1)).cut = cut;
}

void Stage::for_all_paths_of(const std::string& node, bool incoming, bool outgoing, bool cut) {
    for (const std::string& other : names_) {
        if (incoming) {
            world_->link(other, node).cut = cut;
        }
        if (outgoing) {
            world_->link(node, other).cut = cut;
        }
    }
}

} // namespace belay::scenario
