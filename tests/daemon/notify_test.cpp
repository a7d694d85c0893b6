// A socket of the test's own plays the service manager.

#include "belay/daemon/notify.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>

using namespace belay::daemon;
using namespace std::chrono_literals;

namespace {

class Manager {
public:
    Manager()
        : path_(std::filesystem::temp_directory_path() / ("belay-notify-" + std::to_string(::getpid())))
        , socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(&address.sun_path[0], path_.c_str());
        BOOST_REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
        ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
    }

    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;
    Manager(Manager&&) = delete;
    Manager& operator=(Manager&&) = delete;

    ~Manager() {
        ::unsetenv("NOTIFY_SOCKET");
        std::filesystem::remove(path_);
    }

    std::string hears() {
        std::array<char, 512> message{};
        const ssize_t size = ::recv(socket_.get(), message.data(), message.size(), 0);
        return size < 0 ? "nothing" : std::string(message.data(), static_cast<std::size_t>(size));
    }

private:
    std::filesystem::path path_;
    belay::UniqueFd socket_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(notify)

BOOST_AUTO_TEST_CASE(each_message_is_the_one_of_sd_notify) {
    Manager manager;
    Notifier notifier = Notifier::from_environment().value();
    BOOST_TEST(notifier.ready("standby"));
    BOOST_TEST(manager.hears() == "READY=1\nSTATUS=standby\n");
    BOOST_TEST(notifier.reloading());
    BOOST_TEST(manager.hears().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    BOOST_TEST(notifier.status("active\nMAINPID=1"));
    BOOST_TEST(manager.hears() == "STATUS=active MAINPID=1\n"); // a line from elsewhere stays one line
    BOOST_TEST(notifier.beat());
    BOOST_TEST(manager.hears() == "WATCHDOG=1\n");
    BOOST_TEST(notifier.stopping("SIGTERM"));
    BOOST_TEST(manager.hears() == "STOPPING=1\nSTATUS=SIGTERM\n");
}

BOOST_AUTO_TEST_CASE(a_manager_that_does_not_read_costs_messages_not_time) {
    Manager manager;
    Notifier notifier = Notifier::from_environment().value();
    bool sent = true;
    for (int message = 0; sent && message < 100'000; ++message) {
        sent = notifier.beat();
    }
    BOOST_TEST(!sent); // and came back: sd_notify(3) would wait here
}

BOOST_AUTO_TEST_CASE(without_a_manager_all_is_well) {
    ::unsetenv("NOTIFY_SOCKET");
    Notifier notifier = Notifier::from_environment().value();
    BOOST_TEST(notifier.ready("standby"));
    ::setenv("NOTIFY_SOCKET", "relative", 1);
    BOOST_TEST(!Notifier::from_environment().has_value());
    ::unsetenv("NOTIFY_SOCKET");
}

BOOST_AUTO_TEST_CASE(beats_come_twice_as_often_as_they_must_and_only_for_this_process) {
    ::setenv("WATCHDOG_USEC", "3000000", 1);
    BOOST_TEST((Notifier::from_environment()->beat_interval() == 1500ms));
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    BOOST_TEST((Notifier::from_environment()->beat_interval() == 1500ms));
    ::setenv("WATCHDOG_PID", "1", 1);
    BOOST_TEST(!Notifier::from_environment()->beat_interval().has_value());
    ::unsetenv("WATCHDOG_PID");
    ::setenv("WATCHDOG_USEC", "soon", 1);
    BOOST_TEST(!Notifier::from_environment()->beat_interval().has_value());
    ::unsetenv("WATCHDOG_USEC");
}

BOOST_AUTO_TEST_SUITE_END()
