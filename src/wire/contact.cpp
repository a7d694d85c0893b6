#include "belay/wire/contact.hpp"

#include "belay/core/sabotage.hpp"

#include <cassert>

namespace belay::wire {

namespace {

/// More than the incarnations of one peer that can ask in good faith within half a heartbeat interval; a bound on what
/// a replayed challenge costs.
constexpr std::uint32_t answers_max = 4;

Decision refuse(Reject reason) {
    return {.refused = reason};
}

Reject reason_of(Freshness freshness) {
    return freshness == Freshness::repeated ? Reject::repeated : Reject::stale;
}

} // namespace

Contact::Contact(ContactSetup setup)
    : setup_(std::move(setup))
    , pending_(setup_.heartbeat_interval / 2, setup_.lease, setup_.nonces)
    , answers_(answers_max, setup_.heartbeat_interval / 2) {
    assert(setup_.own.known());
}

Decision Contact::receive(Instant now, const Header& header) {
    if (is_later_run(established_, header.incarnation) && !sabotage::is(sabotage::Break::runs_unordered)) {
        return refuse(Reject::older_run); // dropped for good: not even its questions are answered
    }
    const bool known_run = established_.known() && header.incarnation == established_;
    Decision decision = known_run ? from_established(now, header) : from_other(now, header);
    remember_question(now, header);
    const Nonce ask = decision.refused == Reject::unproved ? pending_.ask(now, header.incarnation) : Nonce{};
    decision.reply = reply_to(now, header, ask);
    return decision;
}

Decision Contact::from_established(Instant now, const Header& header) {
    // It is proved already: asking again would prove nothing more. If it does not know us, it asks.
    if (header.echo != setup_.own && !sabotage::is(sabotage::Break::echo_unchecked)) {
        return refuse(Reject::wrong_echo);
    }
    const Freshness freshness = window_.judge(header.sequence);
    if (sabotage::is(sabotage::Break::replays_taken)) {
        return {};
    }
    if (freshness != Freshness::fresh) {
        return refuse(reason_of(freshness));
    }
    const bool newest = header.sequence > window_.highest();
    window_.use(header.sequence);
    last_heard_ = now;
    return {.refused = std::nullopt, .newest = newest};
}

Decision Contact::from_other(Instant now, const Header& header) {
    const bool replaces =
        is_later_run(header.incarnation, established_) || sabotage::is(sabotage::Break::clone_releases);
    if (alive(now) && !replaces) {
        return held_off(header.incarnation);
    }
    const bool proved = sabotage::is(sabotage::Break::contact_unproved) ||
                        (header.echo == setup_.own && header.sequence != 0 &&
                         pending_.answers(now, header.incarnation, header.nonce_echo));
    if (!proved) {
        return refuse(Reject::unproved);
    }
    establish(now, header);
    return {.refused = std::nullopt, .newest = true, .established_now = true};
}

Decision Contact::held_off(const Incarnation& rival) {
    Decision decision = refuse(Reject::rival);
    decision.rival_seen = rival != rival_;
    rival_ = rival;
    return decision;
}

void Contact::establish(Instant now, const Header& header) {
    established_ = header.incarnation;
    // Only what comes after this packet is new: an earlier one may have been used when this run was established before.
    window_ = ReplayWindow(header.sequence);
    last_heard_ = now;
    pending_.clear();
    rival_ = {};
    if (question_ && question_->asker != established_) {
        question_.reset();
    }
}

void Contact::remember_question(Instant now, const Header& header) {
    // Heartbeats are meant for the established run: no other asker may turn their echo elsewhere.
    if (header.challenge.known() && (!established_.known() || header.incarnation == established_)) {
        question_ = Question{.asker = header.incarnation, .nonce = header.challenge, .heard = now};
    }
}

std::optional<Outgoing> Contact::reply_to(Instant now, const Header& header, const Nonce& ask) {
    const bool answer = header.challenge.known() && may_answer(now, header.challenge);
    if (!answer && !ask.known()) {
        return std::nullopt;
    }
    return Outgoing{
        .echo = answer ? header.incarnation : established_,
        .nonce_echo = answer ? header.challenge : Nonce{},
        .challenge = ask,
        .sequence = ++sequence_,
    };
}

bool Contact::may_answer(Instant now, const Nonce& nonce) {
    // The copy that came by another channel needs no second answer.
    const bool answered_just_now = nonce == answered_ && now - answered_at_ < setup_.heartbeat_interval / 2;
    if (answered_just_now || !answers_.allow(now)) {
        return false;
    }
    answered_ = nonce;
    answered_at_ = now;
    return true;
}

Outgoing Contact::next_header(Instant now) {
    if (question_ && now - question_->heard >= setup_.lease) {
        question_.reset(); // its nonce has expired at the peer
    }
    return Outgoing{
        .echo = question_ && !established_.known() ? question_->asker : established_,
        .nonce_echo = question_ ? question_->nonce : Nonce{},
        .challenge = pending_.latest(now),
        .sequence = ++sequence_,
    };
}

bool Contact::alive(Instant now) const {
    return last_heard_ && now - *last_heard_ < setup_.lease;
}

} // namespace belay::wire
