#pragma once
// The packets under way. A packet has about a thousand bytes, so it is written once and named by its place.

#include "belay/wire/heartbeat_packet.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace belay::sim {

struct Flight {
    std::uint8_t from = 0; ///< hosts by number
    std::uint8_t to = 0;
    wire::Packet packet;
};

class PacketPool {
public:
    /// The content is what an earlier packet left: write all of it.
    [[nodiscard]] std::size_t take() {
        if (free_.empty()) {
            flights_.emplace_back();
            return flights_.size() - 1;
        }
        const std::size_t place = free_.back();
        free_.pop_back();
        return place;
    }

    void give_back(std::size_t place) { free_.push_back(place); }

    [[nodiscard]] Flight& operator[](std::size_t place) { return flights_[place]; }

private:
    std::deque<Flight> flights_; // a deque, so that places stay where they are
    std::vector<std::size_t> free_;
};

} // namespace belay::sim
