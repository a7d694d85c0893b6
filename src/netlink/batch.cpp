// The kernel answers within sendmsg, so that waiting is the exception: an acknowledgement is missing only when the
// receive buffer was full. A late answer to an earlier request is known by its sequence number and passed over; one
// that does not come from the kernel, or is not for our port, is no answer at all.
#include "belay/netlink/batch.hpp"

#include "belay/base/clock.hpp"
#include "belay/netlink/message.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

namespace belay::netlink {

namespace {

constexpr std::size_t receive_size = 65'536;   ///< more than any datagram of a dump
constexpr int receive_queue_bytes = 1'048'576; ///< room for the answers to a full window, many times over
constexpr int dump_tries_max = 5;

/// Options that make answers better. Kernels that lack one work without it.
void set_options(int fd) {
    const int on = 1;
    ::setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)); // an answer need not repeat the request
    ::setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)); // the kernel's own words
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_queue_bytes, sizeof(receive_queue_bytes)) != 0) {
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_queue_bytes, sizeof(receive_queue_bytes));
    }
}

} // namespace

void Batch::add(const nlmsghdr& message) {
    assert(message.nlmsg_len >= sizeof(nlmsghdr));
    offsets_.push_back(bytes_.size());
    append_message(bytes_, message);
}

void RequestSocket::Closer::operator()(mnl_socket* socket) const noexcept {
    mnl_socket_close(socket);
}

RequestSocket::RequestSocket(std::unique_ptr<mnl_socket, Closer> socket)
    : socket_(std::move(socket))
    , port_(mnl_socket_get_portid(socket_.get()))
    , buffer_(receive_size) {}

Result<RequestSocket> RequestSocket::open(int bus) {
    std::unique_ptr<mnl_socket, Closer> socket(mnl_socket_open2(bus, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
        return fail_errno(errno, "cannot open a netlink socket for bus {}", bus);
    }
    if (mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) != 0) {
        return fail_errno(errno, "cannot bind the netlink socket for bus {}", bus);
    }
    set_options(mnl_socket_get_fd(socket.get()));
    return RequestSocket(std::move(socket));
}

int RequestSocket::fd() const noexcept {
    return mnl_socket_get_fd(socket_.get());
}

std::vector<Answer> RequestSocket::exchange(const Batch& batch, Duration timeout) {
    const Instant deadline = boot_now() + timeout;
    std::vector<Answer> answers(
        batch.size(),
        Answer{.kind = Answer::Kind::unknown, .error = {.text = "not sent, no time was left", .code = ETIMEDOUT}});
    for (std::size_t first = 0; first < batch.size() && boot_now() <= deadline; first += messages_per_send_max) {
        const std::size_t count = std::min(messages_per_send_max, batch.size() - first);
        Window window{.first = first, .count = count, .sequence = next_sequence_, .unanswered = count};
        next_sequence_ += static_cast<std::uint32_t>(count);
        const bool sent = send_window(batch, window, answers);
        // What failed to be sent may have been worked on in part: take the answers that are there, wait for none.
        collect_window(window, answers, sent ? deadline : Instant{});
    }
    return answers;
}

bool RequestSocket::send_window(const Batch& batch, const Window& window, std::vector<Answer>& answers) {
    const std::size_t after = window.first + window.count;
    const std::size_t begin = batch.offsets_[window.first];
    const std::size_t end = after < batch.size() ? batch.offsets_[after] : batch.bytes_.size();
    Bytes bytes(batch.bytes_.begin() + static_cast<std::ptrdiff_t>(begin),
                batch.bytes_.begin() + static_cast<std::ptrdiff_t>(end));
    for (std::size_t index = 0; index < window.count; ++index) {
        nlmsghdr& header = message_at(bytes, batch.offsets_[window.first + index] - begin);
        header.nlmsg_seq = window.sequence + static_cast<std::uint32_t>(index);
        header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
    }
    Error missing{.text = "the kernel's answer did not come", .code = ETIMEDOUT};
    const bool sent = mnl_socket_sendto(socket_.get(), bytes.data(), bytes.size()) >= 0;
    if (!sent) {
        missing = fail_errno(errno, "cannot send to the kernel").error();
    }
    std::fill_n(answers.begin() + static_cast<std::ptrdiff_t>(window.first), window.count,
                Answer{.kind = Answer::Kind::unknown, .error = missing});
    return sent;
}

void RequestSocket::collect_window(Window& window, std::vector<Answer>& answers, Instant deadline) {
    while (window.unanswered > 0) {
        const Datagram datagram = receive(deadline);
        if (datagram.kind == Datagram::Kind::messages) {
            read_answers(datagram.size, window, answers);
        } else if (datagram.kind == Datagram::Kind::lost) {
            deadline = Instant{}; // the answers were written within sendmsg: what is not queued now is gone
            for (std::size_t index = window.first; index < window.first + window.count; ++index) {
                if (answers[index].kind == Answer::Kind::unknown) {
                    answers[index].error = {.text = "the kernel's answer was lost, the receive buffer was full",
                                            .code = ENOBUFS};
                }
            }
        } else {
            return;
        }
    }
}

