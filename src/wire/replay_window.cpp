#include "belay/wire/replay_window.hpp"

#include <cassert>

namespace belay::wire {

namespace {

constexpr std::uint64_t word_bits = 64;

} // namespace

ReplayWindow::ReplayWindow(std::uint64_t floor)
    : highest_(floor)
    , floor_(floor) {}

Freshness ReplayWindow::judge(std::uint64_t sequence) const noexcept {
    if (sequence > highest_) {
        return Freshness::fresh;
    }
    if (sequence <= floor_ || highest_ - sequence >= width) {
        return Freshness::stale;
    }
    return used(sequence) ? Freshness::repeated : Freshness::fresh;
}

void ReplayWindow::use(std::uint64_t sequence) noexcept {
    assert(judge(sequence) == Freshness::fresh);
    if (sequence > highest_) {
        if (sequence - highest_ >= width) {
            bits_.fill(0);
        } else {
            for (std::uint64_t skipped = highest_ + 1; skipped < sequence; ++skipped) {
                set(skipped, false);
            }
        }
        highest_ = sequence;
    }
    set(sequence, true);
}

bool ReplayWindow::used(std::uint64_t sequence) const noexcept {
    const std::uint64_t place = sequence % width;
    return ((bits_.at(place / word_bits) >> (place % word_bits)) & 1U) != 0;
}

void ReplayWindow::set(std::uint64_t sequence, bool value) noexcept {
    const std::uint64_t place = sequence % width;
    const std::uint64_t bit = std::uint64_t{1} << (place % word_bits);
    std::uint64_t& word = bits_.at(place / word_bits);
    word = value ? (word | bit) : (word & ~bit);
}

} // namespace belay::wire
