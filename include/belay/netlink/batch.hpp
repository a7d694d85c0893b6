#pragma once
// Acting through netlink: many messages in one system call, and for each of them an answer that is certain or says that
// it is not (DESIGN section 5, "libmnl acts"). Nothing here knows what the messages mean, so the fence can use it too.

#include "belay/base/bytes.hpp"
#include "belay/base/result.hpp"
#include "belay/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct mnl_socket;
struct nlmsghdr;

namespace belay::netlink {

/// What the kernel said to one message.
struct Answer {
    enum class Kind : std::uint8_t {
        done,    ///< acknowledged
        refused, ///< the kernel did not do it; `error` says why
        unknown, ///< no acknowledgement came (it was lost, or too late): look, do not assume either way
    };

    Kind kind = Kind::unknown;
    Error error; ///< refused: errno and the kernel's own words; unknown: what went wrong while waiting
};

/// What the kernel said to a transaction of nf_tables: all of it was done, or nothing, or nobody knows.
struct Verdict {
    Answer answer;
    std::size_t refused_at = 0; ///< refused only: the message that the kernel objected to first, counted from 0
};

/// Messages to be sent together, in order. Grows at its end only.
class Batch {
public:
    /// Copies a message of nlmsg_len bytes. Its sequence number and NLM_F_ACK are set when it is sent.
    void add(const nlmsghdr& message);

    [[nodiscard]] std::size_t size() const noexcept { return offsets_.size(); }

    /// All messages, each at a multiple of NLMSG_ALIGNTO, as they stand before they are sent.
    [[nodiscard]] ByteView view() const noexcept { return bytes_; }

private:
    friend class RequestSocket;

    Bytes bytes_;                      ///< every message at a multiple of NLMSG_ALIGNTO
    std::vector<std::size_t> offsets_; ///< where each message begins
};

/// A netlink socket that asks and waits for the answers. Any one thread. Needs CAP_NET_ADMIN for most messages.
class RequestSocket {
public:
    /// Messages that go into one sendmsg. The kernel answers all of them before it returns, so their acknowledgements
    /// must fit into the receive buffer.
    static constexpr std::size_t messages_per_send_max = 128;

    /// `bus` is NETLINK_ROUTE or NETLINK_NETFILTER.
    [[nodiscard]] static Result<RequestSocket> open(int bus);

    RequestSocket(const RequestSocket&) = delete;
    RequestSocket& operator=(const RequestSocket&) = delete;
    RequestSocket(RequestSocket&&) noexcept = default;
    RequestSocket& operator=(RequestSocket&&) noexcept = default;
    ~RequestSocket() = default;

    /// Sends the batch and gives one answer per message, in the same order. `timeout` bounds the wait for answers; the
    /// kernel's own work within sendmsg comes on top. What was not sent by then is `unknown` too.
    [[nodiscard]] std::vector<Answer> exchange(const Batch& batch, Duration timeout);

    /// Sends the batch, whatever its size, in one sendmsg and never in parts: a transaction of nf_tables, which begins
    /// with NFNL_MSG_BATCH_BEGIN, ends with NFNL_MSG_BATCH_END and has something in between. `done` means that the
    /// kernel has committed it. Needs CAP_NET_ADMIN.
    [[nodiscard]] Verdict transact(const Batch& batch, Duration timeout);

    /// Sends a batch of one request as a dump (NLM_F_DUMP) and gives the messages of the answer, one after another,
    /// each at a multiple of NLMSG_ALIGNTO. An answer during which the kernel's data changed is asked for again, a few
    /// times.
    [[nodiscard]] Result<Bytes> dump(const Batch& request, Duration timeout);

    /// Gives every message that is queued to `visit`; never waits. False: some were lost.
    [[nodiscard]] bool drain(const std::function<void(const nlmsghdr&)>& visit);

    /// For options of the socket, such as the size of its receive buffer.
    [[nodiscard]] int fd() const noexcept;

    /// The netlink port that the kernel gave to this socket.
    [[nodiscard]] std::uint32_t port() const noexcept { return port_; }

private:
    struct Closer {
        void operator()(mnl_socket* socket) const noexcept;
    };

    /// What one look at the socket brought.
    struct Datagram {
        enum class Kind : std::uint8_t { messages, timeout, lost, failed };

        Kind kind = Kind::timeout;
        std::size_t size = 0; ///< of `buffer_` that is filled, with messages from the kernel
        int code = 0;
    };

    /// The part of a batch that goes into one sendmsg.
    struct Window {
        std::size_t first = 0;
        std::size_t count = 0;
        std::uint32_t sequence = 0; ///< of the first message
        std::size_t unanswered = 0;
    };

    explicit RequestSocket(std::unique_ptr<mnl_socket, Closer> socket);

    void make_room(std::size_t bytes) const;
    [[nodiscard]] bool read_verdict(std::size_t size, std::uint32_t first_sequence, std::size_t count,
                                    Verdict& verdict);
    [[nodiscard]] bool send_window(const Batch& batch, const Window& window, std::vector<Answer>& answers);
    void collect_window(Window& window, std::vector<Answer>& answers, Instant deadline);
    void read_answers(std::size_t size, Window& window, std::vector<Answer>& answers);
    [[nodiscard]] Result<Bytes> dump_once(const Batch& request, Instant deadline, bool& changed);
    [[nodiscard]] Datagram receive(Instant deadline);
    [[nodiscard]] bool wait_readable(Instant deadline) const;

    std::unique_ptr<mnl_socket, Closer> socket_;
    std::uint32_t port_ = 0; ///< as the kernel gave it, read back after the bind
    std::uint32_t next_sequence_ = 1;
    Bytes buffer_;
};

} // namespace belay::netlink