void RequestSocket::read_answers(std::size_t size, Window& window, std::vector<Answer>& answers) {
    for_each_message(ByteView(buffer_).first(size), [&](const nlmsghdr& header) {
        const std::uint32_t index = header.nlmsg_seq - window.sequence; // wraps to a large number when older
        const auto verdict = decode_verdict(header);
        if (header.nlmsg_pid != port_ || index >= window.count || !verdict) {
            return;
        }
        Answer& answer = answers[window.first + index];
        if (answer.kind == Answer::Kind::unknown) {
            --window.unanswered;
        }
        answer.kind = verdict->code == 0 ? Answer::Kind::done : Answer::Kind::refused;
        answer.error = *verdict;
    });
}

Result<Bytes> RequestSocket::dump(const Batch& request, Duration timeout) {
    const Instant deadline = boot_now() + timeout;
    for (int attempt = 0; attempt < dump_tries_max; ++attempt) {
        bool changed = false;
        auto messages = dump_once(request, deadline, changed);
        if (!messages || !changed) {
            return messages;
        }
    }
    return fail("the kernel's list changed during each of {} readings", dump_tries_max);
}

Result<Bytes> RequestSocket::dump_once(const Batch& request, Instant deadline, bool& changed) {
    assert(request.size() == 1);
    Bytes question = request.bytes_;
    nlmsghdr& header = message_at(question, 0);
    header.nlmsg_seq = next_sequence_++;
    header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
    if (mnl_socket_sendto(socket_.get(), question.data(), question.size()) < 0) {
        return fail_errno(errno, "cannot ask the kernel for a list");
    }
    Bytes messages;
    Error refusal;
    bool complete = false;
    while (!complete) {
        const Datagram datagram = receive(deadline);
        if (datagram.kind != Datagram::Kind::messages) {
            const int code = datagram.kind == Datagram::Kind::timeout ? ETIMEDOUT : datagram.code;
            return fail_errno(code, "cannot read the kernel's list");
        }
        for_each_message(ByteView(buffer_).first(datagram.size), [&](const nlmsghdr& message) {
            if (message.nlmsg_pid != port_ || message.nlmsg_seq != header.nlmsg_seq || complete) {
                return;
            }
            changed = changed || (message.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
            if (const auto verdict = decode_verdict(message)) {
                complete = true;
                refusal = *verdict;
            } else {
                append_message(messages, message);
            }
        });
    }
    if (refusal.code != 0) {
        return fail("the kernel refused its list: {}", refusal.text);
    }
    return messages;
}

RequestSocket::Datagram RequestSocket::receive(Instant deadline) {
    for (;;) {
        sockaddr_nl sender{};
        iovec part{.iov_base = buffer_.data(), .iov_len = buffer_.size()};
        msghdr message{};
        message.msg_name = &sender;
        message.msg_namelen = sizeof(sender);
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        const ssize_t size = ::recvmsg(fd(), &message, MSG_DONTWAIT);
        if (size >= 0) {
            const bool from_kernel = message.msg_namelen == sizeof(sender) && sender.nl_pid == 0;
            if (!from_kernel) {
                continue;
            }
            const bool whole = (message.msg_flags & MSG_TRUNC) == 0;
            return {.kind = whole ? Datagram::Kind::messages : Datagram::Kind::lost,
                    .size = static_cast<std::size_t>(size),
                    .code = EMSGSIZE};
        }
        const int code = errno;
        if (code == ENOBUFS) {
            return {.kind = Datagram::Kind::lost, .size = 0, .code = code};
        }
        if (code != EAGAIN && code != EINTR) {
            return {.kind = Datagram::Kind::failed, .size = 0, .code = code};
        }
        if (code == EAGAIN && !wait_readable(deadline)) {
            return {.kind = Datagram::Kind::timeout, .size = 0, .code = ETIMEDOUT};
        }
    }
}

bool RequestSocket::wait_readable(Instant deadline) const {
    for (;;) {
        const Duration left = std::max(deadline - boot_now(), Duration::zero());
        const timespec wait{.tv_sec = left / std::chrono::seconds(1),
                            .tv_nsec = (left % std::chrono::seconds(1)).count()};
        pollfd watched{.fd = fd(), .events = POLLIN, .revents = 0};
        const int ready = ::ppoll(&watched, 1, &wait, nullptr);
        if (ready >= 0 || errno != EINTR) { // a signal loses no answer: wait for the rest of the time
            return ready > 0;
        }
    }
}

} // namespace belay::netlink
