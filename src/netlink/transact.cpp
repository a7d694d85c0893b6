// The transactional way of nfnetlink: between BATCH_BEGIN and BATCH_END everything happens, or nothing. The kernel
// works within sendmsg and queues its answers there: refusals of single messages, a refusal of the whole under the
// number of BATCH_BEGIN, and acknowledgements of those that asked for one. An acknowledgement alone proves nothing,
// because a failed commit is told before it under another number; so one is asked for, of the last message before
// BATCH_END, and it counts when no refusal came first. (Kernels before 6.10 do not acknowledge BATCH_END itself.)
#include "belay/base/clock.hpp"
#include "belay/netlink/batch.hpp"
#include "belay/netlink/message.hpp"

#include <cassert>
#include <cerrno>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sys/socket.h>

namespace belay::netlink {

namespace {

constexpr std::size_t messages_min = 3;       // begin, something, end
constexpr int datagrams_per_drain_max = 4096; // so that a storm of news cannot hold the thread
constexpr std::size_t queue_overhead = 4096;  // what the kernel wants to have beside the payload

} // namespace

/// A message larger than the send buffer is refused with EMSGSIZE; thousands of set elements are.
void RequestSocket::make_room(std::size_t bytes) const {
    int size = 0;
    socklen_t length = sizeof(size);
    const bool known = ::getsockopt(fd(), SOL_SOCKET, SO_SNDBUF, &size, &length) == 0;
    if (!known || static_cast<std::size_t>(size) < bytes + queue_overhead) {
        const int wanted = static_cast<int>(bytes + queue_overhead);
        ::setsockopt(fd(), SOL_SOCKET, SO_SNDBUFFORCE, &wanted, sizeof(wanted));
    }
}

Verdict RequestSocket::transact(const Batch& batch, Duration timeout) {
    assert(batch.size() >= messages_min);
    const Instant deadline = boot_now() + timeout;
    const std::uint32_t first = next_sequence_;
    next_sequence_ += static_cast<std::uint32_t>(batch.size());
    Bytes bytes = batch.bytes_;
    for (std::size_t index = 0; index < batch.size(); ++index) {
        nlmsghdr& header = message_at(bytes, batch.offsets_[index]);
        header.nlmsg_seq = first + static_cast<std::uint32_t>(index);
        header.nlmsg_flags |= NLM_F_REQUEST;
        if (index + 2 == batch.size()) {
            header.nlmsg_flags |= NLM_F_ACK;
        }
    }
    make_room(bytes.size());
    // A loss that belongs to an earlier one, and its late answers, end here: from now on a loss is one of this one's.
    static_cast<void>(drain([](const nlmsghdr& /*old*/) {}));
    Verdict verdict;
    if (mnl_socket_sendto(socket_.get(), bytes.data(), bytes.size()) < 0) {
        verdict.answer.error = fail_errno(errno, "cannot send a transaction to the kernel").error();
        return verdict;
    }
    verdict.answer.error = {.text = "the kernel's answer did not come", .code = ETIMEDOUT};
    for (bool complete = false; !complete;) {
        const bool refused = verdict.answer.kind == Answer::Kind::refused;
        const Datagram datagram = receive(refused ? Instant{} : deadline); // after a refusal only what is queued
        if (datagram.kind == Datagram::Kind::messages) {
            complete = read_verdict(datagram.size, first, batch.size(), verdict);
            continue;
        }
        if (datagram.kind == Datagram::Kind::lost && !refused) {
            verdict.answer.error = {.text = "the kernel's answer was lost, the receive buffer was full",
                                    .code = ENOBUFS};
        }
        complete = true;
    }
    return verdict;
}

/// True when nothing more is to come.
bool RequestSocket::read_verdict(std::size_t size, std::uint32_t first_sequence, std::size_t count, Verdict& verdict) {
    bool complete = false;
    for_each_message(ByteView(buffer_).first(size), [&](const nlmsghdr& header) {
        const std::uint32_t index = header.nlmsg_seq - first_sequence; // wraps to a large number when older
        const auto said = decode_verdict(header);
        if (header.nlmsg_pid != port_ || index >= count || !said) {
            return;
        }
        complete = complete || index + 2 == count;
        if (verdict.answer.kind == Answer::Kind::refused) {
            return; // the first objection is the cause
        }
        if (said->code != 0) {
            verdict = {.answer = {.kind = Answer::Kind::refused, .error = *said}, .refused_at = index};
        } else if (index + 2 == count) {
            verdict.answer = {.kind = Answer::Kind::done, .error = {}};
        }
    });
    return complete;
}

bool RequestSocket::drain(const std::function<void(const nlmsghdr&)>& visit) {
    bool whole = true;
    for (int datagrams = 0; datagrams < datagrams_per_drain_max; ++datagrams) {
        const Datagram datagram = receive(Instant{});
        if (datagram.kind == Datagram::Kind::timeout) {
            return whole;
        }
        if (datagram.kind != Datagram::Kind::messages) {
            whole = false;
            if (datagram.kind == Datagram::Kind::failed) {
                return whole;
            }
            continue;
        }
        for_each_message(ByteView(buffer_).first(datagram.size), visit);
    }
    return whole; // the rest keeps the descriptor readable
}

} // namespace belay::netlink
