#include "belay/daemon/fd_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

namespace belay::daemon {

class FdWatch::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(boost::asio::io_context& context, int fd, std::function<void()> readable)
        : descriptor_(context, fd)
        , readable_(std::move(readable)) {}

    void wait() {
        descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                               [self = shared_from_this()](const boost::system::error_code& problem) {
                                   if (!problem && !self->ended_) {
                                       self->readable_();
                                       self->wait();
                                   }
                               });
    }

    void end() {
        ended_ = true;
        descriptor_.release(); // it is not ours to close; pending waits come back cancelled
    }

private:
    boost::asio::posix::stream_descriptor descriptor_;
    std::function<void()> readable_;
    bool ended_ = false;
};

FdWatch::FdWatch(boost::asio::io_context& context, int fd, std::function<void()> readable)
    : impl_(std::make_shared<Impl>(context, fd, std::move(readable))) {
    impl_->wait();
}

FdWatch::FdWatch(FdWatch&&) noexcept = default;
FdWatch& FdWatch::operator=(FdWatch&&) noexcept = default;

FdWatch::~FdWatch() {
    if (impl_) {
        impl_->end();
    }
}

} // namespace belay::daemon
