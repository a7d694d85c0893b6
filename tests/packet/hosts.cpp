#include "hosts.hpp"

namespace belay::testing {

namespace {

int index_of(const Namespace& where, const char* link) {
    return std::stoi(where.output(fmt::format("ip -o link show dev {} | cut -d: -f1", link)));
}

bool has_carrier(const Namespace& where, const char* link) {
    return where.output(fmt::format("ip -o link show dev {}", link)).find("LOWER_UP") != std::string::npos;
}

} // namespace

Hosts::Hosts() {
    pair.left.shell("ip link set dev veth0 address 02:00:5e:00:53:01");
    left_mac = parse_mac("02:00:5e:00:53:01").value();
    left_index = index_of(pair.left, "veth0");
    right_index = index_of(pair.right, "veth1");
    pair.right.shell("ip addr add 10.77.0.2/24 dev veth1 && ip addr add fd77::2/64 dev veth1 nodad");
    pair.left.run([&] { left.emplace(packet::RawSocket::open().value()); });
    pair.right.run([&] { right.emplace(packet::RawSocket::open().value()); });
    static_cast<void>(eventually([&] { return has_carrier(pair.left, "veth0") && has_carrier(pair.right, "veth1"); }));
}

std::vector<packet::Frame> Hosts::hear(std::size_t count) {
    std::vector<packet::Frame> heard;
    static_cast<void>(eventually(
        [&] {
            auto frames = right->receive().value();
            heard.insert(heard.end(), frames.begin(), frames.end());
            return heard.size() >= count;
        },
        right->fd()));
    return heard;
}

} // namespace belay::testing
