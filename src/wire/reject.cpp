#include "belay/wire/reject.hpp"

#include <numeric>

namespace belay::wire {

namespace {

constexpr std::array<std::string_view, reject_count> words{
    "size",     "magic",      "version",  "foreign_cluster", "not_for_me", "unknown_sender", "unknown_key",
    "bad_mac",  "padding",    "kind",     "identity",        "role",       "reason",         "request",
    "verdict",  "count",      "duration", "instant",         "term",       "older_run",      "rival",
    "unproved", "wrong_echo", "repeated", "stale",
};
static_assert(!words.back().empty(), "every reason has a word");

} // namespace

std::string_view to_text(Reject reason) noexcept {
    return words.at(static_cast<std::size_t>(reason));
}

bool is_ordinary(Reject reason) noexcept {
    return reason == Reject::unproved || reason == Reject::wrong_echo || reason == Reject::repeated ||
           reason == Reject::stale;
}

std::uint64_t RejectCounts::total() const noexcept {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

} // namespace belay::wire
