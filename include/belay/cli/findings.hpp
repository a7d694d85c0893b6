#pragma once
// What is wrong, found in the answer to `status`, with what to do about it: the part of the output that an operator
// reads first at three in the morning. Pure.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace belay::cli {

enum class Severity : std::uint8_t {
    warning,  ///< the VIPs are served, but something is missing that may be needed
    critical, ///< a VIP is not served, as far as this node can see, or is where it must not be
};

struct Finding {
    Severity severity = Severity::warning;
    std::string what;   ///< one sentence without full stop
    std::string remedy; ///< what to do; empty where `what` says it
};

/// Everything that is wrong, the worst first.
[[nodiscard]] std::vector<Finding> findings(const nlohmann::json& status);

/// Whether this node hears too few others to know, let alone to decide, who serves.
[[nodiscard]] bool lacks_majority(const nlohmann::json& status);

} // namespace belay::cli
