#pragma once
// What is said to pgpool-II by PCP, each request with the type that its answer has. Pure.

#include "belay/pgpool/backend.hpp"
#include "belay/pgpool/pcp_frame.hpp"

#include <cstdint>
#include <string_view>

namespace belay::pgpool {

struct PcpRequest {
    PcpFrame frame;
    char answer = 0; ///< 0: none comes

    bool operator==(const PcpRequest&) const = default;
};

/// M: asks for the salt of the login that follows.
[[nodiscard]] PcpRequest ask_salt();
/// R. `hash` is login_hash() (pcp_login.hpp).
[[nodiscard]] PcpRequest log_in(std::string_view user, std::string_view hash);
/// L: how many database nodes there are, unused ones among them.
[[nodiscard]] PcpRequest ask_count();
/// H: one database node. From pgpool-II's shared memory; I would contact every backend first.
[[nodiscard]] PcpRequest ask_node(std::uint32_t id);
/// D, C, J or O.
[[nodiscard]] PcpRequest command_request(const Command& command);
/// Z, of that pgpool-II only.
[[nodiscard]] PcpRequest ask_reload();
/// X: the worker process at the other end leaves without an error in pgpool-II's log.
[[nodiscard]] PcpRequest say_goodbye();

} // namespace belay::pgpool
