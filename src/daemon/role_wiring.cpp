// The followers of this node's role (`belay run-on`): what they are told, and where the daemon waits for their word
// (`[hooks] confirm`). Safety never rests on it: the fence and the lease do not wait.

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/daemon/watchdog.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace belay::daemon {

namespace {

constexpr Duration patience_at_end = std::chrono::seconds(1); // a stop takes 2 s at most

} // namespace

/// Numbers of a later run are higher: a change takes more than a millisecond.
void Watchdog::open_followers() {
    nlohmann::json vips = nlohmann::json::array();
    for (const config::Vip& vip : prepared_.settings.vips) {
        vips.push_back(to_text(vip.address.address));
    }
    followers_ =
        std::make_unique<RoleFollowers>(context_,
                                        nlohmann::json{{"run", to_text(prepared_.run.incarnation)},
                                                       {"node", prepared_.settings.name_of(prepared_.run.self)},
                                                       {"cluster", prepared_.settings.cluster.name},
                                                       {"vips", std::move(vips)}},
                                        static_cast<std::uint64_t>(to_ms(boot_now().time_since_epoch())));
    followers_->tell(wall_now(), {.node = prepared_.run.self,
                                  .from = core::Role::down,
                                  .to = election_.role(),
                                  .term = 0,
                                  .reason = election_.reason()});
}

/// Before the VIPs come up: what they are told may be waited for before the announcements.
void Watchdog::tell_followers(const core::action::RoleChanged& changed) {
    if (changed.to == core::Role::active && prepared_.settings.hooks.confirm) {
        vips_->hold_announcements();
        followers_->await_word(prepared_.settings.hooks.confirm_timeout, [this](FollowersWord word) {
            note_word(word, core::Role::active, "announcing the VIPs");
            if (word != FollowersWord::late) {
                vips_->announce();
            }
        });
    }
    followers_->tell(wall_now(), changed);
}

/// The VIPs are gone, but others do not know it yet: they wait for our release, or for the end of their promises, which
/// nobody renews any more. So there is no sense in waiting for longer than a lease.
void Watchdog::release(const core::action::Withdraw& withdraw) {
    const core::Withdrawn withdrawn{.ballot = withdraw.ballot, .acknowledged = true};
    const config::Settings& settings = prepared_.settings;
    if (!withdraw.others_wait || !settings.hooks.confirm) {
        step(withdrawn);
        return;
    }
    const Duration patience = std::min(settings.hooks.confirm_timeout, settings.cluster.lease);
    followers_->await_word(ending_ ? std::min(patience, patience_at_end) : patience,
                           [this, withdrawn](FollowersWord word) {
                               note_word(word, core::Role::standby, "letting the others take over");
                               step(withdrawn);
                           });
}

void Watchdog::note_word(FollowersWord word, core::Role became, std::string_view next) const {
    const std::string_view role = core::to_text(became);
    switch (word) {
    case FollowersWord::confirmed:
        log::notice("hook_confirmed", {{"role", role}, {"next", next}});
        break;
    case FollowersWord::failed:
        log::warning("hook_failed", {{"role", role}, {"problem", "its command failed"}, {"next", next}});
        break;
    case FollowersWord::none:
        log::warning("hook_timeout",
                     {{"role", role}, {"problem", "belay run-on did not confirm in time"}, {"next", next}});
        break;
    case FollowersWord::late:
        log::notice("hook_late", {{"role", role}, {"problem", "the role changed before it was confirmed"}});
        break;
    }
}

void Watchdog::answer(const control::request::Follow& request, const control::ReplyFunction& reply) {
    followers_->answer(request, reply);
}

void Watchdog::answer(const control::request::Confirm& request, const control::ReplyFunction& reply) {
    followers_->answer(request, reply);
}

} // namespace belay::daemon
