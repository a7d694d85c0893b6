#pragma once
// One seed: a cluster is drawn, suffers, is left in peace, and loses its holder without a word; again and again.

#include "profile.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace belay::sim {

struct RunOptions {
    Profile profile;
    Duration length = std::chrono::seconds(120);
    std::size_t lines_kept = 0; ///< of the transcript
    std::uint64_t breaks = 0;   ///< bits of sabotage::Break
};

struct RunResult {
    std::vector<Violation> violations;
    std::vector<std::string> transcript;
    std::uint64_t hash = 0;
    Duration failover_max{}; ///< the longest time without service after a silent failure
};

[[nodiscard]] RunResult run_seed(std::uint64_t seed, const RunOptions& options);

} // namespace belay::sim
