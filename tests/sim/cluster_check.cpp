// What must hold. G1 can only begin to be broken when a kernel begins to serve, so it is looked at whenever a kernel
// was changed: that is as exact as after every event.

#include "cluster.hpp"

#include "belay/core/releases.hpp"

namespace belay::sim {

void Cluster::check_serving() {
    const Host* first = nullptr;
    bool overlap = false;
    for (const Host& host : hosts_) {
        // A host that was paused as a whole may serve for the rest of its lease afterwards: outside G1.
        if (host.frozen || now_ < host.tainted_until || !host.kernel.serves(local(host))) {
            continue;
        }
        if (first != nullptr && !overlapping_) {
            oracle_.violated(now_, "G1", fmt::format("{} and {} serve", first->name, host.name));
        }
        overlap = overlap || first != nullptr;
        first = &host;
    }
    overlapping_ = overlap;
}

/// One term, one holder, as long as wall clocks tell roughly the time; and a lease that is over stays over (3.3).
void Cluster::check_lease(Host& host, Instant stepped_at) {
    const auto& lease = host.election->lease();
    if (!lease) {
        return;
    }
    if (lease->ballot() == host.held) {
        if (lease->until() > host.held_until && stepped_at >= host.held_until) {
            oracle_.violated(now_, "revived", fmt::format("{} extended a lease that was over", host.name));
        }
    } else {
        const auto [winner, first] = winners_.try_emplace(lease->ballot().term, lease->ballot());
        if (!first && winner->second != lease->ballot() && !layout_.wall_is_set) {
            oracle_.violated(now_, "term", fmt::format("term {} was won twice", lease->ballot().term));
        }
    }
    host.held = lease->ballot();
    host.held_until = lease->until();
}

void Cluster::check_release(const Host& host, const core::Message& message) {
    if (message.released.count != 0 && core::contains(message.released, host.held) &&
        host.held.incarnation == host.incarnation && host.kernel.serves(local(host))) {
        oracle_.violated(now_, "released", fmt::format("{} released its ballot and serves", host.name));
    }
}

void Cluster::check_digest(const Host& host, const wire::Packet& packet) {
    const auto& answer = packet.message.answer;
    // An answer to an earlier run may come with another digest; nobody takes it.
    if (answer && answer->verdict == core::Verdict::granted && answer->ballot.incarnation == host.incarnation &&
        packet.message.config_digest != host.election->setup().config_digest) {
        oracle_.violated(now_, "digest", fmt::format("{} was helped by a node of another configuration", host.name));
    }
}

} // namespace belay::sim
