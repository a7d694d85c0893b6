#include "belay/pgpool/pcp_login.hpp"

#include "belay/wire/openssl.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <span>
#include <vector>

namespace belay::pgpool {

namespace {

constexpr std::size_t md5_bytes = 16;

struct ContextDeleter {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); } // clears it as well
};

/// MD5 of both parts, one after the other, in hex. The digits of the first steps open PCP just as the password does.
Result<SecretBytes> md5_hex(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second) {
    const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
    if (!context || EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), first.data(), first.size()) != 1 ||
        EVP_DigestUpdate(context.get(), second.data(), second.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) != 1) {
        return wire::fail_openssl("MD5, which the PCP login needs,");
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::vector<std::uint8_t> hex;
    hex.reserve(2 * md5_bytes); // never moves, so no copy stays behind
    for (const std::uint8_t byte : std::span(hash).first(md5_bytes)) {
        hex.push_back(static_cast<std::uint8_t>(digits[byte >> 4U]));
        hex.push_back(static_cast<std::uint8_t>(digits[byte & 0xfU]));
    }
    OPENSSL_cleanse(hash.data(), hash.size());
    return SecretBytes(std::move(hex));
}

} // namespace

Result<std::string> login_hash(const SecretBytes& password, std::string_view user, const PcpSalt& salt) {
    const std::vector<std::uint8_t> name(user.begin(), user.end());
    const auto stored = md5_hex(password.view(), {});
    const auto named = stored ? md5_hex(stored->view(), name) : std::unexpected(stored.error());
    const auto salted = named ? md5_hex(named->view(), salt) : std::unexpected(named.error());
    if (!salted) {
        return std::unexpected(salted.error());
    }
    return std::string(salted->view().begin(), salted->view().end());
}

} // namespace belay::pgpool
