#pragma once
// From the addresses that should be here and those that are: what to add, what to remove, and what stands in the way
// (DESIGN section 5). The whole decision is made anew from the kernel's present state each time, so that a start, a
// takeover, a reload, a deletion by hand and a link flap are one and the same case.
//
// Whose an address is: one with our mark is ours, whether or not the configuration still names it, because nobody else
// uses the mark and only one daemon runs in a namespace. On a kernel without marks, an address that equals a VIP,
// present or former, in address, prefix length and interface is ours. A VIP's address that is not ours is foreign:
// reported, left alone.

#include "belay/vip/host.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace belay::vip {

/// A virtual address as configured, `[vip NAME]`.
struct Vip {
    std::string name;
    IpPrefix prefix;
    std::string interface;

    bool operator==(const Vip&) const = default;
};

/// An address to add to or remove from one interface.
struct AddressSpec {
    int ifindex = 0;
    std::string interface; ///< its name now, for messages
    IpPrefix prefix;

    bool operator==(const AddressSpec&) const = default;
};

enum class Goal : std::uint8_t {
    hold,     ///< every VIP is here
    withdraw, ///< no VIP is here: standby, start, stop
};

/// Why a VIP's interface cannot serve it. A node with any of these is not eligible (DESIGN section 2).
enum class LinkTrouble : std::uint8_t { absent, down, no_carrier };

/// In words, after the interface's name: "does not exist", "is down", "has no carrier".
[[nodiscard]] const char* to_text(LinkTrouble trouble) noexcept;

struct UnusableLink {
    std::string vip; ///< its name
    std::string interface;
    LinkTrouble trouble = LinkTrouble::absent;

    bool operator==(const UnusableLink&) const = default;
};

/// The address of a VIP that somebody else configured on this host, on whatever interface.
struct ForeignAddress {
    std::string vip; ///< its name
    AddressSpec found;

    bool operator==(const ForeignAddress&) const = default;
};

/// Linux removes the secondary IPv4 addresses of a subnet together with its primary one, unless promote_secondaries is
/// set. `lost` is such an address. When it is a wanted VIP of ours it is in `to_add` again; when it is foreign
/// (`ours` is false) the host loses an address of its own: tell the operator to make the VIP a /32.
struct TakenAlong {
    AddressSpec removed; ///< the primary, one of `to_remove`
    AddressSpec lost;
    bool ours = false;

    bool operator==(const TakenAlong&) const = default;
};

/// What to do, in this order: remove, then add.
struct Plan {
    std::vector<AddressSpec> to_remove;
    std::vector<AddressSpec> to_add; ///< in the order of the VIPs; only on links that exist
    std::vector<TakenAlong> taken_along;
    std::vector<ForeignAddress> foreign;
    std::vector<UnusableLink> unusable; ///< also reported when the goal is to withdraw: eligibility rests on it

    bool operator==(const Plan&) const = default;

    [[nodiscard]] bool has_work() const noexcept { return !to_remove.empty() || !to_add.empty(); }
};

/// Compares `vips` with `host`. VIPs have distinct addresses (config/ refuses others). `former` are VIPs that the
/// configuration named earlier in this run and names no more; only a kernel without marks needs them to find what has
/// to go. Total for any host state.
[[nodiscard]] Plan make_plan(Goal goal, std::span<const Vip> vips, const Host& host, std::span<const Vip> former = {});

} // namespace belay::vip
