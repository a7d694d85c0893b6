#pragma once
// How joining stands with every peer, told once per change: one handler call and one log line (DESIGN section 6, "with
// the reason, visible on both sides"). Info thread only.

#include "belay/base/ids.hpp"
#include "belay/info/handlers.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace belay::info {

class Verdicts {
public:
    /// `handlers` must outlive it.
    explicit Verdicts(const Handlers& handlers)
        : handlers_(handlers) {}

    /// For a configured peer.
    void note(NodeId peer, const Join& join);

    /// For whoever cannot be counted as a peer. Told when its address gives another reason than the last time; the
    /// memory for that is bounded, so strangers beyond it may be told again.
    void note_stranger(const Join& join);

    /// The last verdict; nothing before the first.
    [[nodiscard]] std::optional<Join> last(NodeId peer, Direction direction) const;

    /// Says nothing more; for the end of the thread.
    void silence() noexcept { silent_ = true; }

private:
    void tell(NodeId peer, const Join& join) const;

    const Handlers& handlers_;
    std::map<std::pair<NodeId, Direction>, Join> last_;
    std::map<std::string, std::string> stranger_reasons_; ///< by address
    bool silent_ = false;
};

} // namespace belay::info
