// One seed, one story: a run and its repetition have the same hash of every event, with and without a transcript, and
// the run after another one is not changed by it. Another seed is another story.

#include "run.hpp"

#include <fmt/format.h>

int main() {
    using namespace belay::sim;
    RunOptions options{.profile = *find_profile("mixed"), .length = std::chrono::seconds(60)};
    int failures = 0;
    std::uint64_t hash_before = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        options.lines_kept = 0;
        const std::uint64_t hash = run_seed(seed, options).hash;
        options.lines_kept = 100;
        const std::uint64_t again = run_seed(seed, options).hash;
        if (hash != again || hash == hash_before) {
            fmt::print("seed {}: hash {:016x}, again {:016x}, seed before {:016x}\n", seed, hash, again, hash_before);
            ++failures;
        }
        hash_before = hash;
    }
    return failures == 0 ? 0 : 1;
}
