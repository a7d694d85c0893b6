#pragma once
// What a reload may change (the keys marked `live` in config/schema.hpp) and what it must refuse: all that other nodes
// must agree on, or that is bound at start.

#include "belay/base/result.hpp"
#include "belay/config/settings.hpp"

#include <string>
#include <vector>

namespace belay::config {

/// What differs between two configurations, when all of it can change in a running daemon.
struct Change {
    std::vector<std::string> keys; ///< "[node alpha] priority: 100 -> 90", in the order of the file's schema
    bool key_file = false;         ///< the path; the content may have changed without it: read the file at each reload
    bool preempt = false;          ///< preempt or preempt_delay
    bool priority = false;         ///< of any node
    bool service = false;          ///< anything in [service]
    bool announce = false;         ///< anything in [announce]
    bool pgpool = false;           ///< anything in [pgpool] that may change
    bool hooks = false;            ///< anything in [hooks] that may change

    [[nodiscard]] bool empty() const noexcept { return keys.empty(); }
};

/// Compares two configurations that were loaded well. The error names each key that needs a restart, and then nothing
/// may change: a half-applied file is one that nobody wrote. Any thread.
[[nodiscard]] Result<Change> compare(const Settings& running, const Settings& wanted);

} // namespace belay::config
