#pragma once
// From the parts of a check of pgpool-II to one verdict (belay.ini(5), LIFE CHECKS). Pure.
//
// A parent process that ended decides at once. One that runs needs an answer to what `require` names. With `any` a
// single answer will do: exhausted children, a full connection table or a backend that swallows packets stop the query
// and not PCP, and on another host they would be the same.

#include "belay/config/settings.hpp"
#include "belay/lifecheck/finding.hpp"
#include "belay/lifecheck/health.hpp"

#include <optional>

namespace belay::lifecheck {

/// What is known of each part; nothing: not looked at yet.
struct PgpoolParts {
    std::optional<Health> process;
    std::optional<Finding> query;
    std::optional<Finding> pcp;
};

/// Nothing while a part that matters may still decide either way. The detail names every part, those that do not matter
/// too: "pid 123 from ... runs; query: no answer within 500ms (2 of 2); pcp answers".
[[nodiscard]] std::optional<Health> verdict_of(config::PgpoolNeeds needs, const PgpoolParts& parts);

} // namespace belay::lifecheck
