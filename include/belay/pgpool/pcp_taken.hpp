#pragma once
// What pgpool-II took from us and may not have carried out yet. It acknowledges an attach, a detach or a promotion when
// it is queued, and until its main process comes to it, which may be minutes later, H shows the node as it was before.
// That state is then no proof that the opposite, which is wanted meanwhile, is so already.

#include "belay/base/time.hpp"
#include "belay/pgpool/pcp_reply.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace belay::pgpool {

/// Whether what a command wants is so. A primary that is down is not promoted by being the primary, and a recovery is
/// wanted of any node.
[[nodiscard]] bool is_so(const Command& command, const Backend& node);

/// Pure: the caller says what time it is, on one steady clock.
class PcpTaken {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// pgpool-II took the command while it showed that node as `before`, which saw() was told.
    void took(const Command& command, const PcpNode& before, Time now);

    /// How it shows a node now.
    void saw(const PcpNode& node);

    /// The command that was taken for the same node, that may still be carried out, and after which `command` would not
    /// be so.
    [[nodiscard]] std::optional<Command> against(const Command& command, Time now) const;

private:
    struct Entry {
        Command command;
        std::string changed; ///< of the node, then
        bool was_so = false; ///< then: behind its opposite in the queue
        Time until;
    };

    std::map<std::uint32_t, Entry> last_; ///< of each node
};

} // namespace belay::pgpool
