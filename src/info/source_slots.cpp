#include "belay/info/source_slots.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace belay::info {

SourceSlots::Slot::Slot(Slot&& other) noexcept
    : slots_(std::exchange(other.slots_, nullptr))
    , source_(other.source_) {}

SourceSlots::Slot::~Slot() {
    if (slots_ != nullptr) {
        slots_->give_back(source_);
    }
}

std::optional<SourceSlots::Slot> SourceSlots::take(const IpAddress& source) {
    const std::size_t nodes_there = peers_.count(source);
    const bool stranger = nodes_there == 0;
    const auto used = used_.find(source);
    const bool source_full =
        used != used_.end() && used->second >= slots_per_source_max * std::max<std::size_t>(nodes_there, 1);
    if (source_full || (stranger && strangers_ >= slots_for_strangers_max)) {
        return std::nullopt;
    }
    ++used_[source];
    strangers_ += stranger ? 1U : 0U;
    return std::optional<Slot>(std::in_place, *this, source);
}

void SourceSlots::give_back(const IpAddress& source) noexcept {
    const auto used = used_.find(source);
    assert(used != used_.end() && used->second > 0);
    if (--used->second == 0) {
        used_.erase(used);
    }
    if (!peers_.contains(source)) {
        assert(strangers_ > 0);
        --strangers_;
    }
}

} // namespace belay::info
