#include "belay/wire/openssl.hpp"

#include <array>
#include <openssl/err.h>

namespace belay::wire {

std::unexpected<Error> fail_openssl(std::string_view what) {
    const unsigned long code = ERR_peek_last_error(); // NOLINT(google-runtime-int): OpenSSL's type
    std::array<char, 256> reason{};
    ERR_error_string_n(code, reason.data(), reason.size());
    ERR_clear_error();
    return fail("{} failed in OpenSSL: {}", what, reason.data());
}

} // namespace belay::wire
