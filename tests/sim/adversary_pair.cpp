#include "adversary_pair.hpp"

#include "belay/core/election.hpp"

#include <utility>

namespace belay::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

using Found = std::optional<std::string>;

constexpr Instant beginning = Instant(seconds(100));
constexpr Duration lease_length = milliseconds(500);
constexpr Duration interval = milliseconds(100);

/// Node "b", past its abstention, which has heard "a" as a healthy standby.
class NodeB {
public:
    explicit NodeB(bool upstream)
        : election_(setup(upstream), beginning) {
        condition(true);
        now_ += lease_length;
        hear_a({});
    }

    [[nodiscard]] Instant now() const noexcept { return now_; }

    [[nodiscard]] bool ever_served() const noexcept { return ever_served_; }

    [[nodiscard]] bool holds() const { return election_.lease() && election_.lease()->holds(now_); }

    void condition(bool good) {
        feed(core::ServiceChanged{.condition = {.good = good, .detail = good ? "well" : "broken"}});
        feed(core::LinksChanged{.condition = {.good = true, .detail = "up"}});
    }

    void pass(Duration span) {
        for (const Instant end = now_ + span; now_ < end;) {
            now_ += milliseconds(5);
            feed(core::Tick{});
        }
    }

    /// So many intervals in which the gateway answers; what comes of each question for the VIPs, if one is asked.
    void pass_asking(int count, std::optional<core::ProbeOutcome> outcome) {
        for (int turn = 0; turn < count; ++turn) {
            pass(interval);
            feed(core::UpstreamChecked{.reachable = true, .asked_at = now_});
            if (outcome) {
                feed(core::VipProbed{.asked_at = now_, .outcome = *outcome});
            }
        }
    }

    void hang(Duration span) {
        now_ += span;
        feed(core::Tick{});
    }

    void hear_a(core::Message message) {
        message.role = message.leaving ? core::Role::down : core::Role::standby;
        feed(core::Heard{
            .from = node_id("a"), .incarnation = run_of_a, .message = std::move(message), .heard_at = now_});
    }

    /// "a" asks for a vote and gets it, and holds by that ballot.
    core::Ballot vote_for_a(core::Term term) {
        const core::Ballot ballot{.term = term, .node = node_id("a"), .incarnation = run_of_a};
        core::Message message;
        message.request = {.kind = core::RequestKind::vote, .ballot = ballot, .composed_at = now_};
        hear_a(std::move(message));
        return ballot;
    }

    void hear_release(const core::Ballot& ballot, bool leaving) {
        core::Message message;
        message.released.ballots[0] = ballot;
        message.released.count = 1;
        message.leaving = leaving;
        hear_a(std::move(message));
    }

    void feed(const core::Event& event) {
        for (const core::Action& action : election_.step({.boot = now_}, event)) {
            if (const auto* const withdraw = std::get_if<core::action::Withdraw>(&action)) {
                withdrawn_ = withdraw->ballot;
            }
            ever_served_ = ever_served_ || std::holds_alternative<core::action::Serve>(action);
        }
        if (const auto ballot = std::exchange(withdrawn_, std::nullopt)) {
            feed(core::Withdrawn{.ballot = *ballot, .acknowledged = true});
        }
    }

private:
    static constexpr Incarnation run_of_a{.boot_id = {2}, .netns_cookie = 1, .started_ns = 1, .nonce = 1};

    static core::Setup setup(bool upstream) {
        core::Setup setup;
        setup.self = node_id("b");
        setup.incarnation = {.boot_id = {1}, .netns_cookie = 2, .started_ns = 1, .nonce = 1};
        for (const char* name : {"a", "b"}) {
            setup.nodes.push_back({.id = node_id(name), .name = name});
        }
        setup.upstream = upstream;
        setup.abstention = lease_length;
        return setup;
    }

    Instant now_ = beginning;
    core::Election election_;
    std::optional<core::Ballot> withdrawn_;
    bool ever_served_ = false;
};

Found unless(bool good, const char* found) {
    return good ? std::nullopt : Found(found);
}

} // namespace

Found taken_from_answering_host() {
    NodeB node(true);
    node.pass_asking(30, core::ProbeOutcome::answered);
    return unless(!node.ever_served(), "it took the VIPs while another host answered for them");
}

Found second_claim_stays() {
    NodeB node(true);
    node.pass_asking(16, core::ProbeOutcome::unanswered);
    if (!node.holds()) {
        return "a long silence did not let it take";
    }
    node.feed(core::VipProbed{.asked_at = node.now(), .outcome = core::ProbeOutcome::answered});
    return unless(!node.holds(), "two hosts have the VIPs, and the one of the later name stays");
}

/// The daemon hung in the midst of its questions; the other one may have held meanwhile.
Found silence_with_a_pause() {
    const core::Parameters parameters;
    core::VipProbing probing;
    Instant now = beginning;
    for (int question = 0; question < 12; ++question) {
        now += question == 6 ? 4 * lease_length : interval;
        probing.record(now, core::ProbeOutcome::unanswered, parameters);
    }
    return unless(!probing.nobody_there(now, parameters), "a silence that it did not listen to counted");
}

Found rival_runs_over() {
    NodeB node(true);
    node.pass_asking(4, core::ProbeOutcome::unanswered);
    node.feed(core::VipProbed{.asked_at = node.now(), .outcome = core::ProbeOutcome::rival});
    node.pass_asking(16, core::ProbeOutcome::unanswered);
    return unless(!node.holds(), "two hosts ask for the VIPs, and the one of the later name goes on");
}

/// "a" stops in good order while "b" is not able to take, starts again unheard, and takes.
Found old_farewell() {
    NodeB node(true);
    node.condition(false);
    node.hear_release(node.vote_for_a(7), true);
    node.pass_asking(30, std::nullopt);
    node.condition(true);
    node.pass_asking(3, std::nullopt);
    return unless(!node.holds(), "a farewell of three seconds ago let it take at once");
}

/// Neither the gateway nor "a" answers; the word of the operator keeps the lease, until "a" is heard.
Found fenced_node_returns() {
    NodeB node(true);
    node.pass(2 * lease_length);
    node.feed(core::FencedByOperator{.node = node_id("a")});
    node.pass(lease_length);
    if (!node.holds()) {
        return "the word of the operator did not let it take";
    }
    node.hear_a({});
    node.pass(2 * lease_length);
    return unless(!node.holds(), "it keeps without any answer, by the word for a node that is back");
}

Found right_survives_lease() {
    NodeB node(true);
    node.pass(2 * lease_length);
    node.feed(core::FencedByOperator{.node = node_id("a")});
    node.pass(lease_length);
    node.hang(4 * lease_length);
    node.pass(2 * lease_length);
    return unless(!node.holds(), "the word of the operator was used twice");
}

/// "a" releases, but "b" cannot take and votes for "a" again, which falls silent.
Found right_survives_vote() {
    NodeB node(false);
    node.condition(false);
    node.hear_release(node.vote_for_a(7), false);
    node.vote_for_a(8);
    node.condition(true);
    node.pass(4 * lease_length);
    return unless(!node.holds(), "it took the VIPs from a silent node that it had voted for");
}

} // namespace belay::sim
