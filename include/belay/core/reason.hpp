#pragma once
// Why a role changed (G4): a stable code for scripts and logs, and words for people. Both travel in every heartbeat, so
// that any node can be asked about any other.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace belay::core {

enum class Why : std::uint8_t {
    none = 0,
    started = 1,          ///< the daemon started and abstains (DESIGN section 3.1)
    abstention_over = 2,  ///< it takes part now
    holder_silent = 3,    ///< the promise to the old holder ran out
    holder_released = 4,  ///< the old holder gave the VIPs up in good order
    holder_restarted = 5, ///< a later run of the old holder's daemon proved itself
    no_holder = 6,        ///< nobody was known to hold the VIPs
    lease_ran_out = 7,    ///< a majority did not answer in time
    higher_term = 8,      ///< another node is active with a higher term
    service_failed = 9,   ///< the guarded service is not healthy
    link_lost = 10,       ///< an interface of a VIP is missing, down or without carrier
    address_refused = 11, ///< the kernel did not take an address
    switchover = 12,      ///< an operator asked for it
    maintenance = 13,     ///< an operator put the node into maintenance
    preempted = 14,       ///< a node of higher priority is ready, and `preempt = yes`
    stopping = 15,        ///< the daemon stops
    refused = 16,         ///< the cluster does not accept this node
    accepted = 17,        ///< it does again
    silent = 18,          ///< said of others: nothing was heard of the node for a lease
    returned = 19,        ///< said of others: it is heard again
    takeover = 20,        ///< an operator vouched that the other of two nodes is off
    claimed_twice = 21,   ///< another host answers for the VIPs of two nodes that cannot speak to each other
};

/// The highest code in use; decoders refuse what is above.
inline constexpr Why why_last = Why::claimed_twice;

/// The stable word, for example "service_failed".
[[nodiscard]] std::string_view to_text(Why why) noexcept;

/// Words of bounded size that live inside a message; longer texts are cut.
class ReasonText {
public:
    static constexpr std::size_t size_max = 160;

    ReasonText() = default;

    /// From anything that is a text, so that a reason can be written down where it is given.
    template <typename Text>
        requires std::convertible_to<const Text&, std::string_view>
    // NOLINTNEXTLINE(google-explicit-constructor): see above
    ReasonText(const Text& text) noexcept {
        const std::string_view letters = text;
        size_ = static_cast<std::uint8_t>(std::min(letters.size(), size_max));
        std::copy_n(letters.begin(), size_, letters_.begin());
    }

    [[nodiscard]] std::string_view view() const noexcept { return {letters_.data(), size_}; }

    bool operator==(const ReasonText& other) const noexcept { return view() == other.view(); }

private:
    std::array<char, size_max> letters_{};
    std::uint8_t size_ = 0;
};

struct Reason {
    Why why = Why::none;
    ReasonText words;

    bool operator==(const Reason&) const = default;
};

} // namespace belay::core
