#include "belay/daemon/privileges.hpp"

#include <cassert>
#include <cerrno>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <linux/securebits.h>
#include <memory>
#include <string>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <type_traits>
#include <vector>

namespace belay::daemon {

namespace {

struct FreeCapabilities {
    void operator()(cap_t capabilities) const noexcept { ::cap_free(capabilities); }
};

using Capabilities = std::unique_ptr<std::remove_pointer_t<cap_t>, FreeCapabilities>;

bool has(const Capabilities& capabilities, cap_value_t capability, cap_flag_t set) {
    cap_flag_value_t value = CAP_CLEAR;
    return ::cap_get_flag(capabilities.get(), capability, set, &value) == 0 && value == CAP_SET;
}

bool is_effective(cap_value_t capability) {
    const Capabilities now(::cap_get_proc());
    return now && has(now, capability, CAP_EFFECTIVE);
}

/// An unreadable /proc is no reason to stop: then nothing is known, and one thread is assumed.
std::size_t thread_count() {
    std::error_code error;
    const std::filesystem::directory_iterator tasks("/proc/self/task", error);
    return error ? 1 : static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

using Step = Status (*)();

/// Up to the first that fails.
Status in_order(std::initializer_list<Step> steps) {
    for (const Step step : steps) {
        if (Status done = step(); !done) {
            return done;
        }
    }
    return {};
}

/// Effective and permitted: `kept`; inheritable: CAP_NET_ADMIN.
Status set_capabilities(const std::vector<cap_value_t>& kept) {
    const Capabilities wanted(::cap_init()); // all sets empty
    const cap_value_t net_admin = CAP_NET_ADMIN;
    const int count = static_cast<int>(kept.size());
    if (!wanted || ::cap_set_flag(wanted.get(), CAP_PERMITTED, count, kept.data(), CAP_SET) != 0 ||
        ::cap_set_flag(wanted.get(), CAP_EFFECTIVE, count, kept.data(), CAP_SET) != 0 ||
        ::cap_set_flag(wanted.get(), CAP_INHERITABLE, 1, &net_admin, CAP_SET) != 0 ||
        ::cap_set_proc(wanted.get()) != 0) {
        return fail_errno(errno, "cannot drop all capabilities but CAP_NET_ADMIN");
    }
    return {};
}

Status keep_one() {
    return set_capabilities({CAP_NET_ADMIN});
}

Status keep_setpcap_too() {
    return set_capabilities({CAP_NET_ADMIN, CAP_SETPCAP});
}

Status close_bounding_set() {
    for (cap_value_t capability = 0; capability < ::cap_max_bits(); ++capability) {
        if (capability != CAP_NET_ADMIN && ::cap_drop_bound(capability) != 0) {
            return fail_errno(errno, "cannot drop capability {} from the bounding set", capability);
        }
    }
    return {};
}

Status make_ambient() {
    if (::cap_reset_ambient() != 0 || ::cap_set_ambient(CAP_NET_ADMIN, CAP_SET) != 0) {
        return fail_errno(errno, "cannot make CAP_NET_ADMIN the only ambient capability");
    }
    return {};
}

Status lock_securebits() {
    constexpr unsigned bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                              SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                              SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    if (::cap_set_secbits(bits) != 0) {
        return fail_errno(errno, "cannot lock the securebits");
    }
    return {};
}

/// Trust nothing: looks at what the kernel says now.
Status verify() {
    const Capabilities now(::cap_get_proc());
    for (cap_value_t capability = 0; now && capability < ::cap_max_bits(); ++capability) {
        const bool wanted = capability == CAP_NET_ADMIN;
        for (const cap_flag_t set : {CAP_EFFECTIVE, CAP_PERMITTED, CAP_INHERITABLE}) {
            if (has(now, capability, set) != wanted) {
                return fail("capability {} is {} after the drop, against what was asked for", capability,
                            wanted ? "gone" : "still there");
            }
        }
        if ((::cap_get_ambient(capability) == CAP_SET) != wanted) {
            return fail("ambient capability {} is {} after the drop", capability, wanted ? "gone" : "still there");
        }
    }
    return now ? Status() : fail_errno(errno, "cannot read back the capabilities");
}

} // namespace

Status check_needed_capabilities() {
    std::string missing;
    if (!is_effective(CAP_NET_ADMIN)) {
        missing = "CAP_NET_ADMIN (to add and remove addresses)";
    }
    if (!is_effective(CAP_NET_RAW)) {
        missing += missing.empty() ? "" : " and ";
        missing += "CAP_NET_RAW (to open the packet socket; dropped right after)";
    }
    if (!missing.empty()) {
        return fail("missing {}: start belayd by its systemd unit, which has AmbientCapabilities=CAP_NET_ADMIN "
                    "CAP_NET_RAW, or as root",
                    missing);
    }
    return {};
}

Result<Confinement> keep_only_net_admin() {
    assert(thread_count() == 1);
    if (!is_effective(CAP_NET_ADMIN)) {
        return fail("CAP_NET_ADMIN is missing, so it cannot be kept");
    }
    // CAP_SETPCAP shuts the doors behind itself, in this order: the bounding set while it is there, securebits after
    // the ambient set was made, for they forbid to raise it; itself last.
    const bool may_shut = is_effective(CAP_SETPCAP);
    const Status done =
        may_shut ? in_order({close_bounding_set, keep_setpcap_too, make_ambient, lock_securebits, keep_one, verify})
                 : in_order({keep_one, make_ambient, verify});
    if (!done) {
        return std::unexpected(done.error());
    }
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return fail_errno(errno, "cannot set no_new_privs and forbid core files");
    }
    return Confinement{.bounding_set_closed = may_shut, .securebits_locked = may_shut};
}

} // namespace belay::daemon
