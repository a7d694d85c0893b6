#include "belay/cli/vip_command.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace belay::cli;

namespace {

/// "24 eth0 eth0:0", with a dash for what is not said.
std::string said(std::string_view text) {
    const VipCommand command = parse_vip_command(text);
    const auto or_dash = [](const std::string& word) { return word.empty() ? std::string("-") : word; };
    return fmt::format("{} {} {}", command.length ? std::to_string(*command.length) : "-", or_dash(command.interface),
                       or_dash(command.label));
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_vip_command)

BOOST_AUTO_TEST_CASE(commands_that_put_an_address_up) {
    for (const auto& [command, meaning] : {
             std::pair{"ip addr add $_IP_$/24 dev eth0 label eth0:0", "24 eth0 eth0:0"},
             {"/usr/bin/sudo /sbin/ip addr add $_IP_$/24 dev eth0 label eth0:0", "24 eth0 eth0:0"},
             {"ip address add $_IP_$/25 brd + dev bond0", "25 bond0 -"},
             {"sudo ip -6 addr add $_IP_$/64 dev ens3", "64 ens3 -"},
             {"ifconfig eth0:0 inet $_IP_$ netmask 255.255.255.0", "24 eth0 eth0:0"},
             {"/usr/bin/sudo /sbin/ifconfig eth1 $_IP_$ netmask 255.255.252.0 up", "22 eth1 -"},
             {"ifconfig eth0 inet6 add $_IP_$/64", "64 eth0 -"},
             {"ifconfig eth0 inet6 $_IP_$ prefixlen 64", "64 eth0 -"},
             {"arping -U $_IP_$ -w 1 -I eth0", "- eth0 -"},
             {"arping -U $_IP_$ -w 1", "- - -"},
             {"/etc/pgpool2/up.sh $_IP_$", "- - -"},
             {"sh -c 'ip addr add $_IP_$/24 dev \"eth0\"'", "24 eth0 -"},
             {"ifconfig eth0 $_IP_$ netmask 255.0.255.0", "- eth0 -"},
             {"ip addr add $_IP_$/0 dev", "- - -"},
             {"ip addr add $_IP_$/300 dev eth0", "- eth0 -"},
             {"ifconfig", "- - -"},
             {"", "- - -"},
         }) {
        BOOST_TEST(said(command) == meaning, command << " says " << said(command));
    }
}

BOOST_AUTO_TEST_SUITE_END()
