#pragma once
// The answer to `status` of a healthy cluster of three with two VIPs; each test spoils what it is about.

#include <nlohmann/json.hpp>
#include <string>

namespace belay::cli::testing {

using nlohmann::json;

inline json channel(int index, const std::string& local, const std::string& remote) {
    return {{"index", index},      {"local", local},      {"remote", remote}, {"up", true},
            {"last_heard_ms", 42}, {"received", 120'332}, {"lost", 3},        {"rejected", 0}};
}

inline json own_channel(int index, const std::string& local) {
    return {{"index", index}, {"local", local}};
}

inline json other_node(const std::string& name, const std::string& number) {
    return {{"name", name},
            {"self", false},
            {"kind", "member"},
            {"role", "standby"},
            {"eligible", true},
            {"priority", 100},
            {"last_heard_ms", 42},
            {"problem", nullptr},
            {"channels", json::array({channel(1, "10.77.0.1:7940", "10.77.0." + number + ":7940"),
                                      channel(2, "10.78.0.1:7940", "10.78.0." + number + ":7940")})},
            {"info", {{"connected", true}, {"refusal", nullptr}}},
            {"card", {{"version", "0.1.0"}}}};
}

inline json vip(const std::string& name, const std::string& address, const std::string& interface) {
    return {{"name", name}, {"address", address}, {"interface", interface}, {"present", true}, {"problem", nullptr}};
}

/// What the active tells of a VIP that a foreign host has, before it is served.
inline void take_vip(json& vip) {
    vip["present"] = false;
    vip["problem"] = "the foreign host 02:00:5e:00:53:01 on eth0 uses it; it is asked for again each second";
    vip["conflict"] = {{"kind", "taken"}, {"mac", "02:00:5e:00:53:01"}, {"interface", "eth0"}, {"last_heard_ms", 310}};
}

/// As alpha, the active, answers.
inline json healthy_active() {
    json self = other_node("alpha", "1");
    self["self"] = true;
    self["role"] = "active";
    self["last_heard_ms"] = nullptr;
    self["channels"] = json::array({own_channel(1, "10.77.0.1:7940"), own_channel(2, "10.78.0.1:7940")});
    self["reason"] = "won the election with 3 of 3 votes";
    return {{"node", "alpha"},
            {"cluster", "pgha"},
            {"version", "0.1.0"},
            {"role", "active"},
            {"reason", "won the election with 3 of 3 votes"},
            {"role_since_ms", 11'520'000},
            {"term", 117'019'302'001},
            {"holder", "alpha"},
            {"lease_remaining_ms", 412},
            {"eligible", true},
            {"ineligible_reason", nullptr},
            {"maintenance", {{"on", false}, {"remaining_ms", nullptr}}},
            {"quorum", {{"needed", 2}, {"heard", 3}, {"of", 3}}},
            {"nodes", json::array({self, other_node("bravo", "2"), other_node("charlie", "3")})},
            {"vips", json::array({vip("main", "10.77.0.100/24", "eth0"), vip("six", "fd77::100/64", "eth0")})},
            {"service", {{"type", "process"}, {"healthy", true}, {"detail", "pid 4711"}}},
            {"warnings", json::array()},
            {"counters", {{"datagrams_rejected", 0}}}};
}

/// As bravo, a standby, answers.
inline json healthy_standby() {
    json status = healthy_active();
    status["node"] = "bravo";
    status["role"] = "standby";
    status["reason"] = "heard the active node alpha";
    status["lease_remaining_ms"] = nullptr;
    json& nodes = status["nodes"];
    nodes[0] = other_node("alpha", "1");
    nodes[0]["role"] = "active";
    nodes[1]["self"] = true;
    nodes[1]["channels"] = json::array({own_channel(1, "10.77.0.2:7940"), own_channel(2, "10.78.0.2:7940")});
    for (json& each : status["vips"]) {
        each["present"] = false;
    }
    return status;
}

} // namespace belay::cli::testing
