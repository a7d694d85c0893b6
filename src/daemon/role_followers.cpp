#include "belay/daemon/role_followers.hpp"

#include "belay/control/reply.hpp"
#include "belay/daemon/status.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace belay::daemon {

namespace {

using nlohmann::json;

json change_json(const NumberedChange& told, bool awaited) {
    const core::action::RoleChanged& change = told.change;
    return {{"number", told.number},
            {"time", utc_text(told.unix_time)},
            {"from", core::to_text(change.from)},
            {"to", core::to_text(change.to)},
            {"term", change.term},
            {"why", core::to_text(change.reason.why)},
            {"reason", std::string(change.reason.words.view())},
            {"awaited", awaited}};
}

} // namespace

RoleFollowers::RoleFollowers(boost::asio::io_context& context, json about, std::uint64_t first_number)
    : context_(context)
    , about_(std::move(about))
    , feed_(first_number) {}

RoleFollowers::~RoleFollowers() = default;

void RoleFollowers::tell(Duration unix_time, const core::action::RoleChanged& change) {
    if (awaited_ && awaited_->number < feed_.next_number() && change.from == core::Role::active) {
        settle(FollowersWord::late); // it was waited for before the announcements
    }
    feed_.add(unix_time, change);
    for (const auto& waiting : std::exchange(waiting_, {})) {
        waiting->reply(reply_to(waiting->after));
    }
}

json RoleFollowers::reply_to(std::optional<std::uint64_t> after) const {
    json changes = json::array();
    for (const NumberedChange& told : feed_.since(after)) {
        changes.push_back(change_json(told, awaited_ && awaited_->number == told.number));
    }
    json result = about_;
    result["changes"] = std::move(changes);
    return control::ok_reply(std::move(result));
}

void RoleFollowers::answer(const control::request::Follow& request, const control::ReplyFunction& reply) {
    if (!feed_.since(request.after).empty()) {
        reply(reply_to(request.after));
        return;
    }
    if (waiting_.size() == waiting_max) {
        waiting_.front()->reply(reply_to(waiting_.front()->after));
        waiting_.pop_front();
    }
    waiting_.push_back(std::make_shared<Waiting>(Waiting{
        .after = request.after, .reply = reply, .deadline = boost::asio::steady_timer(context_, request.wait)}));
    waiting_.back()->deadline.async_wait(
        [this, expected = std::weak_ptr(waiting_.back())](const boost::system::error_code& cancelled) {
            const auto waiting = expected.lock(); // answered in the meantime: gone
            if (!cancelled && waiting) {
                waiting->reply(reply_to(waiting->after));
                waiting_.remove(waiting);
            }
        });
}

void RoleFollowers::answer(const control::request::Confirm& request, const control::ReplyFunction& reply) {
    if (!awaited_ || awaited_->number != request.number || request.number >= feed_.next_number()) {
        reply(control::error_reply(fmt::format("change {} is not waited for (any more)", request.number)));
        return;
    }
    reply(control::ok_reply({{"text", "noted"}}));
    settle(request.ok ? FollowersWord::confirmed : FollowersWord::failed);
}

void RoleFollowers::await_word(Duration patience, Settled settled) {
    settle(FollowersWord::late);
    watch_deadline(awaited_.emplace(Awaited{.number = feed_.next_number(),
                                            .settled = std::move(settled),
                                            .deadline = boost::asio::steady_timer(context_, patience)}));
}

void RoleFollowers::hurry(Duration patience_max) {
    if (awaited_ && awaited_->deadline.expiry() > std::chrono::steady_clock::now() + patience_max) {
        awaited_->deadline.expires_after(patience_max);
        watch_deadline(*awaited_);
    }
}

void RoleFollowers::watch_deadline(Awaited& awaited) {
    awaited.deadline.async_wait([this, number = awaited.number](const boost::system::error_code& cancelled) {
        if (!cancelled && awaited_ && awaited_->number == number) {
            settle(FollowersWord::none);
        }
    });
}

/// Whoever waits may begin another wait at once.
void RoleFollowers::settle(FollowersWord word) {
    if (awaited_) {
        const Settled settled = std::move(awaited_->settled);
        awaited_.reset();
        settled(word);
    }
}

} // namespace belay::daemon
