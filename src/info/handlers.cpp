#include "belay/info/handlers.hpp"

namespace belay::info {

std::string_view to_text(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::accepted:
        return "accepted";
    case Verdict::refused_by_peer:
        return "refused_by_peer";
    case Verdict::refused_by_us:
        return "refused_by_us";
    case Verdict::disconnected:
        return "disconnected";
    }
    return "unknown";
}

std::string_view to_text(Direction direction) noexcept {
    return direction == Direction::dialled ? "dialled" : "accepted";
}

} // namespace belay::info
