#pragma once
// Adds and removes VIPs, many in one system call, and says for each of them what became of it (DESIGN section 5).

#include "belay/netlink/address_message.hpp"
#include "belay/netlink/batch.hpp"
#include "belay/vip/host.hpp"
#include "belay/vip/plan.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace belay::netlink {

/// What became of one address.
struct AddressOutcome {
    enum class Kind : std::uint8_t {
        done,          ///< the kernel did it
        already_there, ///< add: the address is present. Whose it is, and whether it is as it should be, must be looked
                       ///< at
        already_gone,  ///< remove: it is not present, or its interface is not; for a secondary, its primary took it
                       ///< along
        refused,       ///< the kernel did not do it; `error` says what, where and why
        unknown,       ///< no certain answer; `error` says why. Look with dump(), then act again
    };

    Kind kind = Kind::unknown;
    Error error; ///< refused and unknown only
};

/// The acting side. One thread (the watchdog). Needs CAP_NET_ADMIN to act, nothing to look.
class Addresses {
public:
    [[nodiscard]] static Result<Addresses> open();

    /// One outcome per address, in the same order. `timeout` bounds the wait for answers that do not come; the kernel's
    /// work itself takes 1 ms for about 100 addresses, and more than in proportion for thousands.
    [[nodiscard]] std::vector<AddressOutcome> add(std::span<const vip::AddressSpec> specs, Duration timeout,
                                                  Lifetime lifetime = std::nullopt);

    /// Gives addresses their whole lifetime again, in one batch. One that is not there any more is added.
    [[nodiscard]] std::vector<AddressOutcome> refresh(std::span<const vip::AddressSpec> specs, Duration timeout,
                                                      Lifetime lifetime);

    /// The same for removing. Removing an IPv4 primary also removes the secondaries of its subnet, wanted or not,
    /// unless promote_secondaries is set: vip::make_plan knows which.
    [[nodiscard]] std::vector<AddressOutcome> remove(std::span<const vip::AddressSpec> specs, Duration timeout);

    /// Every address of this namespace, both families, at one consistent instant.
    [[nodiscard]] Result<std::vector<vip::Address>> dump(Duration timeout);

private:
    explicit Addresses(RequestSocket socket)
        : socket_(std::move(socket)) {}

    RequestSocket socket_;
};

} // namespace belay::netlink
