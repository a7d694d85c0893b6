// A reload (SIGHUP, `belay reload`): all of the new file or nothing of it, and no VIP moves (DESIGN section 3.8, 9).

#include "belay/base/log.hpp"
#include "belay/config/change.hpp"
#include "belay/daemon/database_setup.hpp"
#include "belay/daemon/watchdog.hpp"

#include <fmt/format.h>
#include <utility>

namespace belay::daemon {

/// The keys that changed, in words; or why the running configuration stays.
Result<std::vector<std::string>> Watchdog::reload() {
    auto wanted = read_configuration(prepared_.options.config);
    if (!wanted) {
        log::error("reload", {{"problem", wanted.error().text}, {"next", "the running configuration stays"}});
        return std::unexpected(wanted.error());
    }
    const auto change = config::compare(prepared_.settings, wanted->settings);
    if (!change) {
        log::error("reload", {{"problem", change.error().text}, {"next", "the running configuration stays"}});
        return std::unexpected(change.error());
    }
    if (const Status applied = apply(std::move(*wanted)); !applied) {
        log::error("reload",
                   {{"problem", applied.error().text}, {"next", "the rest of the new configuration is in use"}});
        return std::unexpected(applied.error());
    }
    log::notice("reload",
                {{"changed", change->empty() ? "nothing" : fmt::format("{}", fmt::join(change->keys, "; "))}});
    return change->keys;
}

/// Keys are read anew at each reload, because they rotate without a change of the file that names them. Settings that
/// did not change cost nothing to apply again.
Status Watchdog::apply(Configuration wanted) {
    if (const Status replaced = heartbeat_->replace_keys(wanted.keys); !replaced) {
        return replaced;
    }
    if (const Status replaced = info_->replace_keys(wanted.keys); !replaced) {
        return replaced;
    }
    if (const Status replaced = lifecheck_->replace(lifecheck_setup(wanted.settings, prepared_.run.self)); !replaced) {
        return replaced;
    }
    prepared_.settings = std::move(wanted.settings);
    prepared_.keys = std::move(wanted.keys);
    vips_->set_policy(claim_policy_of(prepared_.settings.announce));
    if (databases_) {
        databases_->set_rules(database_rules(prepared_.settings.pgpool.value_or(config::Pgpool{})));
    }
    near_primary_ = databases_ && is_near_primary(prepared_.settings, prepared_.run.self, databases_->shared().table());
    step(adjusted(prepared_.settings, prepared_.run.self, near_primary_));
    update_card();
    return {};
}

} // namespace belay::daemon
