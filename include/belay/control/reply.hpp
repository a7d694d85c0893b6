#pragma once
// What the daemon answers on the control socket: {"ok":true,"result":{...}} or {"ok":false,"error":"..."}, one line.
// Pure: no socket, no clock.

#include "belay/base/result.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace belay::control {

/// One answer. `result` counts when ok, `error` (which names the remedy) when not.
struct Reply {
    bool ok = false;
    nlohmann::json result;
    std::string error;
};

/// The answer to a request that was carried out.
[[nodiscard]] nlohmann::json ok_reply(nlohmann::json result);

/// The answer to a request that was refused or failed.
[[nodiscard]] nlohmann::json error_reply(std::string_view error);

/// The line of an answer, with its newline. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string to_line(const nlohmann::json& reply);

/// Reads one line (without its newline). Fails when it is not an answer at all, for example of another program.
[[nodiscard]] Result<Reply> parse_reply(std::string_view line);

} // namespace belay::control
