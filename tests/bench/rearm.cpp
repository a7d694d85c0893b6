// What arming the fence costs with 1, 100 and 5,000 VIPs: the median over many, while a watcher listens as in the
// daemon. Exit code 1: a median above the limit; 77: no network namespaces here.
#include "belay/base/clock.hpp"
#include "belay/netlink/fence.hpp"
#include "belay/netlink/fence_watch.hpp"
#include "namespace.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <string>
#include <vector>

using namespace belay;
using namespace belay::netlink;

namespace {

constexpr int rounds = 2000;
constexpr double limit_us = 100;

std::vector<IpAddress> vips(unsigned count) {
    std::vector<IpAddress> addresses;
    for (unsigned number = 0; number < count; ++number) {
        addresses.push_back(number % 2 == 0
                                ? parse_ip(fmt::format("10.77.{}.{}", number / 250, 1 + (number % 250))).value()
                                : parse_ip(fmt::format("fd77::{:x}", number)).value());
    }
    return addresses;
}

/// In microseconds, sorted.
std::vector<double> measure(unsigned vip_count) {
    auto fence = Fence::open().value();
    auto watch = FenceWatch::open(fence.port()).value();
    if (const Status built = fence.build({.vips = vips(vip_count), .egress_devices = {"veth0"}}); !built) {
        throw std::runtime_error(built.error().text);
    }
    std::vector<double> costs;
    for (int round = 0; round < rounds; ++round) {
        const Instant began = boot_now();
        const Arming arming = fence.arm(began + std::chrono::milliseconds(480));
        costs.push_back(std::chrono::duration<double, std::micro>(boot_now() - began).count());
        if (arming.kind != Arming::Kind::armed) {
            throw std::runtime_error(arming.error.text);
        }
        static_cast<void>(watch.receive());
    }
    std::ranges::sort(costs);
    return costs;
}

} // namespace

int main() {
    const testing::NeedsNamespaces needs;
    const testing::Pair pair;
    bool good = true;
    fmt::print("{:>8} {:>12} {:>12} {:>12}\n", "VIPs", "median us", "99% us", "limit us");
    for (const unsigned count : {1U, 100U, 5000U}) {
        std::vector<double> costs;
        pair.left.run([&] { costs = measure(count); });
        const double median = costs[costs.size() / 2];
        fmt::print("{:>8} {:>12.1f} {:>12.1f} {:>12.0f}\n", count, median, costs[costs.size() * 99 / 100], limit_us);
        good = good && median < limit_us;
    }
    return good ? 0 : 1;
}
