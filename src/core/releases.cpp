#include "belay/core/releases.hpp"

#include <algorithm>
#include <span>

namespace belay::core {

namespace {

std::span<const Ballot> known(const ReleaseList& list) {
    return std::span(list.ballots).first(std::min(list.count, ReleaseList::count_max));
}

/// In front; the last one falls off when there is no room.
void put_first(ReleaseList& list, const Ballot& ballot) {
    list.count = std::min(list.count + 1, ReleaseList::count_max);
    const auto used = std::span(list.ballots).first(list.count);
    std::ranges::rotate(used, used.end() - 1);
    used.front() = ballot;
}

} // namespace

bool contains(const ReleaseList& list, const Ballot& ballot) noexcept {
    return ballot.known() && std::ranges::find(known(list), ballot) != known(list).end();
}

Ballot newest_of(const ReleaseList& list, NodeId node) noexcept {
    Ballot newest;
    for (const Ballot& ballot : known(list)) {
        if (ballot.node == node && ballot.term > newest.term) {
            newest = ballot;
        }
    }
    return newest;
}

void Releases::add_own(const Ballot& ballot) noexcept {
    if (ballot.known() && !contains(own_, ballot)) {
        put_first(own_, ballot);
    }
}

bool Releases::add_heard(const Ballot& ballot) noexcept {
    if (!ballot.known() || contains(heard_, ballot) || contains(own_, ballot)) {
        return false;
    }
    put_first(heard_, ballot);
    return true;
}

ReleaseList Releases::list() const noexcept {
    ReleaseList list = own_;
    for (const Ballot& ballot : known(heard_)) {
        if (list.count < ReleaseList::count_max) {
            list.ballots[list.count++] = ballot;
        }
    }
    return list;
}

} // namespace belay::core
