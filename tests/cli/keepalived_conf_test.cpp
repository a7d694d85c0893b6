#include "belay/cli/keepalived_conf.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::cli;

namespace {

std::string text_of(const std::vector<KeepalivedStatement>& statements) {
    std::string text;
    for (const KeepalivedStatement& statement : statements) {
        text += std::to_string(statement.line) + ':';
        for (const std::string& word : statement.words) {
            text += '<' + word + '>';
        }
        text += statement.has_block ? '{' + text_of(statement.block) + '}' : "";
    }
    return text;
}

/// The statements, or the first fault: "!line text".
std::string read(std::string_view text) {
    const KeepalivedConf conf = parse_keepalived_conf(text);
    return conf.faults.empty() ? text_of(conf.statements)
                               : '!' + std::to_string(conf.faults.front().line) + ' ' + conf.faults.front().text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_keepalived_conf)

BOOST_AUTO_TEST_CASE(words_blocks_and_comments) {
    BOOST_TEST(read("") == "");
    BOOST_TEST(read("a b  c\n! x\n\n# y\nd # z\ne! f\r\n") == "1:<a><b><c>5:<d>6:<e>");
    BOOST_TEST(read("a b {\n  c\n  d {\n e f\n}\n}\ng") == "1:<a><b>{2:<c>3:<d>{4:<e><f>}}7:<g>");
    BOOST_TEST(read("a { b }") == "1:<a>{1:<b>}");
    BOOST_TEST(read("a{b}c") == "1:<a>{1:<b>}1:<c>");
    BOOST_TEST(read("a\n{\n}\n") == "1:<a>{}");
    BOOST_TEST(read("a \"b c # d\" \"\"") == "1:<a><b c # d><>");
    BOOST_TEST(read("a b \\\n  c\nd") == "1:<a><b><c>3:<d>");
    BOOST_TEST(read("a ${B}x $C\n") == "1:<a><${B}x><$C>");
}

BOOST_AUTO_TEST_CASE(braces_that_do_not_fit) {
    BOOST_TEST(read("a {\nb {\n}\n") == "!1 the block of 'a' is not closed; a '}' is missing");
    BOOST_TEST(read("a\n}\n") == "!2 a '}' without a '{' before it");
    BOOST_TEST(read("{\n}") == "!1 a '{' without a word before it");
    BOOST_TEST(read("a { } { }") == "!1 a '{' without a word before it");
    BOOST_TEST(read("a \"b\nc") == "!1 the quotes are not closed on this line");
    std::string deep;
    for (std::size_t depth = 0; depth <= keepalived_depth_max; ++depth) {
        deep += "a {\n";
    }
    BOOST_TEST(read(deep) == "!17 blocks are nested too deeply");
    BOOST_TEST(read("${") == "1:<${>");
}

BOOST_AUTO_TEST_SUITE_END()
