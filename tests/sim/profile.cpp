#include "profile.hpp"

#include <algorithm>

namespace belay::sim {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::size_t draw_node_count(Random& random) {
    constexpr std::array<std::size_t, 20> counts{3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 4, 5, 5, 5, 3};
    if (random.chance(10)) {
        return 6 + random.below(10);
    }
    return counts[random.below(counts.size())];
}

Duration draw_lease(Random& random) {
    constexpr std::array<Duration, 8> leases{milliseconds(500), milliseconds(500), milliseconds(500), milliseconds(500),
                                             milliseconds(500), milliseconds(300), seconds(1),        seconds(3)};
    return leases[random.below(leases.size())];
}

void draw_network(Layout& layout, bool at_limit, Random& random) {
    layout.delay_least = microseconds(at_limit ? 10 : 50);
    layout.delay_most = at_limit || random.chance(400) ? microseconds(100) : microseconds(200 + random.below(5000));
    layout.late_permille = random.chance(300) ? random.below(40) : 0;
    layout.late_most = milliseconds(20 + random.below(3000));
    layout.double_permille = random.chance(300) ? random.below(200) : 0;
    constexpr std::array<Duration, 3> jiffies{milliseconds(1), milliseconds(4), milliseconds(10)};
    layout.jiffy = at_limit ? jiffies.back() : jiffies[random.below(jiffies.size())];
    layout.rates_at_limit = at_limit || random.chance(200);
}

void draw_tiebreakers(Layout& layout, const Profile& profile, Random& random) {
    layout.fence = profile.fence;
    layout.upstream = profile.upstream && layout.node_count == 2;
    if (profile.witness_count_max > 1) {
        layout.node_count = std::max<std::size_t>(layout.node_count, 3);
        layout.witness_count = 1 + random.below(std::min(profile.witness_count_max, layout.node_count - 2));
    } else {
        layout.witness_count = layout.node_count > 2 && random.chance(150) ? 1 : 0;
    }
}

} // namespace

const std::vector<Profile>& profiles() {
    static const std::vector<Profile> all{
        {.name = "mixed", .about = "everything that G1 bears", .faults = {}},
        {.name = "limit",
         .about = "clocks, jiffies and delays at the limit, and holders that are cut off",
         .faults = {Fault::partition, Fault::one_way, Fault::isolate, Fault::pause_in_act, Fault::kill},
         .at_limit = true},
        {.name = "network",
         .about = "loss, delay, partitions, replays",
         .faults = {Fault::partition, Fault::one_way, Fault::isolate, Fault::loss, Fault::slow_network, Fault::replay}},
        {.name = "process",
         .about = "stops, crashes, restarts, slow kernels",
         .faults = {Fault::pause, Fault::pause_in_act, Fault::kill, Fault::reboot, Fault::slow_kernel,
                    Fault::removal_fails, Fault::isolate}},
        {.name = "operator",
         .about = "switchovers, services, links, other configurations",
         .faults = {Fault::service, Fault::links, Fault::switchover, Fault::maintenance, Fault::stop,
                    Fault::reconfigure, Fault::removal_fails, Fault::isolate}},
        {.name = "clocks",
         .about = "wall clocks that are set, clocks that change their rate",
         .faults = {Fault::wall_clock, Fault::drift, Fault::isolate, Fault::partition, Fault::kill}},
        {.name = "frozen",
         .about = "whole hosts that pause: G1 with its exception",
         .faults = {Fault::freeze, Fault::isolate, Fault::partition, Fault::kill, Fault::switchover}},
        {.name = "witness",
         .about = "three to five nodes, of which one or two only vote",
         .faults = {Fault::partition, Fault::one_way, Fault::isolate, Fault::loss, Fault::replay, Fault::pause,
                    Fault::pause_in_act, Fault::kill, Fault::reboot, Fault::service, Fault::switchover, Fault::stop},
         .witness_count_max = 2},
        {.name = "pair",
         .about = "two nodes without a tiebreaker, and operators who know",
         .faults = {Fault::partition, Fault::one_way, Fault::isolate, Fault::loss, Fault::slow_network, Fault::replay,
                    Fault::pause, Fault::pause_in_act, Fault::kill, Fault::reboot, Fault::service, Fault::switchover,
                    Fault::maintenance, Fault::stop, Fault::reconfigure, Fault::slow_kernel, Fault::removal_fails,
                    Fault::operator_fences},
         .node_count = 2},
        {.name = "upstream",
         .about = "two nodes with a gateway as tiebreaker",
         .faults = {Fault::partition,    Fault::one_way, Fault::isolate,      Fault::loss,
                    Fault::slow_network, Fault::replay,  Fault::pause,        Fault::pause_in_act,
                    Fault::kill,         Fault::reboot,  Fault::service,      Fault::switchover,
                    Fault::maintenance,  Fault::stop,    Fault::slow_kernel,  Fault::removal_fails,
                    Fault::gateway,      Fault::segment, Fault::segment_loss, Fault::operator_fences},
         .node_count = 2,
         .upstream = true},
        {.name = "address",
         .about = "the lifetime of the addresses is the fence",
         .faults = {Fault::partition, Fault::one_way, Fault::isolate, Fault::loss, Fault::replay, Fault::pause,
                    Fault::pause_in_act, Fault::kill, Fault::reboot, Fault::service, Fault::switchover, Fault::stop,
                    Fault::removal_fails},
         .fence = Fence::address},
        {.name = "unfenced",
         .about = "no fence, and nothing that hangs",
         .faults = {Fault::partition, Fault::one_way, Fault::isolate, Fault::loss, Fault::slow_network, Fault::replay,
                    Fault::service, Fault::links, Fault::switchover, Fault::maintenance, Fault::stop, Fault::reboot},
         .fence = Fence::off},
    };
    return all;
}

std::optional<Profile> find_profile(std::string_view name) {
    const auto found = std::ranges::find(profiles(), name, &Profile::name);
    return found == profiles().end() ? std::nullopt : std::optional(*found);
}

Plan draw(const Profile& profile, Random& random) {
    Plan plan;
    Layout& layout = plan.layout;
    layout.node_count = profile.node_count != 0 ? profile.node_count : draw_node_count(random);
    draw_tiebreakers(layout, profile, random);
    layout.file.lease = profile.lease > Duration::zero() ? profile.lease : draw_lease(random);
    layout.file.heartbeat_interval = layout.file.lease / 5;
    draw_network(layout, profile.at_limit || (profile.faults.empty() && random.chance(200)), random);
    const std::uint64_t kinds = profile.faults.empty() ? common_fault_count : profile.faults.size();
    for (std::uint64_t kind = 0; kind < kinds; ++kind) {
        const Fault fault = profile.faults.empty() ? static_cast<Fault>(kind) : profile.faults[kind];
        const bool swarm = random.chance(profile.faults.empty() ? 350 : 700);
        if (swarm && (fault != Fault::freeze || profile.name == "frozen")) {
            plan.faults.push_back(fault);
        }
    }
    layout.wall_is_set = std::ranges::find(plan.faults, Fault::wall_clock) != plan.faults.end();
    plan.fault_every = milliseconds(100 + random.below(1500));
    plan.skips_pre_vote = random.chance(250);
    return plan;
}

} // namespace belay::sim
