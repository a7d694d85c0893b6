#pragma once
// Why a heartbeat packet was refused: one list for every gate that it passes, in the order of the gates, so that each
// refusal has a counter of its own and an operator reads which gate it was (DESIGN section 6, "Heartbeat").

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace belay::wire {

enum class Reject : std::uint8_t {
    // Before the MAC is checked: says nothing about any node, since anybody can send this.
    size,            ///< not exactly packet_size bytes
    magic,           ///< not a heartbeat of belay
    version,         ///< another layout
    foreign_cluster, ///< another cluster's name
    not_for_me,      ///< names another receiver
    unknown_sender,  ///< names a sender that is not configured here
    unknown_key,     ///< signed with a key that is not in the key file
    bad_mac,         ///< forged or damaged
    // After it: the sender holds the key, yet this is not what this version sends.
    padding,  ///< bits that must be zero are not
    kind,     ///< PacketKind out of range
    identity, ///< no sender, or no incarnation of it
    role,     ///< core::Role out of range
    reason,   ///< core::Why out of range, or words longer than their place
    request,  ///< core::RequestKind out of range
    verdict,  ///< core::Verdict out of range
    count,    ///< more released ballots than fit
    duration, ///< negative, or longer than duration_max
    instant,  ///< negative, or later than duration_max after boot
    term,     ///< 2^63 or more
    // By the contact with the sender (wire/contact.hpp).
    older_run,  ///< of a run that a later one of the same boot and namespace has replaced: dropped for good
    rival,      ///< of another boot or namespace while the established incarnation is alive
    unproved,   ///< of an incarnation that has not answered a challenge yet; normal during first contact
    wrong_echo, ///< meant for another run of this daemon
    repeated,   ///< a sequence number that was here before
    stale,      ///< a sequence number too old to tell
};

inline constexpr std::size_t reject_count = static_cast<std::size_t>(Reject::stale) + 1;

/// The stable word for counters, JSON and logs, for example "bad_mac".
[[nodiscard]] std::string_view to_text(Reject reason) noexcept;

/// Whether healthy nodes cause it too (restarts, first contact, a second channel), so that it deserves no log line.
[[nodiscard]] bool is_ordinary(Reject reason) noexcept;

/// One counter for each reason.
class RejectCounts {
public:
    void add(Reject reason) noexcept { ++counts_.at(static_cast<std::size_t>(reason)); }

    [[nodiscard]] std::uint64_t of(Reject reason) const noexcept {
        return counts_.at(static_cast<std::size_t>(reason));
    }

    [[nodiscard]] std::uint64_t total() const noexcept;

    bool operator==(const RejectCounts&) const = default;

private:
    std::array<std::uint64_t, reject_count> counts_{};
};

} // namespace belay::wire
