#pragma once
// Gives a vip::Prober its clock and its frames: asks on the network whether anybody has a VIP before it is put up.
// Never waits: the lease is renewed meanwhile.

#include "belay/base/result.hpp"
#include "belay/vip/prober.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace belay::daemon {

class BootTimer;

/// One thread, that of the io_context, which must outlive it.
class ProbeRunner {
public:
    struct Handlers {
        /// Puts one question on the wire.
        std::function<Status(const IpAddress&)> send;
        /// Nobody answered for these. Called from the event loop.
        std::function<void(const std::vector<IpAddress>&)> free;
    };

    [[nodiscard]] static Result<std::unique_ptr<ProbeRunner>> make(boost::asio::io_context& context,
                                                                   const vip::ProbePace& pace, Handlers handlers);
    ~ProbeRunner();
    ProbeRunner(const ProbeRunner&) = delete;
    ProbeRunner& operator=(const ProbeRunner&) = delete;

    /// Asks for these, the first time before it returns. A question that cannot be sent counts as asked: whether the
    /// interface works is watched elsewhere, and the VIPs are not kept back for it.
    void start(std::span<const IpAddress> vips);
    void stop();
    void forget(const IpAddress& vip);

    void set_pace(const vip::ProbePace& pace) { prober_.set_pace(pace); }

    /// As vip::Prober says.
    [[nodiscard]] bool answered(const IpAddress& vip);

    [[nodiscard]] bool may_claim(const IpAddress& vip) const { return prober_.may_claim(vip); }

private:
    ProbeRunner(const vip::ProbePace& pace, Handlers handlers);
    void run();

    vip::Prober prober_;
    Handlers handlers_;
    bool trouble_ = false; ///< logged once until it works again
    std::unique_ptr<BootTimer> timer_;
};

} // namespace belay::daemon
