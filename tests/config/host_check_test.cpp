#include "belay/config/host_check.hpp"

#include "belay/config/key_file.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sys/stat.h>

using namespace belay::config;
using namespace belay::config::test;

namespace {

std::string host_problems(const std::string& text, const std::optional<std::string>& node) {
    std::string lines;
    for (const Problem& problem : check_host(load_text(text, "f"), node)) {
        lines += to_text(problem) + "\n";
    }
    return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(host_check)

BOOST_AUTO_TEST_CASE(key_file_interfaces_and_name) {
    const TemporaryDirectory directory;
    const std::string key = directory.file("key");
    BOOST_TEST_REQUIRE(write_new_key_file(key).has_value());
    // Every host has lo; no host has the other one.
    std::string text = with(good_text(), "interface = eth0\n", "interface = lo\n");
    text = with(with(text, "interface = eth0.7\n", "interface = lo\n"), "/etc/belay/cluster.key", key);
    BOOST_TEST(host_problems(text, "alpha") == "");
    BOOST_TEST(host_problems(with(text, "interface = lo\n", "interface = no-such-if0\n"), "alpha")
                   .starts_with("f:30:13: warning: interface: 'no-such-if0' does not exist on this host"));
    // A witness holds no VIP, so it needs no interface for one.
    BOOST_TEST(host_problems(with(text, "interface = lo\n", "interface = no-such-if0\n"), "gamma") == "");
    BOOST_TEST(host_problems(text, "delta").starts_with("f: warning: this host is no node of the file: 'delta'"));
    BOOST_TEST_REQUIRE(::chmod(key.c_str(), 0644) == 0);
    BOOST_TEST(host_problems(text, "alpha").starts_with("f:4:12: error: key file " + key + " has mode 0644"));
}

BOOST_AUTO_TEST_CASE(files_of_passwords) {
    const TemporaryDirectory directory;
    const std::string key = directory.file("key");
    BOOST_TEST_REQUIRE(write_new_key_file(key).has_value());
    const std::string secret = directory.file("secret");
    std::string text = with(good_text(), "interface = eth0\n", "interface = lo\n");
    text = with(with(text, "interface = eth0.7\n", "interface = lo\n"), "/etc/belay/cluster.key", key);
    text.erase(text.find("[service]"));
    text += "[service]\ntype = postgres\naddress = 127.0.0.1:5432\nuser = belay\npassword_file = " + secret +
            "\n\n[pgpool]\npcp_user = belay\npcp_password_file = " + secret + "\n";
    const std::string missing = host_problems(text, "alpha");
    BOOST_TEST(missing.contains("warning: password_file: cannot read " + secret + ": No such file or directory"));
    BOOST_TEST(missing.contains("warning: pcp_password_file: cannot read " + secret));
    BOOST_TEST(host_problems(text, "gamma") == ""); // a witness asks nobody
    std::ofstream(secret) << "*:*:*:*:secret\n";
    BOOST_TEST_REQUIRE(::chmod(secret.c_str(), 0600) == 0);
    BOOST_TEST(host_problems(text, "alpha") == "");
    BOOST_TEST_REQUIRE(::chmod(secret.c_str(), 0700) == 0); // which libpq takes, and PCP does not
    BOOST_TEST(!host_problems(text, "alpha").contains(" password_file:"));
    BOOST_TEST(host_problems(text, "alpha").contains("pcp_password_file: " + secret + " has mode 0700"));
    BOOST_TEST_REQUIRE(::chmod(secret.c_str(), 0640) == 0);
    const std::string open_to_a_group = host_problems(text, "alpha");
    BOOST_TEST(open_to_a_group.contains("warning: password_file: " + secret +
                                        " has mode 0640, so it will not be used: chmod 0600 " + secret));
    BOOST_TEST(!open_to_a_group.contains("pcp_password_file:"));
    BOOST_TEST_REQUIRE(::chmod(secret.c_str(), 0644) == 0);
    BOOST_TEST(host_problems(text, "alpha").contains("pcp_password_file: " + secret + " has mode 0644"));
}

BOOST_AUTO_TEST_CASE(a_bad_file_is_not_checked_further) {
    BOOST_TEST(host_problems("", "alpha") == "");
}

BOOST_AUTO_TEST_SUITE_END()
