#include "belay/config/node_name.hpp"

#include "support.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::config;
using namespace belay::config::test;

BOOST_AUTO_TEST_SUITE(node_name)

BOOST_AUTO_TEST_CASE(the_option_goes_before_the_file_and_the_file_before_the_host) {
    const TemporaryDirectory directory;
    const Settings settings = settings_of(good_text());
    const std::string file = directory.write("node", "# this host\r\n\n  beta ; rack 2\r\n");
    const std::string none = directory.file("none");
    BOOST_TEST(own_node_name(settings, "alpha", file, "gamma").value() == "alpha");
    BOOST_TEST(own_node_name(settings, {}, file, "gamma").value() == "beta");
    BOOST_TEST(own_node_name(settings, {}, none, "gamma").value() == "gamma");
    BOOST_TEST(own_node_name(settings, {}, none, "gamma.example.net").value() == "gamma");
}

BOOST_AUTO_TEST_CASE(the_whole_host_name_goes_before_its_first_part) {
    const TemporaryDirectory directory;
    const Settings settings = settings_of(with(good_text(), "[node beta]", "[node alpha.site]"));
    BOOST_TEST(own_node_name(settings, {}, directory.file("none"), "alpha.site").value() == "alpha.site");
}

BOOST_AUTO_TEST_CASE(a_wrong_name_lists_the_right_ones) {
    const TemporaryDirectory directory;
    const Settings settings = settings_of(good_text());
    const std::string file = directory.write("node", "delta\n");
    BOOST_TEST(own_node_name(settings, "delta", file).error().text ==
               "'delta', given as this node's name, is not configured; there are alpha, beta, gamma");
    BOOST_TEST(own_node_name(settings, {}, file, "alpha").error().text ==
               "'delta', this node's name in " + file + ", is not configured; write one of alpha, beta, gamma there");
    const std::string none = directory.file("none");
    BOOST_TEST(own_node_name(settings, {}, none, "db7").error().text ==
               "the host name 'db7' is not a configured node; write one of alpha, beta, gamma to " + none +
                   ", or give it by --node");
    BOOST_TEST(own_node_name(settings, {}, directory.write("empty", "\n"), "alpha").error().text.starts_with("''"));
    BOOST_TEST(own_node_name(settings, {}, directory.file("."), "alpha").error().text.starts_with("cannot read "));
}

BOOST_AUTO_TEST_SUITE_END()
