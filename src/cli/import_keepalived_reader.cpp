// From the statements of keepalived.conf to one model: each keyword goes somewhere, and what became of it is told.

#include "belay/cli/pgpool_conf.hpp"
#include "import_keepalived_source.hpp"

#include <algorithm>
#include <charconv>

namespace belay::cli {

namespace {

/// "1", "0.5" seconds -> milliseconds.
std::optional<std::uint32_t> milliseconds_of(const std::string& text) {
    double seconds = 0;
    const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr double seconds_max = 1000;
    if (problem != std::errc{} || rest != text.data() + text.size() || !(seconds >= 0) || seconds > seconds_max) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(seconds * 1000);
}

class Reader {
public:
    explicit Reader(KeepalivedSource& source)
        : source_(source) {}

    [[nodiscard]] KeepalivedModel run(const KeepalivedConf& conf) {
        for (const KeepalivedStatement& statement : conf.statements) {
            if (statement.keyword() == "vrrp_instance") {
                read_instance(statement);
            } else if (statement.keyword() == "vrrp_sync_group") {
                source_.taken(statement, "all VIPs of a cluster move together, as a sync group does");
                read_group(statement);
            } else if (statement.keyword() == "vrrp_track_process" && statement.has_block) {
                model_.definitions.push_back(&statement);
            } else {
                source_.not_taken(statement, keepalived_reason(statement.keyword()));
            }
        }
        return std::move(model_);
    }

private:
    void read_group(const KeepalivedStatement& group) {
        for (const KeepalivedStatement& statement : group.block) {
            if (statement.keyword() != "group") {
                source_.not_taken(statement, keepalived_reason(statement.keyword()));
            }
        }
    }

    void read_instance(const KeepalivedStatement& instance) {
        first_ = !model_.has_instance;
        model_.has_instance = true;
        if (first_) {
            model_.first_line = instance.line;
            source_.taken(instance, "the cluster");
        } else {
            source_.taken(instance, "the same cluster: all VIPs are held by one node, this one's with the others'. "
                                    "Addresses that should stay on different hosts need clusters of their own");
        }
        interface_ = {};
        src_ = {};
        peers_ = {};
        for (const KeepalivedStatement& statement : instance.block) { // which the addresses need
            if (statement.keyword() == "interface") {
                interface_ = statement.word(1);
            }
        }
        for (const KeepalivedStatement& statement : instance.block) {
            read(statement);
        }
        if (src_ || !peers_.empty()) {
            if (src_) {
                model_.sources.push_back(*src_);
            }
            model_.peers.push_back(peers_);
        }
    }

    void read(const KeepalivedStatement& statement) {
        const std::string& keyword = statement.keyword();
        if (keyword == "interface") {
            source_.taken(statement, "interface of its VIPs");
        } else if (keyword == "virtual_ipaddress" || keyword == "virtual_ipaddress_excluded") {
            for (const KeepalivedStatement& address : statement.block) {
                read_vip(address);
            }
        } else if (keyword == "unicast_src_ip") {
            src_ = address_of(statement, 1);
            source_.taken(statement, "heartbeat of this node");
        } else if (keyword == "unicast_peer") {
            for (const KeepalivedStatement& peer : statement.block) {
                if (const auto address = address_of(peer, 0)) {
                    peers_.push_back(*address);
                    source_.taken(peer, "a node");
                }
            }
        } else if (keyword == "track_process") {
            for (const KeepalivedStatement& process : statement.block) {
                model_.processes.push_back(process.keyword());
            }
        } else if (!read_election(statement)) {
            source_.not_taken(statement, keepalived_reason(keyword));
        }
    }

    /// Who is master, and when. The first instance speaks for all.
    bool read_election(const KeepalivedStatement& statement) {
        const std::string& keyword = statement.keyword();
        const std::string value = statement.word(1);
        if (keyword == "state") {
            model_.state = first_ ? value : model_.state;
            source_.not_taken(statement, "not needed: whoever has the votes of a majority is active; priority says who "
                                         "goes first");
        } else if (keyword == "advert_int") {
            model_.advert_interval = first_ ? value : model_.advert_interval;
            source_.not_taken(statement, "[cluster] heartbeat_interval; see there");
        } else if (keyword == "priority" && first_) {
            constexpr std::uint32_t priority_max = 255;
            model_.priority = pgpool_number(value, priority_max);
            if (!model_.priority) {
                source_.error(statement.line, fmt::format("'{}' is no priority; use 1 to {}", value, priority_max));
            }
            source_.taken(statement, "priority of this node, where the file or --address says which that is");
        } else if (keyword == "priority") {
            source_.not_taken(statement, "a node has one priority for all VIPs, that of the first instance");
        } else if (keyword == "nopreempt" && first_) {
            model_.nopreempt = true;
            source_.taken(statement, "[cluster] preempt = no");
        } else if (keyword == "preempt_delay" && first_) {
            model_.preempt_delay_ms = milliseconds_of(value);
            if (!model_.preempt_delay_ms) {
                source_.error(statement.line, fmt::format("'{}' is no delay; use 0 to 1000 seconds", value));
            }
            source_.taken(statement, "[cluster] preempt_delay");
        } else {
            return false;
        }
        return true;
    }

    std::optional<IpAddress> address_of(const KeepalivedStatement& statement, std::size_t index) {
        const auto address = parse_ip(statement.word(index));
        if (!address) {
            source_.error(statement.line, address.error().text);
            return std::nullopt;
        }
        return *address;
    }

    /// "10.77.0.100/24 brd 10.77.0.255 dev eth0 scope global label eth0:1".
    void read_vip(const KeepalivedStatement& statement) {
        const auto address = parse_prefix(statement.word(0));
        if (!address) {
            source_.error(statement.line, address.error().text);
            return;
        }
        KeepalivedVip vip{.address = *address, .interface = interface_};
        std::string lost;
        for (std::size_t index = 1; index < statement.words.size(); ++index) {
            const std::string& word = statement.words[index];
            if (word == "dev") {
                vip.interface = statement.word(++index);
            } else {
                lost += (lost.empty() ? "" : " ") + word;
            }
        }
        if (!source_.options().interface.empty()) {
            vip.interface = source_.options().interface;
        }
        if (vip.interface.empty()) {
            source_.error(statement.line,
                          fmt::format("no interface is said for {}; say it by --interface NAME", statement.word(0)));
        }
        const bool again = std::ranges::any_of(
            model_.vips, [&](const KeepalivedVip& each) { return each.address.address == vip.address.address; });
        if (again) {
            source_.not_taken(statement, "it is there already");
            return;
        }
        model_.vips.push_back(vip);
        source_.taken(statement, "a VIP" + (lost.empty() ? ""
                                                         : fmt::format("; without '{}', which the address does not "
                                                                       "need",
                                                                       lost)));
    }

    KeepalivedSource& source_;
    KeepalivedModel model_;
    bool first_ = true;
    std::string interface_;
    std::optional<IpAddress> src_;
    std::vector<IpAddress> peers_;
};

} // namespace

KeepalivedModel read_keepalived(const KeepalivedConf& conf, KeepalivedSource& source) {
    return Reader(source).run(conf);
}

} // namespace belay::cli
