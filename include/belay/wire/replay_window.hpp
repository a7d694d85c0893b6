#pragma once
// Which sequence numbers of one sender were here before: the highest one and a bitmap of the 256 up to it (the method
// of RFC 4303 section 3.4.3). A number is used once, whatever channel it came by.

#include <array>
#include <cstddef>
#include <cstdint>

namespace belay::wire {

enum class Freshness : std::uint8_t {
    fresh,
    repeated, ///< was here before
    stale,    ///< below the window: cannot be told, so not accepted
};

/// A pure value.
class ReplayWindow {
public:
    static constexpr std::uint64_t width = 256;

    ReplayWindow() = default;

    /// Starts anew so that only numbers above `floor` are fresh: what was sent before a sender was proved may have been
    /// used in an earlier window.
    explicit ReplayWindow(std::uint64_t floor);

    [[nodiscard]] Freshness judge(std::uint64_t sequence) const noexcept;

    /// Marks a fresh number as used.
    void use(std::uint64_t sequence) noexcept;

    /// The highest number used, or the floor.
    [[nodiscard]] std::uint64_t highest() const noexcept { return highest_; }

private:
    [[nodiscard]] bool used(std::uint64_t sequence) const noexcept;
    void set(std::uint64_t sequence, bool value) noexcept;

    std::uint64_t highest_ = 0;
    std::uint64_t floor_ = 0; ///< never fresh at or below it; 0 is no sequence number
    /// Bit `n % width` tells of number n, for the n in (highest - width, highest].
    std::array<std::uint64_t, width / 64> bits_{};
};

} // namespace belay::wire
