#include "run.hpp"

#include "chaos.hpp"

#include "belay/core/sabotage.hpp"

#include <algorithm>

namespace belay::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration chaos_span = seconds(30);
constexpr Duration settle_span = seconds(8); // abstention, first contact, refusals that were told a while ago
constexpr Duration look_every = milliseconds(1);

/// What the model of the daemon takes on top of G2's bound: three batches of the kernel, three round trips, timers.
constexpr Duration executor_time = milliseconds(20);

class Story {
public:
    Story(std::uint64_t seed, const RunOptions& options)
        : options_(options)
        , plan_(drawn(seed, options.profile))
        , cluster_(plan_.layout, seed, options.lines_kept)
        , chaos_(cluster_, plan_) {}

    RunResult tell() {
        for (Host& host : cluster_.hosts()) {
            cluster_.at(cluster_.random().between(Duration::zero(), milliseconds(300)),
                        [this, number = host.number] { cluster_.start(number); });
        }
        while (cluster_.now() < options_.length && cluster_.oracle().violations().empty()) {
            cluster_.run_until(cluster_.now() + seconds(2));
            chaos_.begin();
            cluster_.run_until(cluster_.now() + chaos_span);
            chaos_.end();
            const WorldTime calm = cluster_.now();
            cluster_.run_until(calm + settle_span + (3 * cluster_.promise_of(plan_.layout.file)));
            if (cluster_.oracle().violations().empty()) {
                fail_silently();
            }
        }
        const auto& lines = cluster_.oracle().lines();
        return {.violations = cluster_.oracle().violations(),
                .transcript = {lines.begin(), lines.end()},
                .hash = cluster_.oracle().hash(),
                .failover_max = failover_max_};
    }

private:
    static Plan drawn(std::uint64_t seed, const Profile& profile) {
        Random random(~seed);
        return draw(profile, random);
    }

    /// G2: the holder goes without a word; a majority of the others is left.
    void fail_silently() {
        const std::size_t active = cluster_.serving();
        const std::size_t count = cluster_.hosts().size();
        if (active == count) {
            cluster_.oracle().violated(cluster_.now(), "G2", "nobody serves after a quiet time");
            return;
        }
        const WorldTime failed = cluster_.now();
        fall_silent(active);
        const std::size_t members_left = count - plan_.layout.witness_count - 1;
        // Pre-votes are what keeps candidates from taking each other's votes; without them the bound is not promised.
        const bool bounded = plan_.layout.late_permille == 0 && !plan_.skips_pre_vote;
        const bool majority_left = count > 2 || plan_.layout.upstream;
        if (majority_left && members_left > 0 && bounded) {
            expect_service(active, failed, takeover_max());
        }
        cluster_.run_until(failed + seconds(2));
        cluster_.continue_process(active);
        cluster_.start(active);
    }

    /// Without a fence only a host that is off does not serve.
    void fall_silent(std::size_t active) {
        const auto manner = plan_.layout.fence == Fence::off ? 0 : cluster_.random().below(3);
        if (manner == 0) {
            cluster_.reboot(active);
        } else if (manner == 1) {
            cluster_.kill(active);
        } else {
            cluster_.stop_process(active);
        }
    }

    /// G2's bound, and 1 % for the clocks; with a gateway and two leases of silence at the VIPs (section 3.7).
    [[nodiscard]] Duration takeover_max() const {
        const FileSettings& file = plan_.layout.file;
        const Duration probing = plan_.layout.upstream ? 2 * file.lease : Duration::zero();
        return ((cluster_.promise_of(file) + probing + (2 * file.heartbeat_interval)) * 101 / 100) +
               core::voting_round_max + milliseconds(50) + executor_time + (4 * plan_.layout.delay_most);
    }

    void expect_service(std::size_t failed_host, WorldTime failed, Duration most) {
        while (cluster_.now() < failed + most) {
            cluster_.run_until(cluster_.now() + look_every);
            const std::size_t active = cluster_.serving();
            if (active != cluster_.hosts().size() && active != failed_host) {
                failover_max_ = std::max(failover_max_, cluster_.now() - failed);
                return;
            }
        }
        cluster_.oracle().violated(
            cluster_.now(), "G2",
            fmt::format("nobody serves {} ms after {} fell silent", to_ms(most), cluster_.hosts()[failed_host].name));
    }

    const RunOptions& options_;
    Plan plan_;
    Cluster cluster_;
    Chaos chaos_;
    Duration failover_max_{};

public:
    [[nodiscard]] bool skips_pre_vote() const noexcept { return plan_.skips_pre_vote; }
};

} // namespace

RunResult run_seed(std::uint64_t seed, const RunOptions& options) {
    Story story(seed, options);
    sabotage::armed = options.breaks;
    if (story.skips_pre_vote()) {
        sabotage::armed |= sabotage::bit(sabotage::Break::pre_vote_skipped);
    }
    RunResult result = story.tell();
    sabotage::armed = 0;
    return result;
}

} // namespace belay::sim
