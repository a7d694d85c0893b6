#pragma once
// The ballots that this node knows to be given up, the newest first (DESIGN section 3.5). They travel in every message,
// so that a release reaches an acceptor at the latest together with the request of the successor.

#include "belay/core/message.hpp"

namespace belay::core {

class Releases {
public:
    /// True when it was not known before. The oldest term makes room.
    bool add(const Ballot& ballot) noexcept;

    [[nodiscard]] const ReleaseList& list() const noexcept { return list_; }

private:
    ReleaseList list_;
};

/// Whether a known ballot stands in the list.
[[nodiscard]] bool contains(const ReleaseList& list, const Ballot& ballot) noexcept;

/// The newest ballot of `node` in a list; an unknown ballot when there is none.
[[nodiscard]] Ballot newest_of(const ReleaseList& list, NodeId node) noexcept;

} // namespace belay::core
