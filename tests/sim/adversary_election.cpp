#include "adversary_election.hpp"

#include "belay/core/election.hpp"
#include "belay/core/sabotage.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace belay::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Instant beginning = Instant(seconds(100));

class HandPlayed {
public:
    HandPlayed()
        : election_(setup(), beginning) {
        feed(core::ServiceChanged{.condition = {.good = true, .detail = "well"}});
        feed(core::LinksChanged{.condition = {.good = true, .detail = "up"}});
    }

    [[nodiscard]] Instant now() const noexcept { return now_; }

    [[nodiscard]] const core::Election& election() const noexcept { return election_; }

    [[nodiscard]] const core::Request& first_vote() const noexcept { return first_vote_; }

    [[nodiscard]] bool released_own() const noexcept { return released_own_; }

    /// Lets 5 ms pass; b and c are heard, and say `answer` if there is one.
    void pass(const std::optional<core::Answer>& of_b, const std::optional<core::Answer>& of_c) {
        now_ += milliseconds(5);
        feed(core::Tick{});
        hear("b", of_b);
        hear("c", of_c);
    }

    [[nodiscard]] static core::Answer granted(const core::Request& request) {
        return {.to = request.kind,
                .ballot = request.ballot,
                .asked_at = request.composed_at,
                .promised = milliseconds(500)};
    }

    [[nodiscard]] const core::Request& last() const noexcept { return last_; }

private:
    static core::Setup setup() {
        core::Setup setup;
        setup.self = node_id("a");
        setup.incarnation = {.boot_id = {1}, .netns_cookie = 1, .started_ns = 1, .nonce = 1};
        for (const char* name : {"a", "b", "c"}) {
            setup.nodes.push_back({.id = node_id(name), .name = name});
        }
        setup.abstention = milliseconds(500);
        return setup;
    }

    void hear(const char* name, const std::optional<core::Answer>& answer) {
        core::Message message;
        message.role = core::Role::standby;
        message.answer = answer;
        feed(core::Heard{.from = node_id(name),
                         .incarnation = {.boot_id = {2}, .netns_cookie = node_id(name).value, .nonce = 1},
                         .message = message,
                         .heard_at = now_});
    }

    void feed(const core::Event& event) {
        for (const core::Action& action : election_.step({.boot = now_}, event)) {
            if (const auto* const send = std::get_if<core::action::Send>(&action)) {
                if (send->message.request.kind != core::RequestKind::none) {
                    last_ = send->message.request;
                }
                if (last_.kind == core::RequestKind::vote && first_vote_.kind == core::RequestKind::none) {
                    first_vote_ = last_;
                }
                released_own_ = released_own_ || send->message.released.count != 0;
            }
        }
    }

    Instant now_ = beginning;
    core::Election election_;
    core::Request last_;
    core::Request first_vote_;
    bool released_own_ = false;
};

/// Up to its first request for votes, which nobody has answered yet.
bool bring_to_vote(HandPlayed& node) {
    for (int turn = 0; turn < 400 && node.first_vote().kind == core::RequestKind::none; ++turn) {
        const bool asks = node.last().kind == core::RequestKind::pre_vote;
        node.pass(asks ? std::optional(HandPlayed::granted(node.last())) : std::nullopt, std::nullopt);
    }
    return node.first_vote().kind == core::RequestKind::vote;
}

} // namespace

std::optional<std::string> late_vote_lease() {
    HandPlayed node;
    if (!bring_to_vote(node)) {
        return "it never asked for votes";
    }
    const core::Request first = node.first_vote();
    while (node.now() < first.composed_at + milliseconds(120)) {
        node.pass(std::nullopt, std::nullopt);
    }
    node.pass(HandPlayed::granted(first), std::nullopt); // the acceptor's promise counts from its first request
    const auto& lease = node.election().lease();
    if (!lease) {
        return "a vote in time did not win";
    }
    const bool longer = lease->until() > core::lease_end(first.composed_at, milliseconds(500), core::Parameters{});
    return longer ? std::optional<std::string>("the lease counts from a repeated request") : std::nullopt;
}

std::optional<std::string> vain_upgrade() {
    HandPlayed node;
    if (!bring_to_vote(node)) {
        return "it never asked for votes";
    }
    node.pass(HandPlayed::granted(node.first_vote()), std::nullopt);
    if (!node.election().lease()) {
        return "a vote in time did not win";
    }
    core::Answer refused{.to = core::RequestKind::renew,
                         .ballot = node.first_vote().ballot,
                         .asked_at = node.now(),
                         .verdict = core::Verdict::old_term,
                         .bound_term = 1ULL << 40U};
    for (int turn = 0; turn < 50 && node.election().lease(); ++turn) {
        node.pass(std::nullopt, turn == 0 ? std::optional(refused) : std::nullopt);
        if (node.election().lease() && node.released_own()) {
            return "it released a newer ballot while it holds by an older one";
        }
    }
    return std::nullopt;
}

} // namespace belay::sim
