#pragma once
// Boost.Asio under short names, for the files of this folder that own sockets. Never included by a public header.

#include "belay/base/inet.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <string_view>

namespace belay::info {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

/// A coroutine on the info thread. gcc 12 destroys an aggregate twice that is a temporary inside a co_await expression
/// (seen as free() of an invalid pointer): give such an argument a name first.
template <typename T = void>
using Task = asio::awaitable<T>;

/// co_await gives the error code as a value instead of throwing it.
inline constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

/// Runs `task` on its own. An exception that leaves it ends it, with an error line that names `what`.
void spawn(asio::io_context& io, Task<> task, std::string_view what);

[[nodiscard]] Tcp::endpoint to_asio(const Endpoint& endpoint);
/// An IPv4 address in IPv6 form comes back as IPv4.
[[nodiscard]] IpAddress from_asio(const asio::ip::address& address);

} // namespace belay::info
