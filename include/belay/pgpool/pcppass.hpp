#pragma once
// The password file of PCP's tools (.pcppass): `host:port:user:password` in a line, the first line that fits counts. In
// each of the first three `*` fits everything; a colon or backslash inside of a field has a backslash before it; lines
// that begin with `#` are comments.

#include "belay/base/result.hpp"
#include "belay/base/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace belay::pgpool {

/// What the password is for. `host` of a UNIX socket is "localhost", as for PCP's tools.
struct PasswordFor {
    std::string_view host;
    std::uint16_t port = 0;
    std::string_view user;
};

/// The password in the text of a file; the error does not name the file, and never quotes a password. Pure.
[[nodiscard]] Result<SecretBytes> password_in(std::string_view text, const PasswordFor& wanted);

/// The same from a file, read anew. Refused: one that others may read or its group may write (mode above 0640).
[[nodiscard]] Result<SecretBytes> password_from(const std::string& path, const PasswordFor& wanted);

} // namespace belay::pgpool
