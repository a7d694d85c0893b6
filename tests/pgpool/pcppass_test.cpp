#include "belay/pgpool/pcppass.hpp"

#include "scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

BOOST_AUTO_TEST_SUITE(pcppass)

using namespace belay;
using namespace belay::pgpool;
using belay::pgpool::test::Scratch;

namespace {

const PasswordFor local{.hosts = {"localhost"}, .port = "9898", .user = "belay"};

std::string text_of(const Result<SecretBytes>& password) {
    return password ? std::string(password->view().begin(), password->view().end()) : "error: " + password.error().text;
}

std::string found(std::string_view text, const PasswordFor& wanted = local) {
    return text_of(password_in("FILE", text, wanted));
}

/// What a file of that mode gives; its path is PATH.
std::string read(mode_t mode) {
    const Scratch scratch;
    const std::string path = scratch.write("pcppass", "*:*:*:secret\n", mode);
    std::string text = text_of(password_from(path, local));
    for (std::size_t at = text.find(path); at != std::string::npos; at = text.find(path)) {
        text.replace(at, path.size(), "PATH");
    }
    return text;
}

PasswordFor at(const char* endpoint) {
    return password_for(parse_endpoint(endpoint).value(), "belay");
}

} // namespace

BOOST_AUTO_TEST_CASE(the_first_line_that_fits_counts) {
    BOOST_TEST(found("# a comment\nother:9898:belay:one\nlocalhost:9898:belay:two\n*:*:*:three\n") == "two");
    BOOST_TEST(found("localhost:9899:belay:one\nlocalhost:9898:root:two\n*:*:*:three") == "three");
    BOOST_TEST(found("*:*:belay:any\r\n") == "any");
    BOOST_TEST(found("localhost:*:*:a:b") == "a:b"); // the last field takes the rest
    BOOST_TEST(found("*:*:*:#no comment here") == "#no comment here");
}

BOOST_AUTO_TEST_CASE(backslashes_take_the_meaning_of_what_follows) {
    const PasswordFor odd{.hosts = {"fd77::1"}, .port = "9898", .user = "be\\lay"};
    BOOST_TEST(found("fd77\\:\\:1:9898:be\\\\lay:p\\:w\\\\d", odd) == "p:w\\d");
    BOOST_TEST(found("*:*:*:ends with\\") == "ends with\\");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_said_with_its_remedy) {
    BOOST_TEST(found("localhost:9898:other:hidden\n") ==
               "error: password file FILE has no line for user 'belay' at host localhost, port 9898; add one: "
               "localhost:9898:belay:PASSWORD");
    BOOST_TEST(found("\n*:*:*:\n") ==
               "error: password file FILE, line 2: the password is empty; write host:port:user:password");
    const Scratch scratch;
    BOOST_TEST(text_of(password_from(scratch.file("none"), local)).contains("none does not exist; make it with mode"));
    BOOST_TEST(text_of(password_from(scratch.file("."), local)).contains("is not a regular file"));
}

BOOST_AUTO_TEST_CASE(a_line_that_is_none_is_named_when_no_other_fits) {
    BOOST_TEST(found("\nhidden\n*:*:root:hidden\n") ==
               "error: password file FILE, line 2: fewer than four fields; write host:port:user:password");
    BOOST_TEST(found("no line\n*:*:*:two\n") == "two");
}

BOOST_AUTO_TEST_CASE(a_password_is_in_no_error) {
    for (const std::string text : {"a:b:hidden", "hidden", "other:1:hidden:hidden", "x:hidden:*:hidden\n::\n"}) {
        BOOST_TEST(!found(text).contains("hidden"), text);
    }
}

BOOST_AUTO_TEST_CASE(modes_that_let_others_in) {
    for (const mode_t mode : {0640U, 0600U, 0440U, 0400U}) {
        BOOST_TEST(read(mode) == "secret");
    }
    for (const mode_t mode : {0641U, 0644U, 0660U, 0650U, 0740U, 0666U, 04640U}) {
        BOOST_TEST(read(mode).contains("which lets others use it; run: chmod 0640 PATH"), mode);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_too_long_is_not_read) {
    const Scratch scratch;
    const std::string path = scratch.write("pcppass", "*:*:*:secret\n" + std::string(70'000, '#'));
    BOOST_TEST(text_of(password_from(path, local)).contains("has more than 65536 bytes; is it the right file?"));
}

BOOST_AUTO_TEST_CASE(addresses_have_the_names_that_people_write) {
    BOOST_TEST(found("localhost:9898:belay:x", at("127.0.0.1:9898")) == "x");
    BOOST_TEST(found("127.0.0.1:9898:belay:x", at("127.0.0.1:9898")) == "x");
    BOOST_TEST(found("\\:\\:1:9898:belay:x", at("[::1]:9898")) == "x");
    BOOST_TEST(found("localhost:9898:belay:x", at("10.77.0.1:9898")).starts_with("error"));
    const PasswordFor socket = password_for(std::string("/run/pgpool/.s.PGSQL.9890"), "belay");
    BOOST_TEST(found("localhost:9890:belay:x", socket) == "x");
    BOOST_TEST(found("/run/pgpool:9890:belay:x", socket) == "x");
    BOOST_TEST(found("localhost:9898:belay:x", socket).starts_with("error"));
}

BOOST_AUTO_TEST_SUITE_END()
