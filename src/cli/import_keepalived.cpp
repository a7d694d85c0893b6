#include "belay/cli/import_keepalived.hpp"

#include "belay/cli/ini_text.hpp"
#include "import_keepalived_source.hpp"

#include <algorithm>

namespace belay::cli {

namespace {

constexpr std::size_t text_size_max = std::size_t{1} << 20U;
constexpr std::uint16_t heartbeat_port = 7940;
constexpr std::uint16_t info_port = 7941;

struct Host {
    std::string name;
    std::vector<IpAddress> channels;
    bool self = false;
};

class Composer {
public:
    Composer(KeepalivedSource& source, const KeepalivedModel& model)
        : source_(source)
        , model_(model) {}

    [[nodiscard]] IniText compose() {
        find_hosts();
        write_head();
        write_cluster();
        write_hosts();
        write_vips();
        write_service();
        return std::move(ini_);
    }

private:
    Host* host_with(const IpAddress& address) {
        const auto found = std::ranges::find_if(hosts_, [&address](const Host& host) {
            return std::ranges::find(host.channels, address) != host.channels.end();
        });
        return found == hosts_.end() ? nullptr : &*found;
    }

    /// Those of --address, and those of the first instance that the options do not name.
    void find_hosts() {
        for (const auto& [name, addresses] : source_.options().addresses) {
            hosts_.push_back({.name = name, .channels = addresses, .self = false});
        }
        const bool named = !hosts_.empty();
        const auto add = [this](const IpAddress& address, bool self) {
            Host* host = host_with(address);
            if (host == nullptr) {
                hosts_.push_back({.name = {}, .channels = {address}, .self = self});
                host = &hosts_.back();
            }
            host->self = host->self || self;
        };
        if (!model_.sources.empty()) {
            add(model_.sources.front(), true);
        }
        if (!model_.peers.empty()) {
            for (const IpAddress& peer : model_.peers.front()) {
                add(peer, false);
            }
        }
        report_missing();
        if (!named) {
            add_channels();
        }
        std::ranges::sort(hosts_, {}, &Host::channels);
        for (std::size_t index = 0; index < hosts_.size(); ++index) {
            if (hosts_[index].name.empty()) {
                hosts_[index].name = fmt::format("node{}", index + 1);
            }
        }
    }

    void report_missing() {
        const unsigned line = model_.first_line.value_or(0);
        const bool peers = !model_.peers.empty() && !model_.peers.front().empty();
        const bool outnumbered = peers && hosts_.size() <= model_.peers.front().size();
        if (!model_.has_instance) {
            source_.error(0, "there is no vrrp_instance; is another file included?");
        } else if (hosts_.size() < 2 && !peers) {
            source_.error(line,
                          "no unicast_peer: keepalived finds the others by multicast, but Belay needs the address "
                          "of each host; say all of them, this one too, by --address NAME=IP for each");
        } else if (model_.sources.empty() && outnumbered) {
            source_.error(line, "no unicast_src_ip: the address of this host is missing; say it by --address NAME=IP");
        }
    }

    /// Two hosts with an instance in each of two networks: a channel in each. With more hosts nothing says which
    /// addresses belong together.
    void add_channels() {
        if (hosts_.size() != 2 || model_.sources.size() != model_.peers.size()) {
            return;
        }
        for (std::size_t index = 1; index < model_.peers.size(); ++index) {
            if (model_.peers[index].size() == 1 && host_with(model_.sources[index]) == nullptr &&
                host_with(model_.peers[index].front()) == nullptr) {
                for (Host& host : hosts_) {
                    host.channels.push_back(host.self ? model_.sources[index] : model_.peers[index].front());
                }
            }
        }
    }

    void write_head() {
        const std::string& file = source_.options().file;
        ini_.comment(fmt::format("belay.ini, made by 'belay import-keepalived {}'. Read it through, then:", file));
        ini_.comment(
            "1. On every host: this file as /etc/belay/belay.ini. A host whose name is not that of its node has "
            "the node's name in /etc/belay/node; or rename the nodes here.");
        ini_.comment("2. On one host: belay keygen. Copy the key to the others, with owner, group and mode 0640.");
        ini_.comment("3. On every host: belay check-config; then stop keepalived everywhere, and start belayd.");
        ini_.blank();
    }

    void write_cluster() {
        ini_.section("cluster");
        ini_.key("name", "vrrp");
        ini_.comment("In place of authentication. Made by: belay keygen");
        ini_.key("key_file", "/etc/belay/cluster.key");
        ini_.comment(
            fmt::format("Belay's own times, in place of advert_int {}: a lost host is replaced in about a second. "
                        "Raise both together where hosts or the network between them pause for longer.",
                        model_.advert_interval.empty() ? "1" : quoted_for_comment(model_.advert_interval)));
        ini_.key("heartbeat_interval", "100ms");
        ini_.key("lease", "500ms");
        ini_.comment(model_.nopreempt
                         ? "From nopreempt."
                         : "As keepalived does without nopreempt. 'no' spares one interruption when a host "
                           "comes back.");
        ini_.key("preempt", model_.nopreempt ? "no" : "yes");
        if (model_.preempt_delay_ms) {
            ini_.key("preempt_delay", fmt::format("{}ms", *model_.preempt_delay_ms));
        }
        if (hosts_.size() == 2) {
            ini_.comment("Two nodes have no majority when one is lost, and the VIPs then wait for an operator: add a "
                         "third node with role = witness on any host, or name the gateway:");
            ini_.line("tiebreaker = upstream");
            ini_.line("upstream = ADDRESS");
        }
        ini_.blank();
    }

