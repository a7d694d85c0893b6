// The command line, and that belayd(8) names the same options. The page is $BELAYD_MAN_PAGE.
#include "belay/daemon/options.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

using namespace belay::daemon;

namespace {

std::variant<Options, EndNow> parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "belayd");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

/// The exit code, or -1 where the daemon would run.
int ends_with(std::vector<const char*> arguments) {
    const auto parsed = parse(std::move(arguments));
    const auto* const end = std::get_if<EndNow>(&parsed);
    return end == nullptr ? -1 : end->exit_code;
}

std::set<std::string> options_of_the_page() {
    const char* const path = std::getenv("BELAYD_MAN_PAGE");
    BOOST_REQUIRE_MESSAGE(path != nullptr, "BELAYD_MAN_PAGE does not say where belayd.8 is");
    std::stringstream page;
    page << std::ifstream(path).rdbuf();
    const std::string text = page.str();
    const std::regex option("Fl Fl ([a-z][a-z-]*)");
    std::set<std::string> names;
    for (std::sregex_iterator found(text.begin(), text.end(), option); found != std::sregex_iterator(); ++found) {
        names.insert("--" + (*found)[1].str());
    }
    return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(the_page_names_every_option_and_no_other) {
    std::istringstream lines(list_options());
    std::set<std::string> in_code;
    for (std::string line; std::getline(lines, line);) {
        in_code.insert(line);
    }
    const std::set<std::string> in_page = options_of_the_page();
    BOOST_TEST(in_code == in_page, boost::test_tools::per_element());
    BOOST_TEST(in_code.contains("--config"));
}

BOOST_AUTO_TEST_CASE(without_options_the_places_are_those_of_the_package) {
    const auto parsed = parse({});
    const auto* const chosen = std::get_if<Options>(&parsed);
    BOOST_REQUIRE(chosen != nullptr);
    BOOST_TEST(chosen->config == "/etc/belay/belay.ini");
    BOOST_TEST(chosen->runtime_dir == "/run/belay");
    BOOST_TEST(!chosen->node.has_value());
    BOOST_TEST((chosen->log_level == belay::log::Level::info));
}

BOOST_AUTO_TEST_CASE(each_option_is_taken) {
    const auto parsed =
        parse({"--config", "my.ini", "--node", "alpha", "--runtime-dir", "run", "--log-level", "warning"});
    const auto* const chosen = std::get_if<Options>(&parsed);
    BOOST_REQUIRE(chosen != nullptr);
    BOOST_TEST(chosen->config == "my.ini");
    BOOST_TEST(chosen->node.value_or("none") == "alpha");
    BOOST_TEST(chosen->runtime_dir == "run");
    BOOST_TEST((chosen->log_level == belay::log::Level::warning));
}

BOOST_AUTO_TEST_CASE(a_usage_error_ends_with_2) {
    BOOST_TEST(ends_with({"--frobnicate"}) == 2);
    BOOST_TEST(ends_with({"surplus"}) == 2);
    BOOST_TEST(ends_with({"--config"}) == 2);
    BOOST_TEST(ends_with({"--log-level", "loud"}) == 2);
}

BOOST_AUTO_TEST_CASE(version_and_help_end_with_0) {
    BOOST_TEST(ends_with({"--version"}) == 0);
    BOOST_TEST(ends_with({"--help"}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
