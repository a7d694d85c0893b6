#pragma once
// Who this run of the daemon is (DESIGN section 2, "incarnation"; section 6, first contact).

#include "belay/base/ids.hpp"
#include "belay/base/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace belay::daemon {

using BootId = std::array<std::uint8_t, 16>;

/// The 36 characters of a UUID (RFC 9562), with or without a newline, as bytes.
[[nodiscard]] Result<BootId> parse_boot_id(std::string_view text);

/// Back to the 36 characters, lower case.
[[nodiscard]] std::string boot_id_text(const BootId& boot_id);

/// Makes a new incarnation for the calling thread's network namespace, begun now. Needs Linux 5.14, for the namespace
/// cookie: without it two daemons of one host would pass for one after the other.
[[nodiscard]] Result<Incarnation> make_incarnation();

} // namespace belay::daemon
