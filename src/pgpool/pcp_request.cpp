#include "belay/pgpool/pcp_request.hpp"

#include <fmt/format.h>
#include <string>
#include <variant>

namespace belay::pgpool {

namespace {

/// A payload: strings, each with its NUL byte.
template <typename... Parts>
std::string strings(const Parts&... parts) {
    std::string payload;
    (payload.append(parts).push_back('\0'), ...);
    return payload;
}

PcpRequest about(char type, std::uint32_t id, char answer) {
    return {.frame = {.type = type, .payload = strings(std::to_string(id))}, .answer = answer};
}

/// The id ends with a space, as pcp_promote_node(1) sends it; `how` is a string of its own.
PcpRequest promote(std::uint32_t id, std::string_view how) {
    return {.frame = {.type = 'J', .payload = strings(fmt::format("{} ", id), how)}, .answer = 'd'};
}

struct Encoder {
    PcpRequest operator()(const command::Detach& it) const { return about('D', it.id, 'd'); }

    PcpRequest operator()(const command::Attach& it) const { return about('C', it.id, 'c'); }

    PcpRequest operator()(const command::Claim& it) const { return promote(it.id, "n"); }

    PcpRequest operator()(const command::SwitchOver& it) const { return promote(it.id, "s"); }

    PcpRequest operator()(const command::Recover& it) const { return about('O', it.id, 'c'); }
};

} // namespace

PcpRequest ask_salt() {
    return {.frame = {.type = 'M', .payload = {}}, .answer = 'm'};
}

PcpRequest log_in(std::string_view user, std::string_view hash) {
    return {.frame = {.type = 'R', .payload = strings(user, hash)}, .answer = 'r'};
}

PcpRequest ask_count() {
    return {.frame = {.type = 'L', .payload = {}}, .answer = 'l'};
}

PcpRequest ask_node(std::uint32_t id) {
    return about('H', id, 'h');
}

PcpRequest command_request(const Command& command) {
    return std::visit(Encoder{}, command);
}

PcpRequest ask_reload() {
    return {.frame = {.type = 'Z', .payload = strings("l")}, .answer = 'z'};
}

PcpRequest say_goodbye() {
    return {.frame = {.type = 'X', .payload = {}}, .answer = 0};
}

} // namespace belay::pgpool
