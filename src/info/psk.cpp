#include "belay/info/psk.hpp"

#include <array>
#include <fmt/ranges.h>
#include <memory>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

namespace belay::info {

namespace {

constexpr std::size_t key_id_bytes = 8;

std::unexpected<Error> crypto_failure(std::string_view what) {
    const char* const reason = ::ERR_reason_error_string(::ERR_get_error());
    ::ERR_clear_error();
    return fail("{} failed: {}", what, reason == nullptr ? "libcrypto gives no reason" : reason);
}

/// OSSL_PARAM takes its input as mutable memory but only reads it.
OSSL_PARAM octets(const char* name, std::span<const std::uint8_t> bytes) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): see above
    return ::OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

Result<SecretBytes> hkdf_sha256(std::span<const std::uint8_t> secret, std::string_view label) {
    const std::unique_ptr<EVP_KDF, decltype(&::EVP_KDF_free)> kdf(::EVP_KDF_fetch(nullptr, "HKDF", nullptr),
                                                                  &::EVP_KDF_free);
    const std::unique_ptr<EVP_KDF_CTX, decltype(&::EVP_KDF_CTX_free)> context(
        kdf ? ::EVP_KDF_CTX_new(kdf.get()) : nullptr, &::EVP_KDF_CTX_free);
    if (!context) {
        return crypto_failure("making HKDF");
    }
    std::string digest = "SHA256";
    const std::vector<std::uint8_t> info(label.begin(), label.end());
    const std::array parameters{::OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), digest.size()),
                                octets(OSSL_KDF_PARAM_KEY, secret), octets(OSSL_KDF_PARAM_INFO, info),
                                ::OSSL_PARAM_construct_end()};
    std::vector<std::uint8_t> out(psk_bytes);
    if (::EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) != 1) {
        return crypto_failure("HKDF-SHA256 of the cluster key");
    }
    return SecretBytes(std::move(out));
}

} // namespace

Result<std::string> key_id(std::span<const std::uint8_t> cluster_key) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
    if (::EVP_Digest(cluster_key.data(), cluster_key.size(), hash.data(), nullptr, ::EVP_sha256(), nullptr) != 1) {
        return crypto_failure("SHA-256 of the cluster key");
    }
    return fmt::format("{:02x}", fmt::join(std::span(hash).first(key_id_bytes), ""));
}

Result<Psk> derive_psk(std::span<const std::uint8_t> cluster_key) {
    if (cluster_key.size() < cluster_key_bytes_min) {
        return fail("a cluster key of {} bytes is too short; it needs {} (make one with: belay keygen)",
                    cluster_key.size(), cluster_key_bytes_min);
    }
    auto identity = key_id(cluster_key);
    if (!identity) {
        return std::unexpected(std::move(identity).error());
    }
    auto key = hkdf_sha256(cluster_key, psk_label);
    if (!key) {
        return std::unexpected(std::move(key).error());
    }
    return Psk{.identity = *std::move(identity), .key = *std::move(key)};
}

Result<std::vector<Psk>> derive_psks(const ClusterKeys& keys) {
    if (keys.empty()) {
        return fail("there is no cluster key");
    }
    std::vector<Psk> psks;
    for (const SecretBytes& key : keys) {
        auto psk = derive_psk(key.view());
        if (!psk) {
            return std::unexpected(std::move(psk).error());
        }
        psks.push_back(*std::move(psk));
    }
    return psks;
}

} // namespace belay::info
