#pragma once
// Watching links and addresses (DESIGN section 5, "libnl-3 watches"): this host as the kernel last told it, and what
// changed since. The kernel's notifications are hints that can get lost; after a loss everything is read again, so that
// what host() gives is right whatever happened in between.

#include "belay/base/result.hpp"
#include "belay/vip/host.hpp"

#include <memory>
#include <string_view>
#include <variant>
#include <vector>

namespace belay::netlink {

/// A link is new, or anything about it is different: its name, state or MAC address.
struct LinkChanged {
    vip::Link link;
};

/// A link is gone, with all its addresses (told before it). One of the same name may come with another index.
struct LinkGone {
    vip::Link link; ///< as it was last known
};

/// An address is new, or its flags or mark are different.
struct AddressChanged {
    vip::Address address;
};

struct AddressGone {
    vip::Address address; ///< as it was last known
};

/// Notifications were lost and everything was read again. The differences that this showed follow; what came and went
/// in between is not known.
struct Resynced {};

using Change = std::variant<LinkChanged, LinkGone, AddressChanged, AddressGone, Resynced>;

/// One thread (the watchdog), which waits for fd() to be readable and then calls receive(). Needs no capability.
class Monitor {
public:
    /// Begins to listen and reads everything once.
    [[nodiscard]] static Result<Monitor> open();

    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;
    Monitor(Monitor&&) noexcept;
    Monitor& operator=(Monitor&&) noexcept;
    ~Monitor();

    /// For poll(); stays the same as long as this object lives, and stays readable until receive() has seen it all.
    [[nodiscard]] int fd() const noexcept;

    /// Takes in what the kernel has told since; never waits for news. The changes are in the order of their happening
    /// and are already in host(). When a loss could not be made good, this is an error and so is every later call until
    /// reading everything succeeds: call again soon, fd() may stay silent.
    [[nodiscard]] Result<std::vector<Change>> receive();

    /// The link of that name or index now, or nullptr; good until the next receive().
    [[nodiscard]] const vip::Link* find_link(std::string_view name) const noexcept;
    [[nodiscard]] const vip::Link* find_link(int index) const noexcept;

    /// A copy of everything, for vip::make_plan.
    [[nodiscard]] vip::Host host() const;

private:
    struct State;

    explicit Monitor(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

} // namespace belay::netlink
