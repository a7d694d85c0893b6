// belay-sim: runs seeds of the simulator, tells which ones break a guarantee, and shows one seed's transcript.

#include "breaks.hpp"
#include "run.hpp"

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace {

using namespace belay;
using namespace belay::sim;
using RealClock = std::chrono::steady_clock;

struct Options {
    std::uint64_t seeds = 2000;
    std::uint64_t from = 1;
    std::int64_t seconds = 120;
    std::size_t nodes = 0;
    std::string profile = "mixed";
    unsigned jobs = 2;
    std::int64_t minutes = 0;
    std::uint64_t trace = 0;
    std::size_t lines = 60;
    std::string broken;
};

void show(std::uint64_t seed, const RunResult& result) {
    for (const std::string& line : result.transcript) {
        fmt::print("{}\n", line);
    }
    for (const Violation& violation : result.violations) {
        fmt::print("seed {}: {} at {} ms: {}\n", seed, violation.rule, to_ms(violation.at), violation.text);
    }
    fmt::print("seed {}: hash {:016x}\n", seed, result.hash);
    std::fflush(stdout);
}

class Campaign {
public:
    Campaign(const Options& options, const RunOptions& run)
        : options_(options)
        , run_(run)
        , next_(options.from)
        , begun_(RealClock::now()) {}

    int go() {
        {
            std::vector<std::jthread> workers;
            for (unsigned job = 0; job < options_.jobs; ++job) {
                workers.emplace_back([this] { work(); });
            }
        }
        const std::chrono::duration<double> took = RealClock::now() - begun_;
        const double simulated = static_cast<double>(done_.load()) * static_cast<double>(options_.seconds);
        fmt::print(
            "{} seeds of {} s (profile {}), {} failed; {:.0f} simulated seconds per second; longest failover {} ms\n",
            done_.load(), options_.seconds, options_.profile, failed_.load(), simulated / took.count(),
            to_ms(failover_max_));
        return failed_ == 0 ? 0 : 1;
    }

private:
    static constexpr std::uint64_t failures_shown = 5;

    [[nodiscard]] bool more(std::uint64_t seed) const {
        if (failed_ >= failures_shown) {
            return false;
        }
        return options_.minutes > 0 ? RealClock::now() - begun_ < std::chrono::minutes(options_.minutes)
                                    : seed < options_.from + options_.seeds;
    }

    void work() {
        for (std::uint64_t seed = next_++; more(seed); seed = next_++) {
            const RunResult result = run_seed(seed, run_);
            ++done_;
            const std::lock_guard guard(output_);
            failover_max_ = std::max(failover_max_, result.failover_max);
            if (!result.violations.empty() && failed_++ < failures_shown) {
                RunOptions again = run_;
                again.lines_kept = options_.lines;
                show(seed, run_seed(seed, again));
                fmt::print("again: belay-sim --trace {} --profile {} --seconds {} --nodes {}\n", seed, options_.profile,
                           options_.seconds, options_.nodes);
            }
        }
    }

    const Options& options_;
    const RunOptions& run_;
    std::atomic<std::uint64_t> next_;
    std::atomic<std::uint64_t> done_ = 0;
    std::atomic<std::uint64_t> failed_ = 0;
    Duration failover_max_{};
    std::mutex output_;
    RealClock::time_point begun_;
};

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Simulates clusters in virtual time and checks G1, G2 and more (DESIGN section 1).", "belay-sim");
    app.add_option("--seeds", options.seeds, "how many seeds")->capture_default_str();
    app.add_option("--from", options.from, "the first seed")->capture_default_str();
    app.add_option("--seconds", options.seconds, "simulated seconds of each seed")->capture_default_str();
    app.add_option("--nodes", options.nodes, "size of the clusters, 2 to 15; 0: drawn")->check(CLI::Range(0, 15));
    app.add_option("--profile", options.profile,
                   "which faults: mixed, limit, network, process, operator, clocks, frozen, witness, pair, upstream, "
                   "address, unfenced")
        ->capture_default_str();
    app.add_option("--jobs", options.jobs, "threads")->capture_default_str()->check(CLI::Range(1, 256));
    app.add_option("--minutes", options.minutes, "go on for so long, whatever --seeds says");
    app.add_option("--trace", options.trace, "run this one seed and print its transcript");
    app.add_option("--lines", options.lines, "of a transcript, from its end")->capture_default_str();
    app.add_option("--break", options.broken, "with this clause broken on purpose (tests/sim/breaks.cpp)");
    CLI11_PARSE(app, argc, argv);
    const auto profile = find_profile(options.profile);
    if (!profile || options.nodes == 1) {
        fmt::print(stderr, "belay-sim: no profile {}, or a cluster of one; see --help\n", options.profile);
        return 2;
    }
    RunOptions run{.profile = *profile, .length = std::chrono::seconds(options.seconds)};
    if (!options.broken.empty()) {
        const auto broken = find_break(options.broken);
        if (!broken) {
            fmt::print(stderr, "belay-sim: no break {}; tests/sim/breaks.cpp lists them\n", options.broken);
            return 2;
        }
        run.breaks = sabotage::bit(broken->which);
    }
    run.profile.node_count = options.nodes;
    if (options.trace != 0) {
        run.lines_kept = options.lines;
        const RunResult result = run_seed(options.trace, run);
        show(options.trace, result);
        return result.violations.empty() ? 0 : 1;
    }
    return Campaign(options, run).go();
}
