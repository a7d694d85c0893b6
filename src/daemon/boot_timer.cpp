#include "belay/daemon/boot_timer.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace belay::daemon {

class BootTimer::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(boost::asio::io_context& context, int fd, std::function<void(Instant)> due)
        : descriptor_(context, fd)
        , due_(std::move(due)) {}

    void wait() {
        descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                               [self = shared_from_this()](const boost::system::error_code& problem) {
                                   if (!problem && !self->closed_) {
                                       self->fired();
                                       self->wait();
                                   }
                               });
    }

    void arm(Instant at) {
        if (at == wanted_) {
            return; // most events leave the next deadline where it is
        }
        wanted_ = at;
        itimerspec spec{};
        if (at != Instant::max()) {
            const auto since_boot = std::max(at.time_since_epoch(), Duration(1)); // zero would disarm it
            spec.it_value.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(since_boot).count();
            spec.it_value.tv_nsec = (since_boot % std::chrono::seconds(1)).count();
        }
        const int failed = ::timerfd_settime(descriptor_.native_handle(), TFD_TIMER_ABSTIME, &spec, nullptr);
        assert(failed == 0); // the descriptor and the value are ours
    }

    void close() {
        closed_ = true;
        boost::system::error_code ignored;
        descriptor_.close(ignored);
    }

private:
    void fired() {
        std::uint64_t expirations = 0;
        const ssize_t size = ::read(descriptor_.native_handle(), &expirations, sizeof expirations);
        if (size == static_cast<ssize_t>(sizeof expirations)) { // otherwise it was armed anew in the meantime
            due_(std::exchange(wanted_, Instant::max()));
        }
    }

    boost::asio::posix::stream_descriptor descriptor_;
    std::function<void(Instant)> due_;
    Instant wanted_ = Instant::max();
    bool closed_ = false;
};

Result<BootTimer> BootTimer::make(boost::asio::io_context& context, std::function<void(Instant)> due) {
    const int fd = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0) {
        return fail_errno(errno, "cannot make a timer");
    }
    auto impl = std::make_shared<Impl>(context, fd, std::move(due));
    impl->wait();
    return BootTimer(std::move(impl));
}

BootTimer::BootTimer(std::shared_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

BootTimer::BootTimer(BootTimer&&) noexcept = default;
BootTimer& BootTimer::operator=(BootTimer&&) noexcept = default;

BootTimer::~BootTimer() {
    if (impl_) {
        impl_->close();
    }
}

void BootTimer::arm(Instant at) {
    impl_->arm(at);
}

} // namespace belay::daemon
