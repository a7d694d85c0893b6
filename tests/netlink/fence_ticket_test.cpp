// A daemon that is stopped while it arms the fence: at each point, many times, with a real SIGSTOP. A process of its
// own arms; this one stops and continues it, and tries to send as the VIP when the lease is over.
#include "belay/netlink/fence.hpp"

#include "belay/base/clock.hpp"
#include "fence_network.hpp"

#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <csignal>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace belay;
using namespace belay::netlink;
using belay::testing::eventually;
using belay::testing::FencedHost;
using std::chrono::milliseconds;

namespace {

constexpr Duration short_lease = milliseconds(14); // little more than the shortest that is armed at all
constexpr Duration long_lease = milliseconds(60);  // longer than the stops: time is left afterwards
constexpr Duration slack = milliseconds(20); // fence_slack of the configuration: what the kernel's clock may be late
constexpr int rounds = 1000;

/// Written by the process that arms.
struct Shared {
    std::atomic<std::int64_t> until_ns = 0;
    std::atomic<int> rounds_done = 0;
    std::atomic<int> armed = 0;
};

/// How long it stays stopped: within the life of a ticket, beyond it, beyond a short lease.
constexpr std::array<Duration, 8> stops{milliseconds(0), milliseconds(2),  milliseconds(4),  milliseconds(7),
                                        milliseconds(9), milliseconds(13), milliseconds(40), milliseconds(50)};

/// Arms again and again; stops itself at `step` of each first try, and after each arming.
[[noreturn]] void arm_and_stop(Fence& fence, Fence::Step step, Shared& shared) {
    bool first = true;
    fence.set_pause([&](Fence::Step reached) {
        if (reached == step && std::exchange(first, false)) {
            ::raise(SIGSTOP);
        }
    });
    for (int round = 0; round < rounds; ++round) {
        first = true;
        const Instant until = boot_now() + (round % 10 == 6 ? long_lease : short_lease);
        shared.until_ns = until.time_since_epoch().count();
        shared.armed += fence.arm(until).kind == Arming::Kind::armed ? 1 : 0;
        ++shared.rounds_done;
        ::raise(SIGSTOP);
    }
    ::_exit(0);
}

/// Waits for the next stop; false when the process has ended.
bool next_stop(pid_t process) {
    int status = 0;
    return ::waitpid(process, &status, WUNTRACED) == process && WIFSTOPPED(status);
}

void wait_for(Instant instant) {
    static_cast<void>(eventually([=] { return boot_now() >= instant; }));
}

/// All rounds at one step, in a network of its own.
class Trial {
public:
    explicit Trial(Fence::Step step)
        : step_(step)
        , shared_(*new(memory_) Shared) {
        host_.left.run([this] { speaker_ = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); });
    }

    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    ~Trial() {
        ::close(speaker_);
        ::munmap(memory_, sizeof(Shared));
    }

    void run() {
        const pid_t arming = ::fork();
        if (arming == 0) {
            arm_and_stop(*host_.fence, step_, shared_);
        }
        int watched = 0;
        while (next_stop(arming)) {
            if (shared_.rounds_done == watched) {
                wait_for(boot_now() + stops.at(static_cast<std::size_t>(watched) % stops.size()));
            } else {
                ++watched;
                violations += sent_after(Instant(Duration(shared_.until_ns.load())));
            }
            ::kill(arming, SIGCONT);
        }
    }

    int done() const { return shared_.rounds_done; }

    int armed() const { return shared_.armed; }

    int violations = 0; ///< what was sent as the VIP after the end of a lease

private:
    int sent_after(Instant until) const {
        int sent = 0;
        wait_for(until + slack);
        for (int attempt = 0; attempt < 20; ++attempt) {
            sent += testing::announce_through(speaker_, interface_, "10.77.0.100") == 0 ? 1 : 0;
        }
        return sent;
    }

    Fence::Step step_;
    FencedHost host_;
    void* memory_ = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Shared& shared_;
    int interface_ = std::stoi(host_.left.output("ip -o link show veth0 | cut -d: -f1"));
    int speaker_ = -1;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fence_ticket, FencedHost)

BOOST_AUTO_TEST_CASE(stopped_at_any_step_a_thousand_times_it_never_opens_late) {
    std::array<Trial, 3> trials{Trial(Fence::Step::before_ticket), Trial(Fence::Step::before_clock),
                                Trial(Fence::Step::before_opening)};
    {
        std::vector<std::jthread> threads; // side by side: most of the time is waiting
        for (Trial& trial : trials) {
            threads.emplace_back([&trial] { trial.run(); });
        }
    }
    for (const Trial& trial : trials) {
        BOOST_TEST(trial.done() == rounds);
        BOOST_TEST(trial.armed() > rounds / 20); // often enough to be a test
        BOOST_TEST(trial.violations == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_late_ticket_undoes_everything_and_another_is_taken) {
    int openings = 0;
    fence->set_pause([&](Fence::Step step) {
        if (step == Fence::Step::before_opening && ++openings == 1) {
            const Instant late = boot_now() + milliseconds(50); // longer than any ticket lives
            BOOST_TEST(eventually([&] { return boot_now() > late; }));
        }
    });
    open();
    BOOST_TEST(openings >= 2);
}

BOOST_AUTO_TEST_CASE(too_late_at_every_try_it_closes) {
    open();
    fence->set_pause([](Fence::Step step) {
        const Instant late = boot_now() + milliseconds(50);
        BOOST_TEST((step != Fence::Step::before_opening || eventually([&] { return boot_now() > late; })));
    });
    const Arming arming = fence->arm(boot_now() + milliseconds(200));
    BOOST_TEST((arming.kind == Arming::Kind::too_short));
    BOOST_TEST(testing::elements(left, "lease").empty());
    BOOST_TEST(testing::elements(left, "ticket").empty());
}

BOOST_AUTO_TEST_SUITE_END()
