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

/// pgpool-II's number of a database node, as in pgpool.conf.
inline constexpr std::uint32_t database_id_max = 127;

/// The table of the database nodes.
struct Db {
    bool operator==(const Db&) const = default;
};

/// An operator's act on one database node, for all pgpool-IIs.
struct DbAct {
    static constexpr Duration wait_max = std::chrono::minutes(30);
    enum class Act : std::uint8_t { detach, attach, promote, recover };

    Act act = Act::detach;
    std::uint32_t id = 0;
    std::optional<Duration> wait; ///< answer when it is done, or after this long; none: answer when it was accepted

    bool operator==(const DbAct&) const = default;
};

/// `belay guard`, run by pgpool-II as its failover_command and the like: may I run the user's command?
struct Guard {
    static constexpr Duration deadline_max = std::chrono::minutes(10);
    enum class Kind : std::uint8_t { failover, failback, follow_primary };

    Kind kind = Kind::failover;
    std::uint32_t id = 0;                     ///< %d
    std::optional<std::uint32_t> new_main;    ///< %m; for follow_primary the new primary
    std::optional<std::uint32_t> old_primary; ///< %P
    Duration deadline{};                      ///< whoever asks goes away after this long

    bool operator==(const Guard&) const = default;
};

/// How the command ended that a Guard was allowed to run.
struct GuardDone {
    std::string ticket; ///< from the answer to the Guard
    int exit_code = 0;  ///< 0 to 255; a signal counts as 128 and its number

    bool operator==(const GuardDone&) const = default;
};

/// `belay run-on` waits for the next changes of this node's own role.
struct Follow {
    static constexpr Duration wait_max = std::chrono::minutes(10);
    std::optional<std::uint64_t> after; ///< the last number that it knows; none: begin with the present role
    Duration wait{};                    ///< answer with nothing after this long

    bool operator==(const Follow&) const = default;
};

/// `belay run-on` has carried out what belongs to a change of role.
struct Confirm {
    std::uint64_t number = 0; ///< that of the change
    bool ok = false;          ///< its command succeeded

    bool operator==(const Confirm&) const = default;
};

/// "detach", "failover": the words of the socket and of the command line.
[[nodiscard]] std::string_view word_of(DbAct::Act act) noexcept;
[[nodiscard]] std::string_view word_of(Guard::Kind kind) noexcept;

} // namespace request

using Request = std::variant<request::Status, request::Nodes, request::Vips, request::Events, request::Switchover,
                             request::Takeover, request::Maintenance, request::Reload, request::Version, request::Db,
                             request::DbAct, request::Guard, request::GuardDone, request::Follow, request::Confirm>;

/// What it takes to ask a request; access.hpp says who has it.
enum class Right : std::uint8_t {
    read,
    change,
    guard,   ///< what pgpool-II's hooks ask
    confirm, ///< what the followers of the role say
};

/// The word of a request on the socket and on the command line, "switchover".
[[nodiscard]] std::string_view name(const Request& request) noexcept;

[[nodiscard]] Right right_for(const Request& request) noexcept;

/// Reads one line (without its newline). Errors name the command or the argument and what it may be.
[[nodiscard]] Result<Request> parse_request(std::string_view line);

/// The line of a request, with its newline.
[[nodiscard]] std::string to_line(const Request& request);

} // namespace belay::control
