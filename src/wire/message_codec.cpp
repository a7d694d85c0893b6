#include "belay/wire/message_codec.hpp"

#include "belay/wire/heartbeat_codec.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <span>
#include <string>
#include <string_view>

namespace belay::wire {

namespace {

using core::Answer;
using core::Ballot;
using core::Message;
using core::RequestKind;

// Bits of the flags byte.
constexpr unsigned flag_eligible = 1U << 0U;
constexpr unsigned flag_ranks_last = 1U << 1U;
constexpr unsigned flag_leaving = 1U << 2U;
constexpr unsigned flag_service_healthy = 1U << 3U;
constexpr unsigned flag_has_answer = 1U << 4U;
constexpr unsigned flags_known = (1U << 5U) - 1;

constexpr std::size_t answer_size = ballot_size + 5 * 8;
constexpr std::size_t answer_padding = 6;
constexpr std::size_t reason_padding = 6;

std::uint8_t flags_of(const Message& message) {
    unsigned flags = 0;
    flags |= message.eligible ? flag_eligible : 0U;
    flags |= message.ranks_last ? flag_ranks_last : 0U;
    flags |= message.leaving ? flag_leaving : 0U;
    flags |= message.service_healthy ? flag_service_healthy : 0U;
    flags |= message.answer ? flag_has_answer : 0U;
    return static_cast<std::uint8_t>(flags);
}

void put_duration(ByteWriter& out, Duration duration) {
    assert(duration >= Duration::zero());
    out.put_signed(std::min(duration, duration_max).count());
}

void put_instant(ByteWriter& out, Instant instant) {
    put_duration(out, instant.time_since_epoch());
}

void put_ballot(ByteWriter& out, const Ballot& ballot) {
    out.put(ballot.term);
    out.put(ballot.node.value);
    put_incarnation(out, ballot.incarnation);
}

Ballot get_ballot(FieldReader& in) {
    Ballot ballot;
    ballot.term = in.get_term();
    ballot.node = NodeId{in.get<std::uint64_t>()};
    ballot.incarnation = get_incarnation(in);
    return ballot;
}

void put_released(ByteWriter& out, const core::ReleaseList& released) {
    for (std::size_t i = 0; i < released.count; ++i) {
        put_ballot(out, released.ballots.at(i));
    }
    out.put_zeros((core::ReleaseList::count_max - released.count) * ballot_size);
}

core::ReleaseList get_released(FieldReader& in, std::uint8_t count) {
    core::ReleaseList released;
    if (!in.require(count <= core::ReleaseList::count_max, Reject::count)) {
        return released;
    }
    released.count = count;
    for (std::size_t i = 0; i < released.count; ++i) {
        released.ballots.at(i) = get_ballot(in);
    }
    in.expect_zeros((core::ReleaseList::count_max - released.count) * ballot_size);
    return released;
}

void put_answer(ByteWriter& out, const Answer& answer) {
    put_ballot(out, answer.ballot);
    put_instant(out, answer.asked_at);
    put_duration(out, answer.promised);
    out.put(answer.bound_term);
    put_duration(out, answer.remaining);
    out.put(static_cast<std::uint8_t>(answer.to));
    out.put(static_cast<std::uint8_t>(answer.verdict));
    out.put_zeros(answer_padding);
}

Answer get_answer(FieldReader& in) {
    Answer answer;
    answer.ballot = get_ballot(in);
    answer.asked_at = in.get_instant();
    answer.promised = in.get_duration();
    answer.bound_term = in.get_term();
    answer.remaining = in.get_duration();
    answer.to = in.get_word(RequestKind::none, RequestKind::vote, Reject::request);
    answer.verdict = in.get_word(core::Verdict::granted, core::Verdict::old_term, Reject::verdict);
    in.expect_zeros(answer_padding);
    return answer;
}

void put_reason(ByteWriter& out, const core::Reason& reason) {
    const std::string_view words = reason.words.view();
    out.put(static_cast<std::uint8_t>(reason.why));
    out.put(static_cast<std::uint8_t>(words.size()));
    out.put_zeros(reason_padding);
    for (const char letter : words) {
        out.put(static_cast<std::uint8_t>(letter));
    }
    out.put_zeros(core::ReasonText::size_max - words.size());
}

core::Reason get_reason(FieldReader& in) {
    core::Reason reason;
    reason.why = in.get_word(core::Why::none, core::why_last, Reject::reason);
    const std::size_t size = in.get<std::uint8_t>();
    in.expect_zeros(reason_padding);
    if (!in.require(size <= core::ReasonText::size_max, Reject::reason)) {
        return reason;
    }
    std::array<std::uint8_t, core::ReasonText::size_max> words{};
    const auto used = std::span(words).first(size);
    in.get_bytes(used);
    reason.words = std::string(used.begin(), used.end());
    in.expect_zeros(core::ReasonText::size_max - size);
    return reason;
}

} // namespace

void put_incarnation(ByteWriter& out, const Incarnation& incarnation) {
    out.put_bytes(incarnation.boot_id);
    out.put(incarnation.netns_cookie);
    out.put_signed(incarnation.started_ns);
    out.put(incarnation.nonce);
}

Incarnation get_incarnation(FieldReader& in) {
    Incarnation incarnation;
    in.get_bytes(incarnation.boot_id);
    incarnation.netns_cookie = in.get<std::uint64_t>();
    incarnation.started_ns = in.get_signed();
    incarnation.nonce = in.get<std::uint64_t>();
    return incarnation;
}

void put_message(ByteWriter& out, const Message& message) {
    assert(message.released.count <= core::ReleaseList::count_max);
    out.put(static_cast<std::uint8_t>(message.role));
    out.put(flags_of(message));
    out.put(static_cast<std::uint8_t>(message.request.kind));
    out.put(static_cast<std::uint8_t>(message.released.count));
    out.put(static_cast<std::uint32_t>(message.priority));
    out.put_signed(message.started_unix_ns);
    out.put(message.config_digest);
    out.put(message.highest_term);
    put_ballot(out, message.held);
    put_ballot(out, message.promised);
    put_duration(out, message.promise_remaining);
    out.put(message.successor.value);
    put_released(out, message.released);
    put_ballot(out, message.request.ballot);
    put_instant(out, message.request.composed_at);
    if (message.answer) {
        put_answer(out, *message.answer);
    } else {
        out.put_zeros(answer_size);
    }
    put_reason(out, message.reason);
}

Message get_message(FieldReader& in) {
    Message message;
    message.role = in.get_word(core::Role::joining, core::Role::refused, Reject::role);
    const unsigned flags = in.get<std::uint8_t>();
    in.require((flags & ~flags_known) == 0, Reject::padding);
    message.eligible = (flags & flag_eligible) != 0;
    message.ranks_last = (flags & flag_ranks_last) != 0;
    message.leaving = (flags & flag_leaving) != 0;
    message.service_healthy = (flags & flag_service_healthy) != 0;
    message.request.kind = in.get_word(RequestKind::none, RequestKind::vote, Reject::request);
    const auto released_count = in.get<std::uint8_t>();
    message.priority = static_cast<std::int32_t>(in.get<std::uint32_t>());
    message.started_unix_ns = in.get_signed();
    message.config_digest = in.get<std::uint64_t>();
    message.highest_term = in.get_term();
    message.held = get_ballot(in);
    message.promised = get_ballot(in);
    message.promise_remaining = in.get_duration();
    message.successor = NodeId{in.get<std::uint64_t>()};
    message.released = get_released(in, released_count);
    message.request.ballot = get_ballot(in);
    message.request.composed_at = in.get_instant();
    if ((flags & flag_has_answer) != 0) {
        message.answer = get_answer(in);
    } else {
        in.expect_zeros(answer_size);
    }
    message.reason = get_reason(in);
    return message;
}

} // namespace belay::wire
