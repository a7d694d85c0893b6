#include "kept_network.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

namespace belay::testing {

using namespace std::chrono_literals;

KeptNetwork::KeptNetwork() {
    // Neighbours that are asked for at once, and addresses that need no look around.
    for (Namespace* const host : {&pair.left, &pair.right}) {
        host->sysctl("ipv6/conf/all/accept_dad", "0");
    }
    pair.left.run([&] { kernel.emplace(netlink::Addresses::open().value()); });
    pair.right.run([&] {
        ear.emplace(packet::RawSocket::open().value());
        ear6.emplace(packet::RawSocket::open().value());
    });
    BOOST_REQUIRE(ear->hear(packet::Hearing::arp));
    BOOST_REQUIRE(ear6->hear(packet::Hearing::neighbour_advertisements));
    BOOST_REQUIRE(eventually([&] { return left_has_carrier(); }));
    open();
}

void KeptNetwork::open(bool defends) {
    open({{.name = "main", .prefix = parse_prefix("10.77.0.100/24").value(), .interface = "veth0"},
          {.name = "six", .prefix = parse_prefix("fd77::100").value(), .interface = "veth0"}},
         {.burst = 1, .refresh_interval = 0s}, defends);
}

void KeptNetwork::open(std::vector<vip::Vip> vips, const vip::Pace& pace, bool defends) {
    keeper.reset();
    pair.left.run([&] {
        daemon::PacketSockets sockets{.arp = packet::RawSocket::open().value(),
                                      .neighbour = packet::RawSocket::open().value()};
        keeper =
            daemon::VipKeeper::open(
                context,
                {.vips = std::move(vips), .lease = 500ms, .claims = {.pace = pace, .probe = {}, .defends = defends}},
                std::move(sockets),
                {.links = [this](core::Condition now) { links.push_back(std::move(now)); },
                 .refused = [this](std::string why) { refused.push_back(std::move(why)); }})
                .value();
    });
}

bool KeptNetwork::runs_until(const std::function<bool()>& met) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!met()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        context.restart();
        context.run_one_for(10ms);
    }
    return true;
}

void KeptNetwork::run_what_is_ready() {
    context.restart();
    context.poll();
}

bool KeptNetwork::has(const std::string& address) {
    const auto present = kernel->dump(5s).value();
    return std::ranges::any_of(present, [&](const vip::Address& one) {
        return to_text(one.prefix.address) == address && one.mark == vip::own_mark;
    });
}

void KeptNetwork::leave_over(const std::string& prefix) {
    const int index = std::stoi(pair.left.output("ip -o link show veth0 | cut -d: -f1"));
    const std::vector<vip::AddressSpec> one{
        {.ifindex = index, .interface = "veth0", .prefix = parse_prefix(prefix).value()}};
    BOOST_REQUIRE((kernel->add(one, 5s).front().kind == netlink::AddressOutcome::Kind::done));
}

MacAddress KeptNetwork::neighbour_mac() const {
    const std::string text = pair.right.output("ip -o link show veth1 | sed 's/.*link.ether \\([^ ]*\\).*/\\1/'");
    return parse_mac(text.substr(0, text.find('\n'))).value();
}

bool KeptNetwork::left_has_carrier() const {
    return pair.left.output("ip -o link show veth0").find("LOWER_UP") != std::string::npos;
}

std::uint64_t KeptNetwork::frames_sent() const {
    // /sys shows the devices of the namespace in which it was mounted; `ip` asks the kernel.
    const std::string text =
        pair.left.output("ip -s -o link show veth0 | sed 's/.*TX:[^0-9]*[0-9]* *\\([0-9]*\\) .*/\\1/'");
    return std::stoull(text);
}

std::vector<packet::Claim> KeptNetwork::claims_heard() {
    std::vector<packet::Claim> claims;
    for (auto* const socket : {&ear, &ear6}) {
        const auto frames = (*socket)->receive();
        BOOST_REQUIRE(frames);
        for (const packet::Frame& frame : *frames) {
            if (auto claim = packet::claim_in(frame)) {
                claims.push_back(*claim);
            }
        }
    }
    return claims;
}

} // namespace belay::testing