    void write_hosts() {
        const bool self_known = std::ranges::any_of(hosts_, &Host::self);
        for (const Host& host : hosts_) {
            ini_.section("node " + host.name);
            std::string channels;
            for (const IpAddress& address : host.channels) {
                channels +=
                    (channels.empty() ? "" : ", ") + to_text(Endpoint{.address = address, .port = heartbeat_port});
            }
            ini_.key("heartbeat", channels);
            if (!host.channels.empty()) {
                ini_.key("info", to_text(Endpoint{.address = host.channels.front(), .port = info_port}));
            }
            if (model_.priority && self_known) {
                write_priority(host, *model_.priority);
            } else if (model_.priority) {
                ini_.comment(fmt::format("The file has priority {}, and does not say of which of these hosts:",
                                         *model_.priority));
                ini_.line(fmt::format("priority = {}", *model_.priority));
            }
            ini_.blank();
        }
    }

    /// The other hosts' priorities are in their own files; a guess on the right side of this one's.
    void write_priority(const Host& host, std::uint32_t own) {
        constexpr std::uint32_t usual = 100;
        std::uint32_t priority = own;
        if (!host.self) {
            const bool master = model_.state == "MASTER";
            priority = master ? std::min(usual, own == 0 ? 0 : own - 1) : std::max(usual, own + 1);
            ini_.comment(
                fmt::format("A guess, because this file is that of a {}: write the priority of that host's own "
                            "keepalived.conf here.",
                            master ? "master" : "backup"));
        }
        ini_.key("priority", std::to_string(priority));
    }

    void write_vips() {
        if (model_.vips.empty() && model_.has_instance) {
            source_.error(model_.first_line.value_or(0), "there is no virtual_ipaddress that could be read");
        }
        for (std::size_t index = 0; index < model_.vips.size(); ++index) {
            ini_.section(model_.vips.size() == 1 ? "vip main" : fmt::format("vip vip{}", index + 1));
            ini_.key("address", to_text(model_.vips[index].address));
            if (!model_.vips[index].interface.empty()) {
                ini_.key("interface", model_.vips[index].interface);
            }
            ini_.blank();
        }
    }

    /// The first tracked process; there is one [service].
    void write_service() {
        std::string process;
        for (const KeepalivedStatement* const definition : model_.definitions) {
            const bool tracked = std::ranges::find(model_.processes, definition->word(1)) != model_.processes.end();
            const auto said = std::ranges::find(definition->block, "process", &KeepalivedStatement::keyword);
            if (!tracked || said == definition->block.end() || !process.empty()) {
                source_.not_taken(*definition, !tracked          ? "no instance tracks it"
                                               : process.empty() ? "it does not say which process"
                                                                 : "[service] checks one service, the first");
                continue;
            }
            const std::string program = said->word(1);
            process = program.substr(program.rfind('/') + 1);
            source_.taken(*definition,
                          "[service]: a node whose process is gone is not eligible; weights and delays have "
                          "no counterpart but fall and rise");
        }
        if (process.empty() && source_.options().pid_file.empty()) {
            ini_.comment(
                "Nothing is guarded: the VIPs move when a host is lost, not when a service is. To guard one, write "
                "it here (LIFE CHECKS in belay.ini(5)), for example:");
            ini_.line("[service]");
            ini_.line("type = process");
            ini_.line("pid_file = /run/haproxy.pid");
            return;
        }
        ini_.section("service");
        ini_.key("type", "process");
        if (source_.options().pid_file.empty()) {
            ini_.comment(
                fmt::format("keepalived finds '{}' by its name, belayd by its pid file; this one is a guess: see "
                            "whether the service writes it there.",
                            quoted_for_comment(process)));
            ini_.key("pid_file", usual_pid_file(process));
        } else {
            ini_.key("pid_file", source_.options().pid_file);
        }
    }

    static std::string usual_pid_file(const std::string& process) {
        if (process == "pgpool" || process == "pgbouncer") {
            return fmt::format("/var/run/postgresql/{}.pid", process);
        }
        return fmt::format("/run/{}.pid", process);
    }

    KeepalivedSource& source_;
    const KeepalivedModel& model_;
    std::vector<Host> hosts_;
    IniText ini_;
};

} // namespace

Imported import_keepalived(std::string_view text, const ImportOptions& options) {
    Imported out;
    KeepalivedSource source(options, out);
    if (text.size() > text_size_max) {
        source.error(0, fmt::format("the file has {} bytes; at most {} are read", text.size(), text_size_max));
        return out;
    }
    const KeepalivedConf conf = parse_keepalived_conf(text);
    for (const KeepalivedFault& fault : conf.faults) {
        source.error(fault.line, fault.text);
    }
    const KeepalivedModel model = read_keepalived(conf, source);
    const IniText ini = Composer(source, model).compose();
    for (const std::string& key : ini.unwritable()) {
        source.error(0, fmt::format("the value of {} cannot be written in an ini file; change it before", key));
    }
    out.ini = ini.text();
    finish_import(out, options.file);
    return out;
}

} // namespace belay::cli
