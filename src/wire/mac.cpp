#include "belay/wire/mac.hpp"

#include "belay/wire/heartbeat_codec.hpp"
#include "belay/wire/key_derivation.hpp"
#include "belay/wire/openssl.hpp"

#include <algorithm>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string>

namespace belay::wire {

namespace {

struct MacDeleter {
    void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
};

constexpr std::size_t mac_key_size = 32;

} // namespace

static_assert(sizeof(Mac) == mac_size);

void MacKey::Deleter::operator()(evp_mac_ctx_st* context) const noexcept {
    EVP_MAC_CTX_free(context);
}

MacKey::MacKey(KeyId id, Context context)
    : id_(id)
    , context_(std::move(context)) {}

Result<MacKey> MacKey::make(const SecretBytes& cluster_key) {
    const auto id = key_id(cluster_key);
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto key = derive_key(cluster_key, heartbeat_key_label, mac_key_size);
    if (!key) {
        return std::unexpected(key.error());
    }
    const std::unique_ptr<EVP_MAC, MacDeleter> mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
    Context context(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr); // keeps a reference of its own to `mac`
    if (!context) {
        return fail_openssl("fetching HMAC");
    }
    std::string hash("SHA256");
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash.data(), hash.size()),
        OSSL_PARAM_construct_end(),
    };
    if (EVP_MAC_init(context.get(), key->view().data(), key->view().size(), parameters.data()) != 1) {
        return fail_openssl("keying HMAC-SHA256");
    }
    return MacKey(*id, std::move(context));
}

Result<Mac> MacKey::compute(ByteView bytes) {
    Mac mac{};
    std::size_t size = 0;
    // Without a key, init starts again with the one that the context has (EVP_MAC(3)).
    if (EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 1 ||
        EVP_MAC_update(context_.get(), bytes.data(), bytes.size()) != 1 ||
        EVP_MAC_final(context_.get(), mac.data(), &size, mac.size()) != 1 || size != mac.size()) {
        return fail_openssl("computing HMAC-SHA256");
    }
    return mac;
}

Keyring::Keyring(std::vector<MacKey> keys)
    : keys_(std::move(keys)) {}

Result<Keyring> Keyring::make(const ClusterKeys& keys) {
    if (keys.empty() || keys.size() > keys_max) {
        return fail("a cluster has one key, or two while keys rotate, not {}", keys.size());
    }
    std::vector<MacKey> ready;
    for (const SecretBytes& cluster_key : keys) {
        auto key = MacKey::make(cluster_key);
        if (!key) {
            return std::unexpected(key.error());
        }
        if (std::ranges::find(ready, key->id(), &MacKey::id) != ready.end()) {
            return fail("both cluster keys are the same; remove one of them");
        }
        ready.push_back(std::move(*key));
    }
    return Keyring(std::move(ready));
}

Status Keyring::sign(Bytes& body) {
    const auto mac = keys_.front().compute(body);
    if (!mac) {
        return std::unexpected(mac.error());
    }
    body.insert(body.end(), mac->begin(), mac->end());
    return {};
}

std::optional<Reject> Keyring::verify(KeyId key, ByteView packet) {
    if (packet.size() < mac_size) {
        return Reject::size;
    }
    const auto named = std::ranges::find(keys_, key, &MacKey::id);
    if (named == keys_.end()) {
        return Reject::unknown_key;
    }
    const auto mac = named->compute(packet.first(packet.size() - mac_size));
    if (!mac || CRYPTO_memcmp(mac->data(), packet.last(mac_size).data(), mac_size) != 0) {
        return Reject::bad_mac;
    }
    return std::nullopt;
}

} // namespace belay::wire
