#include "belay/info/admission.hpp"

#include "belay/base/json_fields.hpp"

#include <algorithm>

namespace belay::info {

namespace {

/// The same sentence for both readers; `format` takes the value here and the value there.
Refusal told_to_both(fmt::format_string<const std::string&, const std::string&> format, const std::string& ours,
                     const std::string& theirs) {
    return {.for_us = fmt::format(format, ours, theirs), .for_peer = fmt::format(format, theirs, ours)};
}

} // namespace

std::optional<Refusal> judge(const JoinRequest& join, const Expected& here) {
    const std::string& name = join.card.name;
    if (join.protocol != protocol_version) {
        return told_to_both("info protocol is {} here and {} there; run the same version on all nodes",
                            fmt::to_string(protocol_version), fmt::to_string(join.protocol));
    }
    if (join.cluster != here.cluster) {
        return told_to_both("cluster name is '{}' here and '{}' there", here.cluster, join.cluster);
    }
    if (name == here.node) {
        return Refusal{.for_us = fmt::format("it claims the name of this node, '{}'", name),
                       .for_peer = fmt::format("the node there is named '{}', too", name)};
    }
    if (std::ranges::find(here.peer_names, name) == here.peer_names.end()) {
        return Refusal{.for_us = fmt::format("node '{}' is not in the configuration here", name),
                       .for_peer = fmt::format("node '{}' is not in the configuration of '{}'", name, here.node)};
    }
    if (join.vip_digest != here.vip_digest) {
        return told_to_both("the VIP configuration differs: its digest is {} here and {} there",
                            hex_text(here.vip_digest), hex_text(join.vip_digest));
    }
    if (join.fence != here.fence) {
        return told_to_both(
            "the fence is {} here and {} there; write the same 'fence' on all nodes, or let all kernels "
            "have nf_tables",
            here.fence, join.fence);
    }
    if (join.config_digest != here.config_digest) {
        return told_to_both(
            "the cluster configuration (lease, nodes, tiebreaker ...) differs: its digest is {} here and {} there",
            hex_text(here.config_digest), hex_text(join.config_digest));
    }
    return std::nullopt;
}

std::optional<Refusal> judge_accepter(const NodeCard& card, const std::string& dialled_name) {
    if (card.name == dialled_name) {
        return std::nullopt;
    }
    return Refusal{.for_us = fmt::format("'{}' was dialled, but the node there is '{}'", dialled_name, card.name),
                   .for_peer =
                       fmt::format("the node there dialled '{}' at the address of '{}'", dialled_name, card.name)};
}

Refusal doubled_name(const std::string& name, const std::string& holder_address, const std::string& holder_incarnation,
                     const std::string& newcomer_incarnation) {
    const std::string text =
        fmt::format("node name '{}' is taken by a running daemon (incarnation {} at {}); the newcomer is {}", name,
                    holder_incarnation, holder_address, newcomer_incarnation);
    return {.for_us = text, .for_peer = text};
}

} // namespace belay::info
