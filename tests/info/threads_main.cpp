// Before any test: a network namespace of our own with nothing but loopback, so that the addresses 127.0.0.x and their
// ports are ours alone.

#define BOOST_TEST_MODULE info_threads
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr int exit_skipped = 77;

bool bring_loopback_up() {
    const int control = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    const bool up = control >= 0 && ::ioctl(control, SIOCSIFFLAGS, &request) == 0;
    ::close(control);
    return up;
}

} // namespace

int main(int argc, char** argv) {
    if (::unshare(CLONE_NEWNET) != 0 || !bring_loopback_up()) {
        std::fprintf(stderr, "skipped: cannot make a network namespace (%s); run as root\n", std::strerror(errno));
        return exit_skipped;
    }
    return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
