#pragma once
// What may be asked on the control socket (DESIGN section 6): one JSON object a line, {"command":"status"}, turned
// into a typed value and back. Whoever speaks to the socket may be a script of an operator, so everything that is not
// exactly a request is refused with words that say what to write instead. Pure: no socket, no clock.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace belay::control {

/// The longest request, its newline not counted. Nothing that may be asked comes near it.
inline constexpr std::size_t request_size_max = std::size_t{64} * 1024;

/// One struct per command, with its arguments.
namespace request {

struct Status {
    bool operator==(const Status&) const = default;
};

struct Nodes {
    bool operator==(const Nodes&) const = default;
};

struct Vips {
    bool operator==(const Vips&) const = default;
};

struct Events {
    static constexpr std::uint32_t count_max = 10'000;
    std::uint32_t count = 0; ///< the last so many; 1 to count_max

    bool operator==(const Events&) const = default;
};

struct Switchover {
    static constexpr Duration wait_max = std::chrono::minutes(10);
    std::optional<std::string> to; ///< the node that is to serve; none: the best one
    std::optional<Duration> wait;  ///< answer when it serves, or after this long; none: answer at once

    bool operator==(const Switchover&) const = default;
};

struct Takeover {
    std::string fenced; ///< the other of two nodes, whose host is off by the word of an operator

    bool operator==(const Takeover&) const = default;
};

struct Maintenance {
    static constexpr Duration length_max = std::chrono::hours(24 * 365);
    bool on = false;
    std::optional<Duration> length; ///< it ends by itself after this long; none: until it is switched off

    bool operator==(const Maintenance&) const = default;
};

struct Reload {
    bool operator==(const Reload&) const = default;
};

struct Version {
    bool operator==(const Version&) const = default;
};

} // namespace request

using Request = std::variant<request::Status, request::Nodes, request::Vips, request::Events, request::Switchover,
                             request::Takeover, request::Maintenance, request::Reload, request::Version>;

/// The word of a request on the socket and on the command line, "switchover".
[[nodiscard]] std::string_view name(const Request& request) noexcept;

/// Whether it alters something, so that only root and the daemon's user may ask it.
[[nodiscard]] bool changes(const Request& request) noexcept;

/// Reads one line (without its newline). Errors name the command or the argument and what it may be.
[[nodiscard]] Result<Request> parse_request(std::string_view line);

/// The line of a request, with its newline.
[[nodiscard]] std::string to_line(const Request& request);

} // namespace belay::control
