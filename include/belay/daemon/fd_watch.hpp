#pragma once
// Calls back whenever a descriptor that belongs to somebody else is readable. For the netlink monitor and the packet
// sockets, which know nothing of the event loop.

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace belay::daemon {

/// One thread, that of the io_context, which must outlive it. Does not own the descriptor, which must outlive it too.
class FdWatch {
public:
    FdWatch(boost::asio::io_context& context, int fd, std::function<void()> readable);
    FdWatch(const FdWatch&) = delete;
    FdWatch& operator=(const FdWatch&) = delete;
    FdWatch(FdWatch&&) noexcept;
    FdWatch& operator=(FdWatch&&) noexcept;
    ~FdWatch();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace belay::daemon
