#pragma once
// How many connections the listener holds at once, in total and from one address. Addresses of configured nodes have
// places of their own, so that strangers, however many, cannot keep a node out. Pure.

#include "belay/base/inet.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>

namespace belay::info {

inline constexpr std::size_t slots_per_source_max =
    4; ///< a session, one that replaces it, two to spare; per node there
inline constexpr std::size_t slots_for_strangers_max = 16;

class SourceSlots {
public:
    /// One place; gives itself back. Must not outlive its SourceSlots.
    class Slot {
    public:
        Slot(SourceSlots& slots, const IpAddress& source)
            : slots_(&slots)
            , source_(source) {}

        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        Slot(Slot&& other) noexcept;
        Slot& operator=(Slot&&) = delete;
        ~Slot();

    private:
        SourceSlots* slots_; ///< nullptr after a move
        IpAddress source_;
    };

    /// `peers` are the info addresses of the other nodes, once for each node: some may share one.
    explicit SourceSlots(std::multiset<IpAddress> peers)
        : peers_(std::move(peers)) {}

    /// A place for a connection from `source`; nothing when there is none left for it.
    [[nodiscard]] std::optional<Slot> take(const IpAddress& source);

private:
    void give_back(const IpAddress& source) noexcept;

    std::multiset<IpAddress> peers_;
    std::map<IpAddress, std::size_t> used_;
    std::size_t strangers_ = 0;
};

} // namespace belay::info
