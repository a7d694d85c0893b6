#include "belay/base/json_text.hpp"

#include <boost/test/unit_test.hpp>

using belay::json_depth_max;
using belay::nesting_depth;
using belay::parse_json;
using belay::to_line;

BOOST_AUTO_TEST_SUITE(json_text)

BOOST_AUTO_TEST_CASE(depth_counts_brackets_outside_of_strings) {
    BOOST_TEST(nesting_depth("1") == 0U);
    BOOST_TEST(nesting_depth(R"({"a":[1,{"b":[]}]})") == 4U);
    BOOST_TEST(nesting_depth("[][][]") == 1U);
    BOOST_TEST(nesting_depth(R"(["[[[[", "\"[[[", "\\", [1]])") == 2U);
    BOOST_TEST(nesting_depth("]]]][") == 1U);
    BOOST_TEST(nesting_depth("\"\\") == 0U);
}

BOOST_AUTO_TEST_CASE(text_up_to_the_depth_passes_and_one_level_more_does_not) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    BOOST_TEST(parse_json(nested(json_depth_max)).has_value());
    const auto deeper = parse_json(nested(json_depth_max + 1));
    BOOST_REQUIRE(!deeper.has_value());
    BOOST_TEST(deeper.error().text == "JSON is nested 33 deep; the limit is 32");
    BOOST_TEST(!parse_json(std::string(200'000, '[')).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_not_json_fails_without_an_exception) {
    for (const std::string text : {"", "{", "nul", "{\"a\":}", "\"\xff\"", "1 2", "{\"a\":1e999}"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_NO_THROW(BOOST_TEST(!parse_json(text).has_value()));
        }
    }
}

BOOST_AUTO_TEST_CASE(own_text_that_is_not_utf8_is_printed_with_replacements) {
    BOOST_TEST(to_line(nlohmann::json("a\xff")) == "\"a\xef\xbf\xbd\"");
}

BOOST_AUTO_TEST_SUITE_END()
