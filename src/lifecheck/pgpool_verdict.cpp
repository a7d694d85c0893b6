#include "belay/lifecheck/pgpool_verdict.hpp"

#include <string>

namespace belay::lifecheck {

namespace {

std::optional<bool> healthy(const std::optional<Finding>& part) {
    return part ? part->healthy : std::nullopt;
}

/// Known as soon as one decides alone, otherwise when both are known.
std::optional<bool> one_of(std::optional<bool> first, std::optional<bool> second) {
    if (first == true || second == true) {
        return true;
    }
    return first && second ? std::optional(false) : std::nullopt;
}

std::optional<bool> both_of(std::optional<bool> first, std::optional<bool> second) {
    if (first == false || second == false) {
        return false;
    }
    return first && second ? std::optional(true) : std::nullopt;
}

std::optional<bool> answers(config::PgpoolNeeds needs, std::optional<bool> query, std::optional<bool> pcp) {
    switch (needs) {
    case config::PgpoolNeeds::any:
        return one_of(query, pcp);
    case config::PgpoolNeeds::query:
        return query;
    case config::PgpoolNeeds::pcp:
        return pcp;
    case config::PgpoolNeeds::both:
        return both_of(query, pcp);
    }
    return std::nullopt;
}

std::string detail_of(const PgpoolParts& parts) {
    std::string detail = parts.process ? parts.process->detail : std::string();
    if (parts.query) {
        detail += "; " + in_words(*parts.query, "query", "answers");
    }
    if (parts.pcp) {
        detail += "; " + in_words(*parts.pcp, "pcp", "answers");
    }
    return detail;
}

} // namespace

std::optional<Health> verdict_of(config::PgpoolNeeds needs, const PgpoolParts& parts) {
    if (!parts.process) {
        return std::nullopt;
    }
    if (!parts.process->healthy) {
        return parts.process; // the other parts have nothing to add
    }
    const std::optional<bool> alive = answers(needs, healthy(parts.query), healthy(parts.pcp));
    if (!alive) {
        return std::nullopt;
    }
    return Health{.healthy = *alive, .detail = detail_of(parts)};
}

} // namespace belay::lifecheck
