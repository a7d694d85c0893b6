#pragma once
// Setups of small clusters on loopback addresses, for tests.

#include "belay/heartbeat/setup.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace belay::heartbeat::test {

constexpr Duration interval = std::chrono::milliseconds(20);
constexpr Duration lease = std::chrono::milliseconds(200);

inline ClusterKeys keys(std::initializer_list<std::uint8_t> fills) {
    ClusterKeys made;
    for (const std::uint8_t fill : fills) {
        made.push_back(SecretBytes(std::vector<std::uint8_t>(32, fill)));
    }
    return made;
}

inline Incarnation run_of(const std::string& name, std::int64_t started) {
    Incarnation incarnation{.boot_id = {}, .netns_cookie = 5, .started_ns = started, .nonce = 9};
    incarnation.boot_id.fill(static_cast<std::uint8_t>(name.front()));
    return incarnation;
}

inline Peer node(const std::string& name, std::initializer_list<const char*> channels) {
    Peer peer{.id = node_id(name), .name = name, .channels = {}};
    for (const char* const text : channels) {
        peer.channels.push_back(parse_endpoint(text).value());
    }
    return peer;
}

/// What `self` is told when `others` are the rest of the cluster.
inline Setup setup_of(const Peer& self, std::vector<Peer> others, std::int64_t started = 1) {
    return {.cluster_name = "test",
            .self = self.id,
            .incarnation = run_of(self.name, started),
            .channels = self.channels,
            .peers = std::move(others),
            .keys = keys({1}),
            .heartbeat_interval = interval,
            .lease = lease};
}

/// A message that can be told from others.
inline core::Message message(std::uint64_t number) {
    core::Message made;
    made.role = core::Role::standby;
    made.config_digest = number;
    return made;
}

} // namespace belay::heartbeat::test
