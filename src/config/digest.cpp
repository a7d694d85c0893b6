// What every node must agree on, as a text of one form, and its SHA-256 (DESIGN section 3.8). The text is independent
// of the order of the file, of its comments and of the units in which a value was written. Names hold neither blanks
// nor newlines, so two different settings never have one text.

#include "belay/config/settings.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <fmt/format.h>
#include <memory>
#include <openssl/evp.h>
#include <string>
#include <vector>

namespace belay::config {

namespace {

constexpr std::size_t hash_size = 32;
using Hash = std::array<std::uint8_t, hash_size>;

Hash sha256(std::string_view text) {
    // A library context of our own, so that no openssl.cnf on some host can take the algorithm away.
    const std::unique_ptr<OSSL_LIB_CTX, decltype(&OSSL_LIB_CTX_free)> context(OSSL_LIB_CTX_new(), &OSSL_LIB_CTX_free);
    Hash hash{};
    std::size_t size = 0;
    const int done = EVP_Q_digest(context.get(), "SHA256", nullptr, text.data(), text.size(), hash.data(), &size);
    assert(done == 1 && size == hash.size()); // fails only without memory
    return hash;
}

std::string vip_lines(const Settings& settings) {
    std::vector<std::string> lines;
    lines.reserve(settings.vips.size());
    for (const Vip& vip : settings.vips) {
        lines.push_back(fmt::format("vip {} {} {}\n", vip.name, to_text(vip.address), vip.interface));
    }
    std::ranges::sort(lines);
    return fmt::format("{}", fmt::join(lines, ""));
}

std::string node_lines(const Settings& settings) {
    std::vector<std::string> lines;
    lines.reserve(settings.nodes.size());
    for (const Node& node : settings.nodes) {
        lines.push_back(fmt::format("node {} {}\n", node.name, node.kind == NodeKind::member ? "member" : "witness"));
    }
    std::ranges::sort(lines);
    return fmt::format("{}", fmt::join(lines, ""));
}

} // namespace

std::uint64_t digest(const Settings& settings, FenceKind fence) {
    assert(fence != FenceKind::automatic);
    const Cluster& cluster = settings.cluster;
    std::string text =
        fmt::format("lease {}ns\nheartbeat_interval {}ns\nclock_drift {}ppm\nfence_slack {}ns\n", cluster.lease.count(),
                    cluster.heartbeat_interval.count(), cluster.clock_drift_ppm, cluster.fence_slack.count());
    text += fmt::format("tiebreaker {}\n", cluster.upstream ? "upstream " + to_text(*cluster.upstream) : "none");
    text += fmt::format("fence {}\n", word_of(fence));
    const Hash hash = sha256(text + node_lines(settings) + vip_lines(settings));
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < sizeof(value); ++index) {
        value = (value << 8U) | hash.at(index);
    }
    return value;
}

std::string vip_digest(const Settings& settings) {
    return fmt::format("{:02x}", fmt::join(sha256(vip_lines(settings)), ""));
}

} // namespace belay::config
