#include "belay/control/socket_file.hpp"
#include "support.hpp"

#include <fstream>
#include <sys/stat.h>

using belay::control::SocketFile;
using belay::control::testing::Directory;
using belay::control::testing::RawClient;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const std::string& path) {
    struct stat status{};
    BOOST_REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

} // namespace

BOOST_AUTO_TEST_SUITE(control_socket_file)

BOOST_AUTO_TEST_CASE(mode_says_who_may_connect_and_the_file_goes_with_its_owner) {
    const Directory directory;
    {
        const auto alone = SocketFile::create(directory.path, std::nullopt);
        BOOST_REQUIRE(alone.has_value());
        BOOST_TEST(mode_of(directory.socket()) == 0600U);
        BOOST_TEST(alone->warning().empty());
    }
    BOOST_TEST(fs::is_empty(directory.path));
    const auto shared = SocketFile::create(directory.path, ::getegid());
    BOOST_REQUIRE(shared.has_value());
    BOOST_TEST(mode_of(directory.socket()) == 0660U);
    BOOST_TEST(RawClient(directory.socket()).connected);
}

BOOST_AUTO_TEST_CASE(socket_of_a_dead_daemon_is_replaced) {
    const Directory directory;
    auto dead = SocketFile::create(directory.path, std::nullopt);
    BOOST_REQUIRE(dead.has_value());
    ::close(dead->release_fd()); // the file stays, nobody listens: what SIGKILL leaves behind
    BOOST_TEST(!RawClient(directory.socket()).connected);

    const auto successor = SocketFile::create(directory.path, std::nullopt);
    BOOST_REQUIRE(successor.has_value());
    BOOST_TEST(RawClient(directory.socket()).connected);
    dead->remove(); // a late end of the old one leaves the new file alone
    BOOST_TEST(RawClient(directory.socket()).connected);
}

BOOST_AUTO_TEST_CASE(living_daemon_is_left_alone) {
    const Directory directory;
    const auto living = SocketFile::create(directory.path, std::nullopt);
    const auto second = SocketFile::create(directory.path, std::nullopt);
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST(second.error().text.contains("another daemon answers at " + directory.socket() + "; stop it"));
    BOOST_TEST(RawClient(directory.socket()).connected);
}

BOOST_AUTO_TEST_CASE(other_things_in_the_way_are_named_and_kept) {
    const Directory directory;
    std::ofstream(directory.socket()) << "mine";
    const auto blocked = SocketFile::create(directory.path, std::nullopt);
    BOOST_REQUIRE(!blocked.has_value());
    BOOST_TEST(blocked.error().text.contains("is there and is not a socket"));
    BOOST_TEST(fs::file_size(directory.socket()) == 4U);

    const auto nowhere = SocketFile::create(directory.path + "/none", std::nullopt);
    BOOST_REQUIRE(!nowhere.has_value());
    BOOST_TEST(nowhere.error().text.contains(directory.path + "/none/control.sock"));
    BOOST_TEST(nowhere.error().text.contains("No such file or directory"));

    const auto deep = SocketFile::create("/tmp/" + std::string(100, 'x'), std::nullopt);
    BOOST_REQUIRE(!deep.has_value());
    BOOST_TEST(deep.error().text.contains("use a shorter directory"));
}

BOOST_AUTO_TEST_SUITE_END()
