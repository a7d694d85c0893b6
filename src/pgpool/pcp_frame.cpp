#include "belay/pgpool/pcp_frame.hpp"

namespace belay::pgpool {

namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t header_bytes = 1 + length_bytes;

bool is_letter(std::uint8_t byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

} // namespace

Result<Bytes> encode(const PcpFrame& request) {
    const std::size_t length = length_bytes + request.payload.size();
    if (length > pcp_request_length_max) {
        return fail("a request '{}' of {} bytes is too long for pgpool-II, which takes {}", request.type, length,
                    pcp_request_length_max);
    }
    Bytes bytes;
    bytes.reserve(header_bytes + request.payload.size());
    bytes.push_back(static_cast<std::uint8_t>(request.type));
    ByteWriter(bytes).put(static_cast<std::uint32_t>(length));
    bytes.insert(bytes.end(), request.payload.begin(), request.payload.end());
    return bytes;
}

void PcpDecoder::feed(ByteView bytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<PcpFrame>> PcpDecoder::next() {
    if (!buffer_.empty() && !is_letter(buffer_.front())) {
        return fail("a frame begins with byte {:#04x}, which is no letter", buffer_.front());
    }
    if (buffer_.size() < header_bytes) {
        return std::nullopt;
    }
    const auto length = ByteReader(ByteView(buffer_).subspan(1)).get<std::uint32_t>();
    if (length < length_bytes || length > pcp_answer_length_max) {
        return fail("a frame '{}' of length {} was announced; the least is {}, the greatest {}",
                    static_cast<char>(buffer_.front()), length, length_bytes, pcp_answer_length_max);
    }
    if (buffer_.size() < 1 + std::size_t{length}) {
        return std::nullopt;
    }
    const auto last = buffer_.begin() + 1 + static_cast<std::ptrdiff_t>(length);
    PcpFrame frame{.type = static_cast<char>(buffer_.front()),
                   .payload = std::string(buffer_.begin() + header_bytes, last)};
    buffer_.erase(buffer_.begin(), last);
    return frame;
}

Result<std::vector<std::string_view>> strings_of(std::string_view payload) {
    std::vector<std::string_view> strings;
    while (!payload.empty()) {
        const std::size_t end = payload.find('\0');
        if (end == std::string_view::npos) {
            return fail("its last string does not end");
        }
        strings.push_back(payload.substr(0, end));
        payload.remove_prefix(end + 1);
    }
    return strings;
}

} // namespace belay::pgpool
