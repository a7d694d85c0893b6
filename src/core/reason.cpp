#include "belay/core/reason.hpp"

namespace belay::core {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(why_last) + 1> words{
    "none",       "started",       "abstention_over", "holder_silent",  "holder_released", "holder_restarted",
    "no_holder",  "lease_ran_out", "higher_term",     "service_failed", "link_lost",       "address_refused",
    "switchover", "maintenance",   "preempted",       "stopping",       "refused",         "accepted",
    "silent",     "returned",      "takeover",        "claimed_twice"};

} // namespace

std::string_view to_text(Why why) noexcept {
    const auto index = static_cast<std::size_t>(why);
    return index < words.size() ? words[index] : "unknown";
}

} // namespace belay::core
