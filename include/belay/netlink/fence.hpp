#pragma once
// The kernel as dead man's switch (DESIGN section 4, layer 2): while armed, packets to and from the VIPs pass; when the
// time is over the kernel drops them by itself, whatever has become of the daemon.

#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/netlink/batch.hpp"
#include "belay/netlink/fence_rules.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace belay::netlink {

/// What came of arming.
struct Arming {
    enum class Kind : std::uint8_t {
        armed,     ///< open until `until`
        too_short, ///< less time is left than a timer can be trusted with: closed instead, and acknowledged
        lost,      ///< the tables are not there: build them again
        failed, ///< neither armed nor closed for certain; `error` says why. What was armed before still ends by itself
    };

    Kind kind = Kind::failed;
    Instant until; ///< armed: when the kernel closes it, which is never after the instant that was asked for
    Error error;   ///< lost and failed
};

/// One thread. Needs CAP_NET_ADMIN. Touches the tables named fence_table and nothing else. The tables outlive this
/// object: a daemon that dies must leave them.
class Fence {
public:
    /// Where arm() can be made to pause, so that tests can hold it up there.
    enum class Step : std::uint8_t { before_ticket, before_clock, before_opening };

    /// Says clearly why when this kernel, or a rule about this process, does not give access to nf_tables.
    [[nodiscard]] static Result<Fence> open();

    /// Makes the tables, or replaces them in one instant; afterwards the fence is closed. Acknowledged by the kernel.
    /// A kernel without egress hooks (before 5.16) gets none, see guards_egress().
    [[nodiscard]] Status build(const FencedSet& fenced);

    /// Opens the fence until `until`, or somewhat earlier: by the ticket's life, and by what the kernel rounds off. A
    /// process that is stopped at any point in between never opens it longer.
    [[nodiscard]] Arming arm(Instant until);

    /// Closes at once. True: acknowledged by the kernel. An error with ENOENT: the tables are not there.
    [[nodiscard]] Status close();

    /// Takes the tables away. Right only when no VIP is left on this host.
    [[nodiscard]] Status remove();

    /// Whether what packet sockets send for a VIP is dropped too. Otherwise the sender has to look at the clock.
    [[nodiscard]] bool guards_egress() const noexcept { return with_netdev_; }

    /// Why not, in words; empty where it is so, or where there was no device.
    [[nodiscard]] const std::string& egress_problem() const noexcept { return egress_problem_; }

    /// The port by which notifications show who did it.
    [[nodiscard]] std::uint32_t port() const noexcept { return socket_.port(); }

    /// The shortest time that is armed: 2 ms, or the kernel's tick where that is longer.
    [[nodiscard]] static Duration least_time() noexcept;

    /// For tests only: called in arm() at each step.
    void set_pause(std::function<void(Step)> pause) { pause_ = std::move(pause); }

private:
    explicit Fence(RequestSocket socket);

    [[nodiscard]] Answer commit(const Batch& batch);
    [[nodiscard]] Arming give_up(Arming::Kind kind, const Error& error);
    void pause(Step step) const;

    RequestSocket socket_;
    nft::Timeout ticket_life_;
    bool with_netdev_ = false;
    std::string egress_problem_;
    std::function<void(Step)> pause_;
};

} // namespace belay::netlink
