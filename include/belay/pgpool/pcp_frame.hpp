#pragma once
// Frames of PCP, pgpool-II's control protocol: a type of one byte, a length of four, most significant first, which
// counts itself and the payload but not the type; the payload is mostly strings that end with a NUL byte. Pure: bytes
// in, frames out. A length is judged as soon as it is there, and memory grows only by what has arrived.

#include "belay/base/bytes.hpp"
#include "belay/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belay::pgpool {

/// Greatest length of a request: pgpool-II closes the connection at 260 ("invalid PCP packet").
inline constexpr std::size_t pcp_request_length_max = 259;
/// Greatest length of an answer that is believed. Those to our requests have some hundred bytes.
inline constexpr std::uint32_t pcp_answer_length_max = 65'536;

struct PcpFrame {
    char type = 0;
    std::string payload;

    bool operator==(const PcpFrame&) const = default;
};

/// A request as bytes. Fails where it would be too long, which a long user name can do; the error quotes nothing of it.
[[nodiscard]] Result<Bytes> encode(const PcpFrame& request);

/// Cuts a stream of bytes into frames.
class PcpDecoder {
public:
    /// Appends what was read from the stream.
    void feed(ByteView bytes);

    /// The next whole frame; nothing while it is incomplete. Fails for good at a type that is no letter and at a length
    /// below 4 or above pcp_answer_length_max: the other end speaks something else, and the connection must be closed.
    [[nodiscard]] Result<std::optional<PcpFrame>> next();

private:
    Bytes buffer_;
};

/// The strings of a payload, which must outlive them. Fails when the last one does not end.
[[nodiscard]] Result<std::vector<std::string_view>> strings_of(std::string_view payload);

} // namespace belay::pgpool
