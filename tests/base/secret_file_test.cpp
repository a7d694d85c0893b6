// Modes that let others use a secret, and files that are none.

#include "belay/base/secret_file.hpp"

#include "belay/base/unique_fd.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

BOOST_AUTO_TEST_SUITE(secret_file)

using namespace belay;

namespace {

/// A file with some content, open for reading; gone with this.
struct OpenFile {
    explicit OpenFile(std::string_view content) {
        BOOST_REQUIRE(fd);
        ::unlink(path.c_str());
        BOOST_REQUIRE(::write(fd.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
        ::lseek(fd.get(), 0, SEEK_SET);
    }

    std::string path = (std::filesystem::temp_directory_path() / "belay-secret-XXXXXX").string();
    UniqueFd fd{::mkstemp(path.data())};
};

std::string verdict(mode_t mode) {
    struct stat status{};
    status.st_mode = mode;
    const Status good = check_secret_file("key file", "/x", status);
    return good ? "good" : good.error().text;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_mode_that_lets_others_use_it_is_refused_with_the_remedy) {
    for (const mode_t good : {0400U, 0600U, 0640U, 0440U}) {
        BOOST_TEST(verdict(S_IFREG | good) == "good");
    }
    for (const mode_t bad : {0644U, 0660U, 0604U, 0700U, 0610U, 04600U, 01600U}) {
        BOOST_TEST(verdict(S_IFREG | bad).starts_with("key file /x has mode "));
        BOOST_TEST(verdict(S_IFREG | bad).ends_with(", which lets others use it; run: chmod 0640 /x"));
    }
    BOOST_TEST(verdict(S_IFIFO | 0600U) == "key file /x is not a regular file; put the secret into one");
}

BOOST_AUTO_TEST_CASE(libpq_minds_group_and_others_only) {
    BOOST_TEST(!libpq_mode_rule.refuses(0600));
    BOOST_TEST(!libpq_mode_rule.refuses(0700));
    BOOST_TEST(libpq_mode_rule.refuses(0640));
    BOOST_TEST(libpq_mode_rule.refuses(0601));
}

BOOST_AUTO_TEST_CASE(it_is_read_to_its_end_and_no_further_than_allowed) {
    const OpenFile file("sesame");
    const auto whole = read_secret_file("key file", "/x", file.fd.get(), 6, "make another");
    BOOST_REQUIRE(whole.has_value());
    BOOST_TEST(std::string(whole->view().begin(), whole->view().end()) == "sesame");
    ::lseek(file.fd.get(), 0, SEEK_SET);
    const auto cut = read_secret_file("key file", "/x", file.fd.get(), 5, "make another");
    BOOST_TEST(cut.error().text == "key file /x has more than 5 bytes; make another");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named) {
    const UniqueFd directory(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    BOOST_TEST(read_secret_file("password file", "/", directory.get(), 5, "").error().text ==
               "cannot read password file /: Is a directory");
}

BOOST_AUTO_TEST_SUITE_END()
