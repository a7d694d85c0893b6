#include "belay/core/releases.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace belay::core {

namespace {

std::span<const Ballot> known(const ReleaseList& list) {
    return std::span(list.ballots).first(std::min(list.count, ReleaseList::count_max));
}

} // namespace

bool contains(const ReleaseList& list, const Ballot& ballot) noexcept {
    return ballot.known() && std::ranges::find(known(list), ballot) != known(list).end();
}

bool Releases::add(const Ballot& ballot) noexcept {
    if (!ballot.known() || contains(list_, ballot)) {
        return false;
    }
    if (list_.count == ReleaseList::count_max && ballot.term <= list_.ballots.back().term) {
        return false;
    }
    list_.count = std::min(list_.count + 1, ReleaseList::count_max);
    list_.ballots[list_.count - 1] = ballot;
    std::ranges::stable_sort(std::span(list_.ballots).first(list_.count), std::ranges::greater{}, &Ballot::term);
    return true;
}

Ballot newest_of(const ReleaseList& list, NodeId node) noexcept {
    const auto found = std::ranges::find(known(list), node, &Ballot::node);
    return found == known(list).end() ? Ballot{} : *found;
}

} // namespace belay::core
