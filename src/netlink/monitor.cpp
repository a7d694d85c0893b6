// Two sockets of libnl: one hears the notifications, the other asks for full readings. The caches that libnl offers are
// not used: they (3.7) drop IFA_PROTO, by which belay knows its own addresses.
//
// Order at a full reading: listen first, then throw away what is queued, then read. What happens meanwhile is queued
// again and applied on top, which is harmless: each notification tells a whole object.
#include "belay/netlink/monitor.hpp"

#include "belay/netlink/address_message.hpp"
#include "host_view.hpp"

#include <functional>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/rtnl.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace belay::netlink {

namespace {

constexpr int datagrams_per_receive_max = 4096; ///< so that a storm of news cannot hold the thread
constexpr int full_reading_tries_max = 5;
constexpr int receive_queue_bytes = 4'194'304; ///< thousands of addresses may change at once
constexpr timeval dump_wait{.tv_sec = 1, .tv_usec = 0};

struct SocketCloser {
    void operator()(nl_sock* socket) const noexcept { nl_socket_free(socket); }
};

using Socket = std::unique_ptr<nl_sock, SocketCloser>;
using Visitor = std::function<void(const nlmsghdr&)>;

/// Nobody but the kernel may tell us about links and addresses.
int pass_from_kernel_only(nl_msg* message, void* /*unused*/) {
    return nlmsg_get_src(message)->nl_pid == 0 ? NL_OK : NL_SKIP;
}

int visit_message(nl_msg* message, void* data) {
    (*static_cast<Visitor*>(data))(*nlmsg_hdr(message));
    return NL_OK;
}

/// A connected rtnetlink socket that gives each message of the kernel to `visitor`, which must outlive it.
Result<Socket> open_socket(Visitor& visitor) {
    Socket socket(nl_socket_alloc());
    if (!socket) {
        return fail("cannot make a netlink socket: no memory");
    }
    nl_socket_modify_cb(socket.get(), NL_CB_MSG_IN, NL_CB_CUSTOM, pass_from_kernel_only, nullptr);
    nl_socket_modify_cb(socket.get(), NL_CB_VALID, NL_CB_CUSTOM, visit_message, &visitor);
    if (const int problem = nl_connect(socket.get(), NETLINK_ROUTE); problem < 0) {
        return fail("cannot open a netlink socket: {}", nl_geterror(problem));
    }
    return socket;
}

Status dump_one_kind(nl_sock* socket, int type) {
    int problem = nl_rtgen_request(socket, type, AF_UNSPEC, NLM_F_DUMP);
    if (problem >= 0) {
        problem = nl_recvmsgs_default(socket);
    }
    if (problem < 0) {
        return std::unexpected(
            Error{.text = fmt::format("cannot read this host's {}: {}", type == RTM_GETLINK ? "links" : "addresses",
                                      nl_geterror(problem)),
                  .code = problem});
    }
    return {};
}

/// Reads everything that the kernel has now, through a socket that is open beforehand: a loss of news is no time to
/// run out of file descriptors. After a failure the socket is made anew, so that half an answer cannot disturb the
/// next.
class Reader {
public:
    Result<HostView> read() {
        Status status;
        for (int attempt = 0; attempt < full_reading_tries_max; ++attempt) {
            view_ = HostView{};
            status = read_once();
            if (status) {
                return std::exchange(view_, HostView{});
            }
            if (status.error().code != -NLE_DUMP_INTR) { // otherwise it changed while we read: read again
                socket_.reset();
                break;
            }
        }
        return std::unexpected(status.error());
    }

private:
    Status read_once() {
        if (!socket_) {
            auto socket = open_socket(visitor_);
            if (!socket) {
                return std::unexpected(socket.error());
            }
            socket_ = std::move(*socket);
            ::setsockopt(nl_socket_get_fd(socket_.get()), SOL_SOCKET, SO_RCVTIMEO, &dump_wait, sizeof(dump_wait));
        }
        const Status status = dump_one_kind(socket_.get(), RTM_GETLINK);
        return status ? dump_one_kind(socket_.get(), RTM_GETADDR) : status;
    }

    HostView view_;
    std::vector<Change> ignored_;
    Visitor visitor_ = [this](const nlmsghdr& message) {
        view_.apply(message, ignored_);
        ignored_.clear();
    };
    Socket socket_;
};

} // namespace

struct Monitor::State {
    Reader reader;
    HostView view;
    std::vector<Change> changes;
    bool marks_addresses = kernel_keeps_marks();
    bool behind = false; ///< notifications were lost, and everything was not read again yet
    Visitor visitor = [this](const nlmsghdr& message) {
        if (!behind) {
            view.apply(message, changes);
        }
    };
    Socket socket; ///< last, so that it ends before what its callbacks use

    /// Reads datagrams until none is left or enough were read. Sets `behind` when some were lost.
    Status drain();
    Status resync();
};

Status Monitor::State::drain() {
    for (int count = 0; count < datagrams_per_receive_max; ++count) {
        const int problem = nl_recvmsgs_default(socket.get());
        if (problem == -NLE_AGAIN) {
            break;
        }
        if (problem == -NLE_NOMEM || problem == -NLE_MSG_OVERFLOW) { // ENOBUFS
            behind = true;
        } else if (problem < 0) {
            behind = true;
            return fail("cannot read the kernel's notifications: {}", nl_geterror(problem));
        }
    }
    return {};
}

Status Monitor::State::resync() {
    auto newer = reader.read();
    if (!newer) {
        return std::unexpected(newer.error());
    }
    behind = false;
    changes.emplace_back(Resynced{});
    view.replace_with(std::move(*newer), changes);
    return {};
}

Monitor::Monitor(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

Monitor::Monitor(Monitor&&) noexcept = default;
Monitor& Monitor::operator=(Monitor&&) noexcept = default;
Monitor::~Monitor() = default;

Result<Monitor> Monitor::open() {
    auto state = std::make_unique<State>();
    auto socket = open_socket(state->visitor);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    state->socket = std::move(*socket);
    nl_socket_disable_seq_check(state->socket.get());
    nl_socket_set_nonblocking(state->socket.get());
    const int fd = nl_socket_get_fd(state->socket.get());
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_queue_bytes, sizeof(receive_queue_bytes)) != 0) {
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_queue_bytes, sizeof(receive_queue_bytes));
    }
    const int problem = nl_socket_add_memberships(state->socket.get(), RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
                                                  RTNLGRP_IPV6_IFADDR, RTNLGRP_NONE);
    if (problem < 0) {
        return fail("cannot listen to the kernel's link and address notifications: {}", nl_geterror(problem));
    }
    if (const Status status = state->resync(); !status) {
        return std::unexpected(status.error());
    }
    state->changes.clear();
    return Monitor(std::move(state));
}

int Monitor::fd() const noexcept {
    return nl_socket_get_fd(state_->socket.get());
}

Result<std::vector<Change>> Monitor::receive() {
    Status status = state_->drain();
    if (status && state_->behind) {
        status = state_->resync();
    }
    if (!status) {
        return std::unexpected(status.error());
    }
    return std::exchange(state_->changes, {});
}

const vip::Link* Monitor::find_link(std::string_view name) const noexcept {
    return state_->view.find_link(name);
}

const vip::Link* Monitor::find_link(int index) const noexcept {
    return state_->view.find_link(index);
}

vip::Host Monitor::host() const {
    return state_->view.host(state_->marks_addresses);
}

} // namespace belay::netlink
