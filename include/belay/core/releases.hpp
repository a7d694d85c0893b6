#pragma once
// The ballots that this node knows to be given up (DESIGN section 3.5). They travel in every message, so that a release
// reaches an acceptor at the latest together with the request of the successor. There is room for a few: own ones come
// first, because nobody else may know them yet, then those heard last.

#include "belay/core/message.hpp"

namespace belay::core {

class Releases {
public:
    /// A ballot of this node. The oldest own one makes room; its promises run out by time.
    void add_own(const Ballot& ballot) noexcept;
    /// A ballot of another node; true when it was not known before. The one heard longest ago makes room.
    bool add_heard(const Ballot& ballot) noexcept;
    [[nodiscard]] ReleaseList list() const noexcept;

private:
    ReleaseList own_;
    ReleaseList heard_;
};

/// Whether a known ballot stands in the list.
[[nodiscard]] bool contains(const ReleaseList& list, const Ballot& ballot) noexcept;

/// The newest ballot of `node` in a list; an unknown ballot when there is none.
[[nodiscard]] Ballot newest_of(const ReleaseList& list, NodeId node) noexcept;

} // namespace belay::core
