#pragma once
// OpenSSL 3 behind Results: its reasons as text.

#include "belay/base/result.hpp"

#include <string_view>

namespace belay::wire {

/// The unhappy side of a Result for a failed call of OpenSSL; takes the reason from this thread's error queue, and
/// empties that. `what` says what was tried, for example "deriving a key with HKDF".
[[nodiscard]] std::unexpected<Error> fail_openssl(std::string_view what);

} // namespace belay::wire
