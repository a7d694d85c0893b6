// Breaks one clause after the other and demands that somebody notices: the random faults of its profile, or the
// adversary that was written for it. First of all nothing is broken, and nobody may complain.

#include "adversary.hpp"
#include "breaks.hpp"
#include "run.hpp"

#include <fmt/format.h>

namespace {

using namespace belay;
using namespace belay::sim;

constexpr std::uint64_t seeds_max = 400;

struct Caught {
    std::string by;
    std::uint64_t seeds = 0;
};

std::optional<Caught> by_chance(const NamedBreak& broken) {
    const auto profile = find_profile(broken.profile);
    if (!profile) {
        return std::nullopt;
    }
    const RunOptions options{
        .profile = *profile, .length = std::chrono::seconds(120), .breaks = sabotage::bit(broken.which)};
    for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
        const RunResult result = run_seed(seed, options);
        if (!result.violations.empty()) {
            return Caught{
                .by = fmt::format("{}, profile {}, seed {}", result.violations.front().rule, profile->name, seed),
                .seeds = seed};
        }
    }
    return std::nullopt;
}

std::optional<Caught> by_adversary(const NamedBreak& broken) {
    for (const Adversary& adversary : adversaries()) {
        if (adversary.clause != broken.which) {
            continue;
        }
        sabotage::armed = sabotage::bit(broken.which);
        const auto found = adversary.attack();
        sabotage::armed = 0;
        if (found) {
            return Caught{.by = fmt::format("adversary: {}", adversary.story)};
        }
    }
    return std::nullopt;
}

int complaints_without_breaks() {
    int complaints = 0;
    for (const Adversary& adversary : adversaries()) {
        if (const auto found = adversary.attack()) {
            fmt::print("nothing is broken, and yet: {}: {}\n", adversary.story, *found);
            ++complaints;
        }
    }
    return complaints;
}

} // namespace

int main() {
    int failures = complaints_without_breaks();
    fmt::print("{:<22} {:<9} {:>5}  {}\n", "break", "clause", "seeds", "caught by");
    for (const NamedBreak& broken : breaks()) {
        auto found = by_adversary(broken);
        if (!found) {
            found = by_chance(broken);
        }
        fmt::print("{:<22} {:<9} {:>5}  {}\n", broken.name, broken.clause,
                   found && found->seeds != 0 ? fmt::format("{}", found->seeds) : "-",
                   found ? found->by : "NOBODY: the clause is not guarded by any test");
        failures += found ? 0 : 1;
    }
    fmt::print("{} breaks, {} failures\n", breaks().size(), failures);
    return failures == 0 ? 0 : 1;
}
