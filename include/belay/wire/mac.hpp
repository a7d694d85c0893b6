#pragma once
// HMAC-SHA256 over every heartbeat (DESIGN section 6, "Key file"): signed with the first key, accepted with any, so
// that keys rotate without a pause. Each MAC key is derived from its cluster key with a label of its own.

#include "belay/base/bytes.hpp"
#include "belay/base/result.hpp"
#include "belay/base/secret.hpp"
#include "belay/wire/heartbeat_packet.hpp"
#include "belay/wire/reject.hpp"

#include <array>
#include <memory>
#include <optional>
#include <vector>

struct evp_mac_ctx_st; // OpenSSL's; its headers stay out of this one

namespace belay::wire {

using Mac = std::array<std::uint8_t, 32>;

/// One key, ready to use. Movable; one thread at a time.
class MacKey {
public:
    /// Derives the heartbeat's key from a cluster key.
    [[nodiscard]] static Result<MacKey> make(const SecretBytes& cluster_key);

    [[nodiscard]] KeyId id() const noexcept { return id_; }

    [[nodiscard]] Result<Mac> compute(ByteView bytes);

private:
    struct Deleter {
        void operator()(evp_mac_ctx_st* context) const noexcept;
    };

    using Context = std::unique_ptr<evp_mac_ctx_st, Deleter>;

    MacKey(KeyId id, Context context);

    KeyId id_;
    Context context_; ///< keyed once; each packet starts it again without the key schedule
};

/// The keys that are valid now. Movable; one thread at a time.
class Keyring {
public:
    static constexpr std::size_t keys_max = 2;

    /// One or two different keys; the first one signs.
    [[nodiscard]] static Result<Keyring> make(const ClusterKeys& keys);

    /// What belongs into Header::key.
    [[nodiscard]] KeyId signing_key() const noexcept { return keys_.front().id(); }

    /// Appends the MAC over `body`.
    [[nodiscard]] Status sign(Bytes& body);

    /// Checks a whole packet, made with the key that it names; compares in constant time. Empty when it holds.
    [[nodiscard]] std::optional<Reject> verify(KeyId key, ByteView packet);

private:
    explicit Keyring(std::vector<MacKey> keys);

    std::vector<MacKey> keys_;
};

} // namespace belay::wire
