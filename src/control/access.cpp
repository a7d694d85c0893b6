#include "belay/control/access.hpp"

#include <algorithm>
#include <cerrno>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace belay::control {

namespace {

constexpr const char* user_name = "belay";
constexpr const char* group_name = "belay";

/// Room for one record of the user database; group `belay` may have many members.
constexpr std::size_t record_size_max = std::size_t{256} * 1024;

std::optional<gid_t> look_up_group(const char* wanted) {
    std::vector<char> room(record_size_max);
    group record{};
    group* found = nullptr;
    const int code = ::getgrnam_r(wanted, &record, room.data(), room.size(), &found);
    return code == 0 && found != nullptr ? std::optional(found->gr_gid) : std::nullopt;
}

/// The kernel says ERANGE and the size it needs when the room is too small.
Result<std::vector<gid_t>> supplementary_groups(int socket_fd) {
    std::vector<gid_t> groups(32);
    for (;;) {
        auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
        if (::getsockopt(socket_fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0) {
            groups.resize(size / sizeof(gid_t));
            return groups;
        }
        if (errno != ERANGE || size / sizeof(gid_t) <= groups.size()) {
            return fail_errno(errno, "cannot ask for the groups of the peer");
        }
        groups.resize(size / sizeof(gid_t));
    }
}

} // namespace

Rights Rights::all() noexcept {
    return Rights().with(Right::read).with(Right::change).with(Right::guard).with(Right::confirm);
}

Rights Rights::with(Right right) const noexcept {
    Rights more = *this;
    more.bits_ = static_cast<std::uint8_t>(bits_ | (1U << static_cast<unsigned>(right)));
    return more;
}

bool Rights::has(Right right) const noexcept {
    return (bits_ & (1U << static_cast<unsigned>(right))) != 0;
}

bool Peer::is_in(gid_t group) const noexcept {
    return gid == group || std::ranges::find(groups, group) != groups.end();
}

std::optional<uid_t> look_up_user(const std::string& name) {
    std::vector<char> room(record_size_max);
    passwd record{};
    passwd* found = nullptr;
    const int code = ::getpwnam_r(name.c_str(), &record, room.data(), room.size(), &found);
    return code == 0 && found != nullptr ? std::optional(found->pw_uid) : std::nullopt;
}

AccessRules host_access_rules() {
    return {.daemon = ::geteuid(),
            .user = look_up_user(user_name),
            .group = look_up_group(group_name),
            .guard = {},
            .hooks = {}};
}

Result<Peer> peer_of(int socket_fd) {
    ucred credentials{};
    socklen_t size = sizeof(credentials);
    if (::getsockopt(socket_fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return fail_errno(errno, "cannot ask for the credentials of the peer");
    }
    auto groups = supplementary_groups(socket_fd);
    if (!groups) {
        return std::unexpected(groups.error());
    }
    return Peer{.uid = credentials.uid, .gid = credentials.gid, .groups = std::move(*groups)};
}

Rights rights_of(const Peer& peer, const AccessRules& rules) noexcept {
    if (peer.uid == 0 || peer.uid == rules.daemon || peer.uid == rules.user) {
        return Rights::all();
    }
    Rights rights;
    if (rules.group && peer.is_in(*rules.group)) {
        rights = rights.with(Right::read);
    }
    if (peer.uid == rules.guard) {
        rights = rights.with(Right::read).with(Right::guard);
    }
    if (peer.uid == rules.hooks) {
        rights = rights.with(Right::read).with(Right::confirm);
    }
    return rights;
}

} // namespace belay::control
