#include "belay/info/messages.hpp"

#include "belay/base/json_fields.hpp"
#include "belay/base/json_text.hpp"

#include <algorithm>
#include <limits>

namespace belay::info {

namespace {

using nlohmann::json;

/// As much of it as the reader takes, and no half of a UTF-8 sequence: a refusal that quotes what somebody sent may be
/// longer than a text can be, and would reach nobody.
std::string_view fitting(std::string_view text) {
    std::size_t size = std::min(text.size(), text_bytes_max);
    while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) {
        --size;
    }
    return text.substr(0, size);
}

json body_of(const JoinRequest& join) {
    return {{"type", "join"},
            {"protocol", join.protocol},
            {"cluster", join.cluster},
            {"vip_digest", hex_text(join.vip_digest)},
            {"config_digest", hex_text(join.config_digest)},
            {"fence", join.fence},
            {"card", to_json(join.card)}};
}

json body_of(const JoinAnswer& answer) {
    json out = {{"type", "answer"}, {"accepted", answer.accepted}};
    if (answer.accepted) {
        out["card"] = to_json(answer.card);
    } else {
        out["reason"] = fitting(answer.reason);
    }
    return out;
}

json body_of(const CardUpdate& update) {
    return {{"type", "card"}, {"card", to_json(update.card)}};
}

json body_of(const Ping& /*ping*/) {
    return {{"type", "ping"}};
}

json body_of(const Pong& /*pong*/) {
    return {{"type", "pong"}};
}

json body_of(const Ask& ask) {
    return {{"type", "ask"}, {"id", ask.id}, {"deadline_ms", to_ms(ask.deadline)}, {"body", ask.body}};
}

json body_of(const AskReply& reply) {
    json out = {{"type", "reply"}, {"id", reply.id}};
    if (reply.body) {
        out["body"] = *reply.body;
    } else {
        out["error"] = fitting(reply.body.error().text);
    }
    return out;
}

json body_of(const UnknownMessage& message) {
    return {{"type", message.type}};
}

/// The card in the member `card` of a message.
NodeCard card_of(FieldReader& fields) {
    auto card = card_from_json(fields.any("card"));
    if (!card) {
        fields.reject("card: " + card.error().text);
        return {};
    }
    return *std::move(card);
}

/// Only what every protocol must keep; the name is worth a try, for the refusal.
JoinRequest join_of_another_protocol(FieldReader& fields, std::uint64_t protocol) {
    JoinRequest join;
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    join.protocol = static_cast<std::uint32_t>(std::min(protocol, most));
    if (fields.has("card")) {
        FieldReader card(fields.any("card"));
        join.card.name = card.text("name");
    }
    return join;
}

JoinRequest join_of(FieldReader& fields) {
    const std::uint64_t protocol = fields.unsigned_number("protocol");
    if (fields.ok() && protocol != protocol_version) {
        return join_of_another_protocol(fields, protocol);
    }
    JoinRequest join;
    join.cluster = fields.text("cluster");
    join.vip_digest = fields.hex("vip_digest");
    join.config_digest = fields.hex("config_digest");
    join.fence = fields.text("fence");
    join.card = card_of(fields);
    return join;
}

JoinAnswer answer_of(FieldReader& fields) {
    JoinAnswer answer;
    answer.accepted = fields.flag("accepted");
    if (answer.accepted) {
        answer.card = card_of(fields);
    } else {
        answer.reason = fields.text("reason");
    }
    return answer;
}

Ask ask_of(FieldReader& fields) {
    Ask ask;
    ask.id = fields.unsigned_number("id");
    const std::uint64_t deadline_ms = fields.unsigned_number("deadline_ms");
    if (std::cmp_greater(deadline_ms, to_ms(ask_deadline_max))) {
        fields.reject(fmt::format("'deadline_ms' is {}; the limit is {}", deadline_ms, to_ms(ask_deadline_max)));
        return ask;
    }
    ask.deadline = std::chrono::milliseconds(deadline_ms);
    ask.body = fields.any("body");
    return ask;
}

AskReply reply_of(FieldReader& fields) {
    AskReply reply{.id = fields.unsigned_number("id"), .body = {}};
    if (fields.has("error")) {
        reply.body = std::unexpected(Error{.text = fields.text("error")});
    } else {
        reply.body = fields.any("body");
    }
    return reply;
}

Message message_of(FieldReader& fields, const std::string& type) {
    if (type == "join") {
        return join_of(fields);
    }
    if (type == "answer") {
        return answer_of(fields);
    }
    if (type == "card") {
        return CardUpdate{.card = card_of(fields)};
    }
    if (type == "ping") {
        return Ping{};
    }
    if (type == "pong") {
        return Pong{};
    }
    if (type == "ask") {
        return ask_of(fields);
    }
    if (type == "reply") {
        return reply_of(fields);
    }
    return UnknownMessage{.type = type};
}

} // namespace

std::string encode(const Message& message) {
    return to_line(std::visit([](const auto& kind) { return body_of(kind); }, message));
}

Result<Message> decode(std::string_view payload) {
    const auto value = parse_json(payload);
    if (!value) {
        return std::unexpected(value.error());
    }
    FieldReader fields(*value);
    const std::string type = fields.text("type");
    Message message = message_of(fields, type);
    if (!fields.ok()) {
        return fail("bad message '{}': {}", type, fields.failure().error().text);
    }
    return message;
}

} // namespace belay::info
