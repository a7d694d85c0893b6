#include "belay/info/frame.hpp"

namespace belay::info {

Result<Bytes> encode_frame(std::string_view payload) {
    if (payload.size() > frame_bytes_max) {
        return fail("a message of {} bytes is too long; the limit is {}", payload.size(), frame_bytes_max);
    }
    Bytes frame;
    frame.reserve(frame_header_bytes + payload.size());
    ByteWriter(frame).put(static_cast<std::uint32_t>(payload.size()));
    frame.insert(frame.end(), payload.begin(), payload.end());
    return frame;
}

void FrameDecoder::feed(ByteView bytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<std::string>> FrameDecoder::next() {
    if (buffer_.size() < frame_header_bytes) {
        return std::nullopt;
    }
    const std::size_t length = ByteReader(buffer_).get<std::uint32_t>();
    if (length > frame_bytes_max) {
        return fail("a frame of {} bytes was announced; the limit is {}", length, frame_bytes_max);
    }
    const std::size_t end = frame_header_bytes + length;
    if (buffer_.size() < end) {
        return std::nullopt;
    }
    const auto first = buffer_.begin() + frame_header_bytes;
    const auto last = buffer_.begin() + static_cast<std::ptrdiff_t>(end);
    std::string payload(first, last);
    buffer_.erase(buffer_.begin(), last);
    return payload;
}

} // namespace belay::info
