#pragma once
// What pgpool-II answers by PCP. Pure. Every function here takes whatever came and fails on what it cannot be; text
// that goes on to people is printable ASCII of bounded length.

#include "belay/base/result.hpp"
#include "belay/pgpool/backend.hpp"
#include "belay/pgpool/pcp_frame.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace belay::pgpool {

/// As many database nodes as pgpool-II can have (MAX_NUM_BACKENDS).
inline constexpr std::uint32_t pcp_backends_max = 128;

using PcpSalt = std::array<std::uint8_t, 4>;

/// The answer to H: what we want of it, and pgpool-II's word for when the status changed last, to be compared only.
struct PcpNode {
    Backend backend;
    std::string changed;

    bool operator==(const PcpNode&) const = default;
};

/// An E frame, or an N frame, which is laid out alike.
struct PcpComplaint {
    bool fatal = false; ///< pgpool-II closes the connection after it
    std::string text;   ///< "could not process promote request (node id 7 is not valid)"
};

[[nodiscard]] Result<PcpSalt> parse_salt(const PcpFrame& answer);
/// Of a login or a command: done, or taken.
[[nodiscard]] Status parse_done(const PcpFrame& answer);
[[nodiscard]] Result<std::uint32_t> parse_count(const PcpFrame& answer);
/// The answer must be about `id`. Status and role may be words, as 4.2 and later say, or numbers.
[[nodiscard]] Result<PcpNode> parse_node(const PcpFrame& answer, std::uint32_t id);
[[nodiscard]] PcpComplaint parse_complaint(const PcpFrame& answer);

} // namespace belay::pgpool
