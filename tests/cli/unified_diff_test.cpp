#include "belay/cli/unified_diff.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::cli;

namespace {

std::vector<std::string> numbered(std::size_t count) {
    std::vector<std::string> lines;
    for (std::size_t number = 1; number <= count; ++number) {
        lines.push_back("l" + std::to_string(number));
    }
    return lines;
}

std::string diff(const std::vector<std::string>& lines, std::vector<LineEdit> edits, bool final_newline = true) {
    const std::string text = unified_diff({.name = "f",
                                           .lines = lines,
                                           .final_newline = final_newline,
                                           .is_secret = [](std::string_view line) { return line.contains("secret"); }},
                                          std::move(edits));
    const std::string head = "--- f\n+++ f\n";
    BOOST_TEST((text.empty() || text.starts_with(head)));
    return text.substr(std::min(head.size(), text.size()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_unified_diff)

BOOST_AUTO_TEST_CASE(one_line_with_its_context) {
    BOOST_TEST(diff(numbered(9), {}) == "");
    BOOST_TEST(diff(numbered(9), {{.first = 5, .count = 1, .with = {"new"}}}) ==
               "@@ -2,7 +2,7 @@\n l2\n l3\n l4\n-l5\n+new\n l6\n l7\n l8\n");
    BOOST_TEST(diff(numbered(2), {{.first = 1, .count = 1, .with = {"new"}}}) == "@@ -1,2 +1,2 @@\n-l1\n+new\n l2\n");
}

BOOST_AUTO_TEST_CASE(lines_are_inserted_and_appended) {
    BOOST_TEST(diff(numbered(2), {{.first = 3, .count = 0, .with = {"new"}}}) == "@@ -1,2 +1,3 @@\n l1\n l2\n+new\n");
    BOOST_TEST(diff({}, {{.first = 1, .count = 0, .with = {"new"}}}) == "@@ -0,0 +1,1 @@\n+new\n");
    BOOST_TEST(diff(numbered(2), {{.first = 3, .count = 0, .with = {"new"}}}, false) ==
               "@@ -1,2 +1,3 @@\n l1\n-l2\n\\ No newline at end of file\n+l2\n+new\n");
}

/// Found by tests/fuzz: two edits at one place were two hunks that did not fit each other.
BOOST_AUTO_TEST_CASE(what_is_added_beside_a_changed_line_shares_its_hunk) {
    const LineEdit changed{.first = 2, .count = 1, .with = {"new"}};
    const LineEdit before{.first = 2, .count = 0, .with = {"before"}};
    BOOST_TEST(diff(numbered(3), {changed, before}) == "@@ -1,3 +1,4 @@\n l1\n+before\n-l2\n+new\n l3\n");
    const std::string end = "\\ No newline at end of file\n";
    const LineEdit behind{.first = 3, .count = 0, .with = {"behind"}};
    const LineEdit last{.first = 3, .count = 0, .with = {"last"}};
    BOOST_TEST(diff(numbered(2), {behind, changed, last}, false) ==
               "@@ -1,2 +1,4 @@\n l1\n-l2\n" + end + "+new\n+behind\n+last\n");
    BOOST_TEST(diff(numbered(2), {behind, last}, false) ==
               "@@ -1,2 +1,4 @@\n l1\n-l2\n" + end + "+l2\n+behind\n+last\n");
    BOOST_TEST(diff(numbered(2), {behind, before}, false) ==
               "@@ -1,2 +1,4 @@\n l1\n+before\n-l2\n" + end + "+l2\n+behind\n");
}

BOOST_AUTO_TEST_CASE(near_edits_share_a_hunk_and_far_ones_do_not) {
    const LineEdit second{.first = 2, .count = 1, .with = {"a", "b"}};
    BOOST_TEST(diff(numbered(12), {{.first = 9, .count = 1, .with = {"c"}}, second}) ==
               "@@ -1,12 +1,13 @@\n l1\n-l2\n+a\n+b\n l3\n l4\n l5\n l6\n l7\n l8\n-l9\n+c\n l10\n l11\n l12\n");
    BOOST_TEST(diff(numbered(20), {{.first = 15, .count = 1, .with = {"c"}}, second})
                   .contains("@@ -12,7 +13,7 @@\n l12\n l13\n l14\n-l15\n+c\n"));
}

BOOST_AUTO_TEST_CASE(secrets_end_the_context_on_both_sides) {
    std::vector<std::string> lines = numbered(9);
    lines[2] = "secret"; // l3
    BOOST_TEST(diff(lines, {{.first = 5, .count = 1, .with = {"new"}}}) == "@@ -4,3 +4,3 @@\n l4\n-l5\n+new\n l6\n");
    BOOST_TEST(diff(lines, {{.first = 4, .count = 1, .with = {"new"}}}) == "@@ -4,1 +4,1 @@\n-l4\n+new\n");
    lines[6] = "secret"; // l7
    BOOST_TEST(diff(lines, {{.first = 5, .count = 1, .with = {"a"}}, {.first = 8, .count = 1, .with = {"b"}}}) ==
               "@@ -4,3 +4,3 @@\n l4\n-l5\n+a\n l6\n@@ -8,1 +8,1 @@\n-l8\n+b\n");
}

BOOST_AUTO_TEST_SUITE_END()
