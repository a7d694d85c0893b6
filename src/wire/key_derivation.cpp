#include "belay/wire/key_derivation.hpp"

#include "belay/base/bytes.hpp"
#include "belay/wire/openssl.hpp"

#include <array>
#include <memory>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string>

namespace belay::wire {

namespace {

struct KdfDeleter {
    void operator()(EVP_KDF* kdf) const noexcept { EVP_KDF_free(kdf); }

    void operator()(EVP_KDF_CTX* context) const noexcept { EVP_KDF_CTX_free(context); }
};

} // namespace

Result<SecretBytes> derive_key(const SecretBytes& cluster_key, std::string_view label, std::size_t size) {
    const std::unique_ptr<EVP_KDF, KdfDeleter> kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
    if (!kdf) {
        return fail_openssl("fetching HKDF");
    }
    const std::unique_ptr<EVP_KDF_CTX, KdfDeleter> context(EVP_KDF_CTX_new(kdf.get()));
    if (!context) {
        return fail_openssl("preparing HKDF");
    }
    // OSSL_PARAM takes pointers to non-const data that it only reads (OSSL_PARAM(3)).
    Bytes key(cluster_key.view().begin(), cluster_key.view().end());
    std::string info(label);
    std::string hash("SHA256");
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), hash.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
        OSSL_PARAM_construct_end(),
    };
    Bytes derived(size);
    const bool done = EVP_KDF_derive(context.get(), derived.data(), derived.size(), parameters.data()) == 1;
    const SecretBytes wiped_at_return(std::move(key));
    if (!done) {
        return fail_openssl("deriving a key with HKDF");
    }
    return SecretBytes(std::move(derived));
}

Result<KeyId> key_id(const SecretBytes& cluster_key) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
    if (EVP_Digest(cluster_key.view().data(), cluster_key.view().size(), hash.data(), nullptr, EVP_sha256(), nullptr) !=
        1) {
        return fail_openssl("hashing a key with SHA-256");
    }
    return ByteReader(hash).get<KeyId>();
}

} // namespace belay::wire
