#pragma once
// The messages of the info channel and their JSON (DESIGN section 6). Pure. The dialler says `join` first and the
// accepter answers; after that both may say everything else. A later protocol may change every message but the frame,
// `type` and `protocol` of a join, so that nodes of different protocols can refuse each other in words.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/info/card.hpp"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace belay::info {

inline constexpr std::uint32_t protocol_version = 1;
inline constexpr std::size_t card_addresses_max = 64;
inline constexpr Duration ask_deadline_max = std::chrono::minutes(10);

/// "I am this node of that cluster; let me in." The name, incarnation and version are those of the card.
struct JoinRequest {
    std::uint32_t protocol = protocol_version;
    std::string cluster;
    std::uint64_t vip_digest = 0;
    std::uint64_t config_digest = 0;
    std::string fence = {}; ///< what silences a holder there: "nftables", "address" or "off"
    NodeCard card;          ///< of another protocol: only the name, and only if it stands where ours does
};

/// The accepter's answer; the dialler says the unhappy one, too, when the accepter is not whom it wanted.
struct JoinAnswer {
    bool accepted = false;
    std::string reason; ///< of a refusal, for an operator of the receiver
    NodeCard card;      ///< of the accepter
};

struct CardUpdate {
    NodeCard card;
};

/// "Are you there?" Answered by Pong at once.
struct Ping {};

struct Pong {};

struct Ask {
    std::uint64_t id = 0;
    Duration deadline{}; ///< after which the asker does not listen any more; whole milliseconds on the wire
    nlohmann::json body;
};

struct AskReply {
    std::uint64_t id = 0;
    Result<nlohmann::json> body;
};

/// A well-formed message of a type that this version does not know.
struct UnknownMessage {
    std::string type;
};

using Message = std::variant<JoinRequest, JoinAnswer, CardUpdate, Ping, Pong, Ask, AskReply, UnknownMessage>;

/// The payload of a frame.
[[nodiscard]] std::string encode(const Message& message);

/// The message in a payload. Fails with words for a log on anything that is not one.
[[nodiscard]] Result<Message> decode(std::string_view payload);

/// Cards as JSON, also for the control socket.
[[nodiscard]] nlohmann::json to_json(const NodeCard& card);
[[nodiscard]] Result<NodeCard> card_from_json(const nlohmann::json& value);

} // namespace belay::info
