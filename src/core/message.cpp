#include "belay/core/message.hpp"

namespace belay::core {

std::string_view to_text(Role role) noexcept {
    switch (role) {
    case Role::joining:
        return "joining";
    case Role::standby:
        return "standby";
    case Role::active:
        return "active";
    case Role::down:
        return "down";
    case Role::refused:
        return "refused";
    }
    return "unknown";
}

} // namespace belay::core
