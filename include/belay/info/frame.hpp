#pragma once
// Frames on the info channel (DESIGN section 6): a length of four bytes, most significant first, then that many bytes.
// Pure: bytes in, payloads out. A length is judged as soon as its four bytes are there, and memory grows only by what
// has arrived, so a lie about a length costs the liar its connection and us nothing.

#include "belay/base/bytes.hpp"
#include "belay/base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace belay::info {

inline constexpr std::size_t frame_header_bytes = 4;
inline constexpr std::size_t frame_bytes_max = std::size_t{256} * 1024; ///< of the payload

/// A payload with its length before it. Fails above frame_bytes_max.
[[nodiscard]] Result<Bytes> encode_frame(std::string_view payload);

/// Cuts a stream of bytes into payloads.
class FrameDecoder {
public:
    /// Appends what was read from the stream.
    void feed(ByteView bytes);

    /// The next whole payload; nothing while it is incomplete. Fails for good at a length above frame_bytes_max: the
    /// stream cannot be trusted any more and the connection must be closed.
    [[nodiscard]] Result<std::optional<std::string>> next();

    /// Whether a frame has begun and not ended; for the deadline of its rest.
    [[nodiscard]] bool mid_frame() const noexcept { return !buffer_.empty(); }

private:
    Bytes buffer_;
};

} // namespace belay::info
