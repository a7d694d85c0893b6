// What is left of the rights, and what is not.

#include "belay/daemon/privileges.hpp"

#include "belay/base/unique_fd.hpp"
#include "child.hpp"

#include <arpa/inet.h>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <grp.h>
#include <linux/if_addr.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <sstream>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace belay::daemon;
using belay::UniqueFd;
using belay::test::in_child;

namespace {

constexpr auto* net_admin_only = "0000000000001000"; // bit 12

/// The capability lines of /proc/thread-self/status, and NoNewPrivs.
std::string rights_of_this_thread() {
    std::ifstream status("/proc/thread-self/status");
    std::ostringstream rights;
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("Cap") || line.starts_with("NoNewPrivs")) {
            rights << line << '\n';
        }
    }
    return rights.str();
}

std::string expected_rights(bool bounding_set_closed, const std::string& rights) {
    std::string text;
    for (const char* const set : {"CapInh", "CapPrm", "CapEff"}) {
        text += std::string(set) + ":\t" + net_admin_only + "\n";
    }
    const std::size_t bounding = rights.find("CapBnd");
    text += bounding_set_closed ? std::string("CapBnd:\t") + net_admin_only + "\n"
                                : rights.substr(bounding, rights.find('\n', bounding) + 1 - bounding);
    return text + "CapAmb:\t" + net_admin_only + "\nNoNewPrivs:\t1\n";
}

std::string try_packet_socket() {
    const UniqueFd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    return socket ? "opened" : belay::errno_text(errno);
}

/// Adds 10.77.0.9/32 to lo with one RTM_NEWADDR.
std::string try_add_address() {
    struct {
        nlmsghdr header;
        ifaddrmsg address;
        rtattr attribute;
        in_addr value;
    } request{};

    request.header = {.nlmsg_len = sizeof(request),
                      .nlmsg_type = RTM_NEWADDR,
                      .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK,
                      .nlmsg_seq = 1,
                      .nlmsg_pid = 0};
    request.address = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_flags = 0, .ifa_scope = 0, .ifa_index = 1};
    request.attribute = {.rta_len = sizeof(rtattr) + sizeof(in_addr), .rta_type = IFA_LOCAL};
    ::inet_pton(AF_INET, "10.77.0.9", &request.value);
    const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    ::send(socket.get(), &request, sizeof(request), 0);

    struct {
        nlmsghdr header;
        nlmsgerr error;
    } answer{};

    ::recv(socket.get(), &answer, sizeof(answer), 0);
    return answer.header.nlmsg_type == NLMSG_ERROR && answer.error.error == 0 ? "added"
                                                                              : belay::errno_text(-answer.error.error);
}

std::string drop() {
    const auto dropped = keep_only_net_admin();
    return dropped ? "" : dropped.error().text + "\n";
}

/// The rights that the unit gives: another user, CAP_NET_ADMIN and CAP_NET_RAW, no CAP_SETPCAP.
void become_service_user() {
    ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0) {
        ::_exit(2);
    }
    const cap_t wanted = ::cap_from_text("cap_net_admin,cap_net_raw=eip");
    ::cap_set_proc(wanted);
    ::cap_free(wanted);
}

} // namespace

BOOST_AUTO_TEST_SUITE(privileges)

BOOST_AUTO_TEST_CASE(root_keeps_net_admin_alone_in_this_thread_and_in_later_ones) {
    const std::string seen = in_child([] {
        const std::string problem = drop();
        std::string later;
        std::thread([&] { later = rights_of_this_thread(); }).join();
        return problem + rights_of_this_thread() + later;
    });
    const std::string once = expected_rights(true, seen);
    BOOST_TEST(seen == once + once);
}

BOOST_AUTO_TEST_CASE(the_service_user_too_though_its_bounding_set_is_not_its_own_to_close) {
    const std::string seen = in_child([] {
        become_service_user();
        const auto dropped = keep_only_net_admin();
        const bool shut = dropped && (dropped->bounding_set_closed || dropped->securebits_locked);
        return (shut ? "shut\n" : "") + rights_of_this_thread();
    });
    BOOST_TEST(seen == expected_rights(false, seen));
}

BOOST_AUTO_TEST_CASE(an_address_can_be_added_but_no_packet_socket_opened_and_an_open_one_goes_on) {
    BOOST_TEST(in_child([] {
                   const UniqueFd early(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(0x0806)));
                   const std::string problem = drop();
                   sockaddr_ll lo{};
                   lo.sll_family = AF_PACKET;
                   lo.sll_protocol = htons(0x0806);
                   lo.sll_ifindex = 1;
                   lo.sll_halen = 6;
                   const std::array<char, 42> frame{};
                   const bool sent =
                       ::sendto(early.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&lo),
                                sizeof(lo)) == static_cast<ssize_t>(frame.size());
                   return problem + try_packet_socket() + ", " + try_add_address() + (sent ? ", sent" : ", mute");
               }) == "Operation not permitted, added, sent");
}

BOOST_AUTO_TEST_CASE(uid_0_gives_nothing_back_and_no_core_file_is_left) {
    BOOST_TEST(in_child([] {
                   const std::string problem = drop();
                   // Root's own way back: an exec as uid 0 gives all of the bounding set, unless SECBIT_NOROOT is set.
                   const int securebits = ::prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
                   const bool locked = (securebits & 0x3) == 0x3;
                   const bool unlocked_again = ::prctl(PR_SET_SECUREBITS, 0, 0, 0, 0) == 0;
                   return problem + (locked ? "locked" : "open") + (unlocked_again ? ", unlocked" : ", stays") +
                          (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? ", no core" : ", core");
               }) == "locked, stays, no core");
}

BOOST_AUTO_TEST_CASE(what_is_missing_at_the_start_is_named_with_the_remedy) {
    BOOST_TEST(check_needed_capabilities().has_value());
    const std::string without_raw = in_child([] {
        const std::string problem = drop();
        return problem + check_needed_capabilities().error().text;
    });
    BOOST_TEST(without_raw.starts_with("missing CAP_NET_RAW ("), without_raw);
    BOOST_TEST(without_raw.find("AmbientCapabilities=") != std::string::npos);
    const std::string without_both = in_child([] {
        const cap_t none = ::cap_init();
        ::cap_set_proc(none);
        ::cap_free(none);
        return check_needed_capabilities().error().text + drop();
    });
    BOOST_TEST(without_both.find("CAP_NET_ADMIN") != std::string::npos);
    BOOST_TEST(without_both.find("CAP_NET_RAW") != std::string::npos);
    BOOST_TEST(without_both.find("so it cannot be kept") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
