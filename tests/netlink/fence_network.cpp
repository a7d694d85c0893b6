#include "fence_network.hpp"

#include "belay/base/clock.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <fmt/format.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

namespace belay::testing {

namespace {

bool succeeds(const Namespace& where, const std::string& command) {
    return where.output(command + " > /dev/null && echo yes || echo no") == "yes\n";
}

} // namespace

FencedHost::FencedHost() {
    left.shell(fmt::format("ip link add name veth2 type veth peer name veth3 netns {}", far.path()));
    left.shell("ip link set dev veth2 up; ip addr add 10.77.0.1/24 dev veth0; ip addr add fd77::1/64 dev veth0 nodad; "
               "ip addr add 10.78.0.1/24 dev veth2; ip addr add 10.77.0.100/32 dev veth0; "
               "ip addr add fd77::100/128 dev veth0 nodad");
    right.shell("ip addr add 10.77.0.2/24 dev veth1; ip addr add fd77::2/64 dev veth1 nodad");
    far.shell("ip link set dev veth3 up; ip addr add 10.78.0.2/24 dev veth3");
    left.run([&] { fence.emplace(netlink::Fence::open().value()); });
    build();
}

std::vector<IpAddress> FencedHost::vips() {
    return {parse_ip("10.77.0.100").value(), parse_ip("fd77::100").value()};
}

void FencedHost::build() {
    const Status built = fence->build({.vips = vips(), .egress_devices = {"veth0"}});
    BOOST_REQUIRE_MESSAGE(built, (built ? "" : built.error().text));
}

void FencedHost::open() {
    const netlink::Arming arming = fence->arm(boot_now() + std::chrono::minutes(1));
    BOOST_REQUIRE_MESSAGE((arming.kind == netlink::Arming::Kind::armed), arming.error.text);
}

bool reaches(const Namespace& from, const std::string& address) {
    return succeeds(from, "ping -n -c 1 -W 5 " + address);
}

bool silent(const Namespace& from, const std::string& address) {
    return !succeeds(from, "ping -n -c 1 -W 0.3 " + address);
}

void look_for(const Namespace& where, const std::string& hook, const std::string& condition) {
    where.shell(fmt::format("nft 'table ip seen {{ chain seen {{ type filter hook {} priority 0; {} counter; }}; }}'",
                            hook, condition));
}

bool saw(const Namespace& where) {
    return where.output("nft list chain ip seen seen").find("packets 0 ") == std::string::npos;
}

bool learned(const Namespace& where, const std::string& address) {
    return where.output("ip neigh show " + address).find("lladdr") != std::string::npos;
}

int announce_through(int socket, int interface, const std::string& address) {
    std::array<std::uint8_t, 42> frame{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 0x77, 0x08, 0x06,
                                       0,    1,    8,    0,    6,    4,    0,    1, 2, 0, 0, 0,    0,    0x77};
    const IpAddress ip = parse_ip(address).value();
    std::ranges::copy(ip.view(), frame.begin() + 28); // sender
    std::ranges::copy(ip.view(), frame.begin() + 38); // target
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ETHERTYPE_ARP);
    to.sll_ifindex = interface;
    const auto* const target = static_cast<const sockaddr*>(static_cast<const void*>(&to));
    return ::sendto(socket, frame.data(), frame.size(), 0, target, sizeof(to)) < 0 ? errno : 0;
}

int announce(const Namespace& from, const std::string& device, const std::string& address) {
    int problem = 0;
    from.run([&] {
        const int socket = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
        problem = announce_through(socket, static_cast<int>(::if_nametoindex(device.c_str())), address);
        ::close(socket);
    });
    return problem;
}

int send_frame(const Namespace& from, const std::string& device, ByteView frame) {
    int problem = 0;
    from.run([&] {
        const int socket = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_protocol = htons(static_cast<std::uint16_t>((frame[12] << 8U) | frame[13]));
        to.sll_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
        const auto* const target = static_cast<const sockaddr*>(static_cast<const void*>(&to));
        problem = ::sendto(socket, frame.data(), frame.size(), 0, target, sizeof(to)) < 0 ? errno : 0;
        ::close(socket);
    });
    return problem;
}

std::string elements(const Namespace& where, const std::string& set) {
    const std::string text = where.output("nft list set inet belay " + set);
    const std::size_t begin = text.find("elements");
    return begin == std::string::npos ? "" : text.substr(begin);
}

} // namespace belay::testing
