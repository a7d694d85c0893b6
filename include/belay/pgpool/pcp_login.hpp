#pragma once
// What proves to pgpool-II that we know the password. MD5 is what PCP has; the connection is local for that reason.

#include "belay/base/result.hpp"
#include "belay/base/secret.hpp"
#include "belay/pgpool/pcp_reply.hpp"

#include <string>
#include <string_view>

namespace belay::pgpool {

/// md5(md5(md5(password) + user) + salt), each in hex; pcp.conf holds the innermost. Fails when libcrypto refuses MD5,
/// as in FIPS mode.
[[nodiscard]] Result<std::string> login_hash(const SecretBytes& password, std::string_view user, const PcpSalt& salt);

} // namespace belay::pgpool
