#include "belay/pgpool/backend.hpp"

#include <fmt/format.h>

namespace belay::pgpool {

namespace {

struct Words {
    std::string operator()(const command::Detach& it) const { return fmt::format("detach {}", it.id); }

    std::string operator()(const command::Attach& it) const { return fmt::format("attach {}", it.id); }

    std::string operator()(const command::Claim& it) const { return fmt::format("claim {}", it.id); }

    std::string operator()(const command::SwitchOver& it) const { return fmt::format("switch over to {}", it.id); }

    std::string operator()(const command::Recover& it) const { return fmt::format("recover {}", it.id); }
};

} // namespace

std::string_view to_text(BackendStatus status) noexcept {
    switch (status) {
    case BackendStatus::unused:
        return "unused";
    case BackendStatus::connecting:
    case BackendStatus::up:
        return "up";
    case BackendStatus::down:
        return "down";
    }
    return "unknown";
}

std::string_view to_text(BackendRole role) noexcept {
    switch (role) {
    case BackendRole::main:
        return "main";
    case BackendRole::replica:
        return "replica";
    case BackendRole::primary:
        return "primary";
    case BackendRole::standby:
        return "standby";
    }
    return "unknown";
}

std::string to_text(const Command& command) {
    return std::visit(Words{}, command);
}

} // namespace belay::pgpool
