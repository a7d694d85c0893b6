#pragma once
// One Election, alpha's, in a cluster of three: driven by step() alone, the peers' messages made by hand.

#include "belay/core/election.hpp"

#include "samples.hpp"

#include <algorithm>

namespace belay::core::testing {

inline Setup alpha_setup() {
    return {.self = alpha,
            .incarnation = incarnation(alpha),
            .nodes = three_nodes(),
            .parameters = Parameters{},
            .started_unix_ns = 1000,
            .config_digest = 1,
            .abstention = lease_length};
}

/// What an idle, eligible peer says; alpha goes before it by the start timestamp.
inline Message idle() {
    Message message;
    message.role = Role::standby;
    message.eligible = true;
    message.service_healthy = true;
    message.priority = 100;
    message.started_unix_ns = 2000;
    message.config_digest = 1;
    return message;
}

struct TestedNode {
    Election election;
    Moment now{.boot = start};
    Actions seen; ///< of all steps since forget()

    explicit TestedNode(const Setup& setup = alpha_setup())
        : election(setup, start) {
        feed(ServiceChanged{{.good = true, .detail = ""}});
        feed(LinksChanged{{.good = true, .detail = ""}});
    }

    void feed(const Event& event) {
        for (Action& action : election.step(now, event)) {
            seen.push_back(std::move(action));
        }
    }

    void tick_at(Instant at) {
        now.boot = at;
        feed(Tick{});
    }

    /// Ticks at each deadline that the election asks for.
    void pass(Duration span) {
        const Instant end = now.boot + span;
        while (election.next_deadline() < end) {
            tick_at(std::max(election.next_deadline(), now.boot + 1ns));
        }
        tick_at(end);
    }

    void hear(NodeId from, const Message& message, bool newest = true, std::int64_t run = 1) {
        feed(Heard{.from = from,
                   .incarnation = incarnation(from, run),
                   .message = message,
                   .heard_at = now.boot,
                   .newest = newest});
    }

    void ask(NodeId from, RequestKind kind, const Ballot& wanted) {
        Message message = idle();
        message.request = request(kind, wanted, Instant(5s));
        hear(from, message);
    }

    void answer(NodeId from, const Answer& said) {
        Message message = idle();
        message.answer = said;
        hear(from, message);
    }

    void meet() {
        hear(bravo, idle());
        hear(charlie, idle());
    }

    /// To the moment at which alpha asks for pre-votes.
    void campaign() {
        now.boot = start + lease_length;
        meet();
        tick_at(now.boot + 100ms);
    }

    /// To the lease; it counts from this moment. The promises of bravo and charlie are given.
    void win() {
        campaign();
        answer(bravo, grant(asked(RequestKind::pre_vote)));
        answer(bravo, grant(asked(RequestKind::vote)));
        answer(charlie, grant(asked(RequestKind::vote)));
    }

    /// The last message that was sent to one peer, and the last request of a kind; an empty one when there was none.
    [[nodiscard]] Message last_sent(NodeId to = bravo) const {
        const auto sends = all<action::Send>();
        const auto found = std::find_if(sends.rbegin(), sends.rend(), [to](const auto& send) { return send.to == to; });
        return found == sends.rend() ? Message{} : found->message;
    }

    [[nodiscard]] Request asked(RequestKind kind) const {
        const auto sends = all<action::Send>();
        const auto found = std::find_if(sends.rbegin(), sends.rend(),
                                        [kind](const auto& send) { return send.message.request.kind == kind; });
        return found == sends.rend() ? Request{} : found->message.request;
    }

    [[nodiscard]] bool has_asked(RequestKind kind) const { return asked(kind).kind == kind; }

    [[nodiscard]] std::optional<Answer> last_answer(NodeId to) const {
        const auto sends = all<action::Send>();
        const auto found = std::find_if(sends.rbegin(), sends.rend(),
                                        [to](const auto& send) { return send.to == to && send.message.answer; });
        return found == sends.rend() ? std::nullopt : found->message.answer;
    }

    template <typename Kind>
    [[nodiscard]] std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const Action& action : seen) {
            if (const auto* const kind = std::get_if<Kind>(&action)) {
                found.push_back(*kind);
            }
        }
        return found;
    }

    template <typename Kind>
    [[nodiscard]] bool did() const {
        return !all<Kind>().empty();
    }

    void forget() { seen.clear(); }
};

} // namespace belay::core::testing
