#include "belay/daemon/upstream_segment.hpp"

#include "belay/base/unique_fd.hpp"

#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <optional>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace belay::daemon {

namespace {

std::uint32_t number_of(const IpAddress& address) noexcept {
    std::uint32_t number = 0;
    for (const std::uint8_t byte : address.view()) {
        number = (number << 8U) | byte;
    }
    return number;
}

/// The four bytes of the address in an answer of the kernel.
IpAddress ipv4_of(const sockaddr& from) {
    sockaddr_in address{};
    std::memcpy(&address, &from, sizeof(address));
    IpAddress ip;
    std::memcpy(ip.bytes.data(), &address.sin_addr, sizeof(address.sin_addr));
    return ip;
}

/// The Ethernet address in an answer of the kernel; nothing where the interface has another kind.
std::optional<MacAddress> mac_of(const sockaddr& from) {
    if (from.sa_family != ARPHRD_ETHER) {
        return std::nullopt;
    }
    MacAddress mac;
    std::memcpy(mac.bytes.data(), from.sa_data, mac.bytes.size());
    return mac;
}

} // namespace

bool same_network(const IpAddress& left, const IpAddress& right, std::uint8_t length) noexcept {
    constexpr unsigned bits = 32;
    const std::uint32_t mask = length == 0 ? 0 : ~std::uint32_t{0} << (bits - length);
    return left.is_v4() && right.is_v4() && ((number_of(left) ^ number_of(right)) & mask) == 0;
}

bool is_ours(const MacAddress& mac) {
    // Links only: getifaddrs(3) would read all addresses too, which may be thousands of VIPs.
    const std::unique_ptr<struct if_nameindex, decltype(&::if_freenameindex)> all(::if_nameindex(),
                                                                                  &::if_freenameindex);
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    for (const struct if_nameindex* each = all.get(); each != nullptr && each->if_name != nullptr; ++each) {
        ifreq request{};
        std::string_view(each->if_name).copy(request.ifr_name, IFNAMSIZ - 1);
        if (::ioctl(socket.get(), SIOCGIFHWADDR, &request) == 0 && mac_of(request.ifr_hwaddr) == mac) {
            return true;
        }
    }
    return false;
}

Result<Segment> look_at_segment(const std::string& interface) {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) {
        return fail_errno(errno, "cannot open a socket to look at interface {}", interface);
    }
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    Segment segment;
    if (::ioctl(socket.get(), SIOCGIFINDEX, &request) != 0) {
        return fail_errno(errno, "cannot find interface {}", interface);
    }
    segment.ifindex = request.ifr_ifindex;
    if (::ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0) {
        return fail_errno(errno, "cannot read the link address of {}", interface);
    }
    const auto mac = mac_of(request.ifr_hwaddr);
    if (!mac) {
        return fail("interface {} is no Ethernet, so there is no ARP on it", interface);
    }
    segment.mac = *mac;
    if (::ioctl(socket.get(), SIOCGIFADDR, &request) == 0) {
        segment.own = ipv4_of(request.ifr_addr);
        if (::ioctl(socket.get(), SIOCGIFNETMASK, &request) == 0) {
            segment.length = static_cast<std::uint8_t>(std::popcount(number_of(ipv4_of(request.ifr_netmask))));
        }
    }
    return segment;
}

} // namespace belay::daemon
