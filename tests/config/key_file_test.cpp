#include "belay/config/key_file.hpp"

#include "support.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

using namespace belay::config;
using namespace belay::config::test;

namespace {

const std::string key_a(64, 'a');
const std::string key_b(64, 'b');

/// The error of a key file with that content and mode.
std::string error_of(std::string_view content, mode_t mode = 0640) {
    const TemporaryDirectory directory;
    const std::string path = directory.write("key", content);
    BOOST_TEST_REQUIRE(::chmod(path.c_str(), mode) == 0);
    const auto keys = read_key_file(path);
    return keys ? "" : with(keys.error().text, path, "PATH");
}

std::size_t key_count(std::string_view content, mode_t mode = 0600) {
    const TemporaryDirectory directory;
    const std::string path = directory.write("key", content);
    BOOST_TEST_REQUIRE(::chmod(path.c_str(), mode) == 0);
    return read_key_file(path).value().size();
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_file)

BOOST_AUTO_TEST_CASE(one_or_two_keys) {
    BOOST_TEST(key_count(key_a) == 1U);
    BOOST_TEST(key_count("# new\n" + key_a + " ; since May\r\n\n" + key_b + "\n") == 2U);
    for (const mode_t mode : {0640U, 0600U, 0440U, 0400U}) {
        BOOST_TEST(key_count(key_a, mode) == 1U);
    }
    const TemporaryDirectory directory;
    const std::string path = directory.write("key", "0123456789abcdefABCDEF" + std::string(42, '0') + "\n");
    BOOST_TEST_REQUIRE(::chmod(path.c_str(), 0600) == 0);
    const auto keys = read_key_file(path).value();
    BOOST_TEST(keys.at(0).view().size() == 32U);
    BOOST_TEST(keys[0].view()[1] == 0x23);
    BOOST_TEST(keys[0].view()[10] == 0xef);
}

BOOST_AUTO_TEST_CASE(content_that_is_no_key) {
    BOOST_TEST(error_of("") == "key file PATH has no key; make one with: belay keygen");
    BOOST_TEST(error_of("\n" + key_a + "a\n").contains("line 2: the line is not an even number of hex digits"));
    BOOST_TEST(error_of(key_a.substr(2)).contains("line 1: the key has 31 bytes, fewer than 32"));
    BOOST_TEST(error_of(key_a + "\n" + key_b + "\n" + key_a).contains("line 3: more than 2 keys"));
    BOOST_TEST(error_of(std::string(5000, 'a')).contains("has more than 4096 bytes"));
    const std::string secret = "secret" + key_a;
    BOOST_TEST(!error_of(secret).contains("secret"));
    BOOST_TEST(!error_of(secret).contains("aaa"));
}

BOOST_AUTO_TEST_CASE(modes_that_let_others_in) {
    for (const mode_t mode : {0641U, 0642U, 0644U, 0660U, 0650U, 0740U, 0666U, 04640U}) {
        BOOST_TEST(error_of(key_a, mode).contains("which lets others use it; run: chmod 0640 /"), mode);
    }
}

BOOST_AUTO_TEST_CASE(owners_that_are_others) {
    if (::geteuid() != 0) {
        BOOST_TEST_MESSAGE("needs root to give a file away");
        return;
    }
    const TemporaryDirectory directory;
    const std::string path = directory.write("key", key_a);
    BOOST_TEST_REQUIRE(::chmod(path.c_str(), 0600) == 0);
    BOOST_TEST_REQUIRE(::chown(path.c_str(), 12345, 0) == 0);
    BOOST_TEST(read_key_file(path).error().text.contains("belongs to user 12345"));
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file) {
    const TemporaryDirectory directory;
    BOOST_TEST(read_key_file(directory.file(".")).error().text.contains("is not a regular file"));
    BOOST_TEST_REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0600) == 0);
    BOOST_TEST(read_key_file(directory.file("fifo")).error().text.contains("is not a regular file"));
    BOOST_TEST(read_key_file(directory.file("none")).error().text ==
               "key file " + directory.file("none") + " does not exist; make it with: belay keygen " +
                   directory.file("none"));
}

BOOST_AUTO_TEST_CASE(a_new_key_file_can_be_read_and_is_never_overwritten) {
    const TemporaryDirectory directory;
    const mode_t before = ::umask(0077); // takes bits that the mode must have in spite of it
    const auto written = write_new_key_file(directory.file("key"));
    ::umask(before);
    BOOST_TEST_REQUIRE(written.has_value());
    struct stat status{};
    BOOST_TEST_REQUIRE(::stat(directory.file("key").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777U) == 0640U);
    const auto keys = read_key_file(directory.file("key"));
    BOOST_TEST_REQUIRE(keys.has_value());
    BOOST_TEST(keys->at(0).view().size() == 32U);
    const std::string content = read_text(directory.file("key"));
    BOOST_TEST(write_new_key_file(directory.file("key")).error().text.contains("exists and is not overwritten"));
    BOOST_TEST(read_text(directory.file("key")) == content);
    BOOST_TEST_REQUIRE(write_new_key_file(directory.file("other")).has_value());
    BOOST_TEST(read_text(directory.file("other")) != content);
    BOOST_TEST(write_new_key_file(directory.file("no/key")).error().text.contains("cannot make key file"));
}

BOOST_AUTO_TEST_SUITE_END()
