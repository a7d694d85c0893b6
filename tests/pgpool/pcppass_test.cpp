#include "belay/pgpool/pcppass.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

BOOST_AUTO_TEST_SUITE(pcppass)

using namespace belay;
using namespace belay::pgpool;

namespace {

std::string found(std::string_view text, const PasswordFor& wanted = {"localhost", 9898, "belay"}) {
    const auto password = password_in(text, wanted);
    if (!password) {
        return "error: " + password.error().text;
    }
    const auto bytes = password->view();
    return {bytes.begin(), bytes.end()};
}

} // namespace

BOOST_AUTO_TEST_CASE(the_first_line_that_fits_counts) {
    BOOST_TEST(found("# a comment\nother:9898:belay:one\nlocalhost:9898:belay:two\n*:*:*:three\n") == "two");
    BOOST_TEST(found("*:*:belay:any\r\n") == "any");
    BOOST_TEST(found("localhost:*:*:a:b") == "a:b"); // the last field takes the rest
}

BOOST_AUTO_TEST_CASE(backslashes_take_the_meaning_of_what_follows) {
    BOOST_TEST(found("fd77\\:\\:1:9898:be\\\\lay:p\\:w\\\\d", {"fd77::1", 9898, "be\\lay"}) == "p:w\\d");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_said_without_a_password) {
    BOOST_TEST(found("localhost:9898:other:hidden\n") == "error: it has no line for localhost:9898:belay");
    BOOST_TEST(found("\nhidden\n") == "error: line 2 is not host:port:user:password");
    BOOST_TEST(found("").starts_with("error: "));
    const auto missing = password_from("/nonexistent/pcppass", {"localhost", 9898, "belay"});
    BOOST_TEST(missing.error().text.find("/nonexistent/pcppass") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
