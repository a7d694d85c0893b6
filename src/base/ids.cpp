#include "belay/base/ids.hpp"

#include <fmt/format.h>

namespace belay {

NodeId node_id(std::string_view name) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U; // FNV-1a, offset basis and prime of the 64-bit variant
    for (const char letter : name) {
        hash ^= static_cast<std::uint8_t>(letter);
        hash *= 0x100000001b3U;
    }
    return NodeId{hash == 0 ? 1 : hash};
}

bool is_later_run(const Incarnation& candidate, const Incarnation& known) noexcept {
    return candidate.boot_id == known.boot_id && candidate.netns_cookie == known.netns_cookie &&
           candidate.started_ns > known.started_ns;
}

std::string to_text(const Incarnation& incarnation) {
    return fmt::format("{:02x}{:02x}/{:08x}", incarnation.boot_id[0], incarnation.boot_id[1],
                       static_cast<std::uint32_t>(incarnation.nonce));
}

} // namespace belay
