// What a peer may send on the info channel: any bytes as a stream of frames, and each frame, and the input as a whole,
// as a message. The same stream in single bytes must give the same frames; what decodes must encode to a message that
// decodes to the same; who is refused is refused in words that both can read.

#include "belay/base/log.hpp"
#include "belay/info/admission.hpp"
#include "belay/info/frame.hpp"
#include "belay/info/messages.hpp"
#include "check.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace belay;
using namespace belay::info;
using fuzz::must;

/// Errors may quote the peer, whose words the log makes readable.
void must_be_loggable(std::string_view text) {
    constexpr std::size_t size_max = 8192; // a few quoted texts
    must(!text.empty() && text.size() <= size_max);
    const std::string line = log::format_line("event", {{"reason", std::string(text)}});
    must(fuzz::has_no_controls(line));
}

struct Cut {
    std::vector<std::string> payloads;
    bool failed = false;
    bool mid_frame = false;

    bool operator==(const Cut&) const = default;
};

/// The payloads until the end of the stream or the first frame that is too long.
Cut payloads_of(ByteView stream, std::size_t piece) {
    FrameDecoder decoder;
    Cut cut;
    while (!stream.empty()) {
        const ByteView part = stream.first(std::min(piece, stream.size()));
        stream = stream.subspan(part.size());
        decoder.feed(part);
        for (;;) {
            auto payload = decoder.next();
            if (!payload) {
                must_be_loggable(payload.error().text);
                must(!decoder.next().has_value()); // for good
                cut.failed = true;
                return cut;
            }
            if (!*payload) {
                break;
            }
            cut.payloads.push_back(**std::move(payload));
        }
    }
    cut.mid_frame = decoder.mid_frame();
    return cut;
}

/// The frames of these payloads are what the stream began with.
void must_frame_again(const Cut& cut, ByteView stream) {
    Bytes again;
    for (const std::string& payload : cut.payloads) {
        const auto frame = encode_frame(payload);
        must(frame.has_value());
        again.insert(again.end(), frame->begin(), frame->end());
    }
    must(again.size() <= stream.size() && std::ranges::equal(again, stream.first(again.size())));
    must(cut.failed || cut.mid_frame == (again.size() < stream.size()));
}

void must_refuse_in_words(const std::optional<Refusal>& refusal) {
    if (!refusal) {
        return;
    }
    must_be_loggable(refusal->for_us);
    must_be_loggable(refusal->for_peer);
    const auto heard = decode(encode(JoinAnswer{.accepted = false, .reason = refusal->for_peer, .card = {}}));
    must(heard.has_value());
}

void judge_as_accepter(const JoinRequest& join) {
    const Expected here{.cluster = "pgha",
                        .node = "alpha",
                        .peer_names = {"bravo", "charlie"},
                        .vip_digest = 1,
                        .config_digest = 2,
                        .fence = "nftables"};
    const auto refusal = judge(join, here);
    must(refusal || (join.cluster == "pgha" && (join.card.name == "bravo" || join.card.name == "charlie")));
    must_refuse_in_words(refusal);
}

void read_message(std::string_view payload) {
    const auto message = decode(payload);
    if (!message) {
        must_be_loggable(message.error().text);
        return;
    }
    const std::string text = encode(*message);
    must(!text.contains('\n'));
    const auto again = decode(text);
    must(again.has_value() && again->index() == message->index() && encode(*again) == text);
    if (const auto* const join = std::get_if<JoinRequest>(&*message)) {
        judge_as_accepter(*join);
        must_refuse_in_words(judge_accepter(join->card, "bravo"));
    } else if (const auto* const ask = std::get_if<Ask>(&*message)) {
        must(ask->deadline >= Duration::zero() && ask->deadline <= ask_deadline_max);
    } else if (const auto* const update = std::get_if<CardUpdate>(&*message)) {
        const auto card = card_from_json(to_json(update->card));
        must(card.has_value() && *card == update->card && card->addresses.size() <= card_addresses_max);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView stream(data, size);
    constexpr std::size_t odd = 7;
    const Cut whole = payloads_of(stream, size + 1);
    must(whole == payloads_of(stream, 1) && whole == payloads_of(stream, odd));
    must_frame_again(whole, stream);
    std::ranges::for_each(whole.payloads, read_message);
    read_message(fuzz::text_of(data, size));
    return 0;
}
