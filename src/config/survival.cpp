// The table follows from how many votes there are, how many are needed, and who may hold.

#include "belay/config/survival.hpp"

#include "belay/core/parameters.hpp"
#include "belay/core/quorum.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::config {

namespace {

/// "0.9 s".
std::string seconds_text(Duration duration) {
    constexpr Duration tenth = std::chrono::milliseconds(100);
    const auto tenths = (duration + tenth - Duration(1)) / tenth;
    return fmt::format("{}.{} s", tenths / 10, tenths % 10);
}

/// The rows for one configuration.
class Rows {
public:
    explicit Rows(const Settings& settings)
        : nodes_(settings.nodes.size())
        , members_(static_cast<std::size_t>(std::ranges::count(settings.nodes, NodeKind::member, &Node::kind)))
        , needed_(core::majority(nodes_))
        , gateway_(settings.cluster.tiebreaker == Tiebreaker::upstream)
        , fenced_(settings.cluster.fence != FenceKind::off)
        , soon_(seconds_text(takeover_max(settings.cluster))) {}

    [[nodiscard]] std::vector<Survival> all() {
        active_host_lost();
        other_host_lost();
        link_lost();
        daemon_hung();
        partition();
        if (gateway_) {
            add("gateway_lost", "gateway lost", Fate::served, "stay, while the two nodes reach each other");
            add("gateway_and_host_lost", "gateway and a host lost", Fate::waits, "gone until one of them is back");
        }
        if (members_ < nodes_) {
            witness_lost();
        }
        if (nodes_ > 2) {
            two_hosts_lost();
        }
        return std::move(rows_);
    }

private:
    void add(std::string_view event, std::string_view title, Fate fate, std::string text) {
        rows_.push_back({.event = event, .title = title, .fate = fate, .text = std::move(text)});
    }

    /// Two nodes that have nobody else to ask.
    [[nodiscard]] bool alone_together() const { return nodes_ == 2 && !gateway_; }

    [[nodiscard]] std::string moved() const {
        return fmt::format("move within {}{}", soon_, gateway_ ? ", if the gateway answers" : "");
    }

    void active_host_lost() {
        constexpr std::string_view title = "host of the active lost";
        if (members_ < 2) {
            add("active_host_lost", title, Fate::waits, "gone until it is back: no other member");
        } else if (alone_together()) {
            add("active_host_lost", title, Fate::operated, "gone until it is back, or belay takeover");
        } else {
            add("active_host_lost", title, Fate::served, moved());
        }
    }

    void other_host_lost() {
        const bool stays = nodes_ == 2 || nodes_ - 1 >= needed_;
        add("other_host_lost", "another host lost", stays ? Fate::served : Fate::waits,
            gateway_ ? "stay, if the gateway answers" : "stay");
    }

    void link_lost() {
        if (members_ < 2) {
            add("link_lost", "VIP link of the active lost", Fate::waits, "gone until it is back: no other member");
        } else {
            add("link_lost", "VIP link of the active lost", Fate::served, "move at once");
        }
    }

    void daemon_hung() {
        constexpr std::string_view title = "daemon of the active hangs";
        const bool nobody_takes = members_ < 2 || alone_together();
        if (!fenced_ && (nobody_takes || gateway_)) { // with a gateway, its answers to probes keep the other one away
            add("daemon_hung", title, Fate::served, "stay, with nobody in charge");
        } else if (!fenced_) {
            add("daemon_hung", title, Fate::doubled, "two nodes answer: it is not silenced (fence off)");
        } else if (members_ < 2) {
            add("daemon_hung", title, Fate::waits, "silent until it goes on");
        } else if (nobody_takes) {
            add("daemon_hung", title, Fate::operated, "silent until it goes on, or belay takeover");
        } else {
            add("daemon_hung", title, Fate::served, moved());
        }
    }

    void partition() {
        constexpr std::string_view title = "nodes cut from each other";
        if (alone_together()) {
            add("partition", title, Fate::served, "stay");
        } else if (gateway_ && members_ < 2) {
            add("partition", title, Fate::served, "stay, if the gateway answers");
        } else if (gateway_) {
            add("partition", title, Fate::served, "stay, or move to the side with the gateway");
        } else {
            add("partition", title, Fate::served, fmt::format("on the side that has {} of {} nodes", needed_, nodes_));
        }
    }

    void witness_lost() {
        // Of two nodes the one that holds needs no other vote than the gateway's, where there is one.
        const bool stays = nodes_ == 2 || nodes_ - 1 >= needed_;
        add("witness_lost", "witness lost", stays ? Fate::served : Fate::waits,
            !stays     ? "gone until it is back: no majority"
            : gateway_ ? "stay, if the gateway answers"
                       : "stay");
    }

    void two_hosts_lost() {
        const std::string_view title = members_ < nodes_ ? "witness and a member lost" : "two hosts lost";
        if (nodes_ - 2 < needed_) {
            add("two_hosts_lost", title, Fate::waits,
                fmt::format("gone until {} of {} nodes are back", needed_, nodes_));
        } else if (members_ < 2) {
            add("two_hosts_lost", title, Fate::waits, "gone until the member is back");
        } else {
            add("two_hosts_lost", title, Fate::served, fmt::format("stay, or {}", moved()));
        }
    }

    std::size_t nodes_;
    std::size_t members_;
    std::size_t needed_;
    bool gateway_;
    bool fenced_;
    std::string soon_;
    std::vector<Survival> rows_;
};

} // namespace

std::string_view to_text(Fate fate) noexcept {
    switch (fate) {
    case Fate::served:
        return "served";
    case Fate::waits:
        return "waits";
    case Fate::operated:
        return "operator";
    case Fate::doubled:
        return "two_holders";
    }
    return "unknown";
}

Duration takeover_max(const Cluster& cluster) {
    constexpr Duration rest = std::chrono::milliseconds(50);
    const FenceKind fence = resolved_fence(cluster.fence, true);
    const Duration probing = cluster.tiebreaker == Tiebreaker::upstream ? 2 * cluster.lease : Duration::zero();
    return promise_span(cluster, fence) + probing + (2 * cluster.heartbeat_interval) + core::voting_round_max + rest;
}

std::vector<Survival> survival(const Settings& settings) {
    return Rows(settings).all();
}

} // namespace belay::config
