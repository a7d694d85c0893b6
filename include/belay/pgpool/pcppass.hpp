#pragma once
// The password file of PCP's tools (.pcppass): `host:port:user:password` in a line, the first line that fits counts. In
// each of the first three `*` fits everything; a colon or backslash inside of a field has a backslash before it; lines
// that begin with `#` are comments. Errors name the file, the line and the remedy, never a password.

#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"
#include "belay/base/secret.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace belay::pgpool {

/// What the first three fields of a line must say.
struct PasswordFor {
    std::vector<std::string> hosts; ///< one of them
    std::string port;
    std::string user;
};

/// A UNIX socket is at `localhost`, as for PCP's tools, or at its directory, and its name ends with the port. A
/// loopback address may be written as `localhost`, too. Pure.
[[nodiscard]] PasswordFor password_for(const std::variant<Endpoint, std::string>& address, const std::string& user);

/// The password in the text of the file at `path`. A line that is none is an error only when no other one fits: it may
/// be the one that was meant. Pure.
[[nodiscard]] Result<SecretBytes> password_in(const std::string& path, std::string_view text,
                                              const PasswordFor& wanted);

/// The same from a file, read anew. Refused: what is no regular file, and a mode looser than 0640. Any thread.
[[nodiscard]] Result<SecretBytes> password_from(const std::string& path, const PasswordFor& wanted);

} // namespace belay::pgpool
