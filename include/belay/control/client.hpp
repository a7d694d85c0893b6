#pragma once
// The command line's end of the control socket: one question, one answer, a deadline. Blocking, without an event loop.

#include "belay/base/time.hpp"
#include "belay/control/reply.hpp"
#include "belay/control/request.hpp"

#include <cstdint>
#include <expected>
#include <string>

namespace belay::control {

/// Why there is no answer.
enum class CallFailure : std::uint8_t {
    not_reachable,     ///< no socket there, or nobody listens, or the daemon went away before it answered
    permission_denied, ///< the file may not be opened by this user
    timeout,           ///< connected, but no answer in time: the daemon hangs or the host is starved
    bad_answer,        ///< something answers that is not belayd
};

/// `text` says what was tried and what to do, for an operator.
struct CallError {
    CallFailure failure = CallFailure::not_reachable;
    std::string text;
};

/// Answers longer than this are refused, so that whoever holds the socket cannot fill our memory.
inline constexpr std::size_t reply_size_max = std::size_t{16} * 1024 * 1024;

/// Sends `request` to the daemon at `socket_path` and waits for its answer, all within `timeout`. An answer that says
/// no is an answer (Reply::ok is false). Any thread; blocks.
[[nodiscard]] std::expected<Reply, CallError> call(const std::string& socket_path, const Request& request,
                                                   Duration timeout);

} // namespace belay::control
