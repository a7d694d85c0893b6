// What pgpool-II may send: any bytes as a stream of PCP frames, and each frame as every kind of answer. The same stream
// in single bytes must give the same frames, and what goes on to people must be printable.

#include "belay/pgpool/pcp_frame.hpp"
#include "belay/pgpool/pcp_reply.hpp"
#include "check.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace belay;
using namespace belay::pgpool;
using fuzz::must;

constexpr std::size_t text_size_max = 700; // of two texts of 300

bool printable(const std::string& text) {
    return text.size() <= text_size_max &&
           std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; });
}

/// The frames until the end or the first nonsense, and whether there was nonsense.
std::pair<std::vector<PcpFrame>, bool> frames_of(ByteView stream, std::size_t piece) {
    PcpDecoder decoder;
    std::vector<PcpFrame> frames;
    while (!stream.empty()) {
        const ByteView part = stream.first(std::min(piece, stream.size()));
        stream = stream.subspan(part.size());
        decoder.feed(part);
        for (;;) {
            auto frame = decoder.next();
            if (!frame) {
                must(!decoder.next().has_value()); // for good
                return {std::move(frames), true};
            }
            if (!*frame) {
                break;
            }
            frames.push_back(**std::move(frame));
        }
    }
    return {std::move(frames), false};
}

void read_as_everything(const PcpFrame& frame) {
    for (std::uint32_t id = 0; id < 3; ++id) {
        const auto node = parse_node(frame, id);
        must(node ? node->backend.id == id && printable(node->backend.host) && printable(node->changed)
                  : printable(node.error().text));
    }
    if (const auto count = parse_count(frame)) {
        must(*count <= pcp_backends_max);
    }
    must(!parse_salt(frame) || frame.payload.size() == 4);
    static_cast<void>(parse_done(frame));
    const PcpComplaint complaint = parse_complaint(frame);
    must(!complaint.text.empty() && printable(complaint.text));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView stream(data, size);
    const auto whole = frames_of(stream, size + 1);
    must(whole == frames_of(stream, 1));
    std::ranges::for_each(whole.first, read_as_everything);
    return 0;
}
