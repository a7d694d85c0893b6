#pragma once
// What will happen, in order of time; of two at one time the one that was planned first. A heap of small values,
// because a run takes hundreds of thousands of them. Rare and elaborate things are functions, kept aside.

#include "host_clock.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace belay::sim {

enum class Kind : std::uint8_t {
    packet, ///< `number` is its place in the pool
    wake,   ///< the daemon's timer
    commit, ///< the kernel does what the daemon asked for
    think,  ///< the daemon comes to its next step
    frame,  ///< on the segment of the VIPs; `number` is what it says and whose it is
    timer,  ///< of a daemon's questions; `number` is which, and which setting of it
    call,   ///< `number` is the place of a function
};

struct Planned {
    WorldTime at;
    std::uint64_t order = 0;
    std::uint64_t number = 0;
    Kind kind = Kind::call;
    std::uint8_t host = 0;
};

class EventQueue {
public:
    void plan(WorldTime at, Kind kind, std::size_t host, std::uint64_t number) {
        heap_.push_back(
            {.at = at, .order = ++order_, .number = number, .kind = kind, .host = static_cast<std::uint8_t>(host)});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }

    void plan(WorldTime at, std::function<void()> happen) {
        if (free_.empty()) {
            free_.push_back(calls_.size());
            calls_.emplace_back();
        }
        const std::size_t place = free_.back();
        free_.pop_back();
        calls_[place] = std::move(happen);
        plan(at, Kind::call, 0, place);
    }

    [[nodiscard]] bool due(WorldTime end) const noexcept { return !heap_.empty() && heap_.front().at <= end; }

    Planned take() {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const Planned first = heap_.back();
        heap_.pop_back();
        return first;
    }

    std::function<void()> take_call(std::uint64_t place) {
        free_.push_back(place);
        return std::exchange(calls_[place], nullptr);
    }

private:
    static bool later(const Planned& left, const Planned& right) noexcept {
        return left.at != right.at ? left.at > right.at : left.order > right.order;
    }

    std::vector<Planned> heap_;
    std::vector<std::function<void()>> calls_;
    std::vector<std::size_t> free_;
    std::uint64_t order_ = 0;
};

} // namespace belay::sim
