#pragma once
// core::Message inside a heartbeat, message_size bytes:
//
//   role 1 | flags 1 | request kind 1 | released count 1 | priority 4 | started 8 | digest 8 | highest term 8 |
//   held 56 | promised 56 | promise remaining 8 | successor 8 | released 4 x 56 |
//   request: ballot 56, composed at 8 |
//   answer: ballot 56, asked at 8, promised 8, bound term 8, remaining 8, to 1, verdict 1, zero 6 |
//   reason: why 1, size of words 1, zero 6, words 160
//
// What is not there (an answer, ballots beyond the count, words beyond the size) is zero, and checked to be.

#include "belay/base/bytes.hpp"
#include "belay/core/message.hpp"
#include "belay/wire/field_reader.hpp"

namespace belay::wire {

/// Appends message_size bytes. Asserts what decode would refuse (negative lengths, unknown words): our own core made
/// it.
void put_message(ByteWriter& out, const core::Message& message);

/// Reads them; `in` holds the first refusal, if any.
[[nodiscard]] core::Message get_message(FieldReader& in);

void put_incarnation(ByteWriter& out, const Incarnation& incarnation);
[[nodiscard]] Incarnation get_incarnation(FieldReader& in);

} // namespace belay::wire
