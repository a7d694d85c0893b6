// Who has which address. One address in two places makes two hosts answer for it, or a channel that is none.

#include "checks.hpp"

#include <map>
#include <optional>
#include <vector>

namespace belay::config {

namespace {

/// One address of one node, and what it is for.
struct Use {
    const DraftSection* node = nullptr;
    std::optional<std::size_t> channel; ///< counted from 0; nothing for the info channel
    Endpoint endpoint;
    Position at;

    /// "channel 2 of [node alpha] (line 9)".
    [[nodiscard]] std::string text() const {
        const std::string what = channel ? fmt::format("channel {}", *channel + 1) : std::string("the info channel");
        return fmt::format("{} of {} (line {})", what, node->title(), at.line);
    }

    [[nodiscard]] std::string_view key() const { return channel ? "heartbeat" : "info"; }
};

/// All addresses of all nodes that could be read, in the order of the file.
std::vector<Use> uses_of(const Draft& draft) {
    std::vector<Use> uses;
    for (const DraftSection* const section : draft.of(SectionKind::node)) {
        const auto& node = std::get<Node>(section->record);
        for (std::size_t index = 0; section->good("heartbeat") && index < node.heartbeat.size(); ++index) {
            uses.push_back({.node = section,
                            .channel = index,
                            .endpoint = node.heartbeat[index],
                            .at = section->at("heartbeat", index)});
        }
        if (section->good("info")) {
            uses.push_back({.node = section, .channel = {}, .endpoint = node.info, .at = section->at("info")});
        }
    }
    return uses;
}

/// UDP and TCP have ports of their own, so a node's info channel may have the port of its heartbeats.
bool may_share(const Use& left, const Use& right) {
    return left.node == right.node && left.channel.has_value() != right.channel.has_value();
}

/// Looks at every earlier use of the address, and reports the first clash.
void check_use(const Use& use, const std::vector<const Use*>& earlier, Report& report) {
    for (const Use* const other : earlier) {
        if (other->endpoint == use.endpoint && !may_share(*other, use)) {
            report.error(use.at, "{}: {} is already {}; give each its own address and port", use.key(),
                         to_text(use.endpoint), other->text());
            return;
        }
    }
    for (const Use* const other : earlier) {
        if (other->node == use.node && other->channel && use.channel) {
            report.error(use.at, "{}: {} is also the address of {}; a further channel helps only on another network",
                         use.key(), to_text(use.endpoint.address), other->text());
            return;
        }
    }
    for (const Use* const other : earlier) {
        if (other->node != use.node && !use.endpoint.address.is_loopback()) {
            report.warning(use.at, "{}: {} is also the address of {}; two nodes on one host fail together", use.key(),
                           to_text(use.endpoint.address), other->text());
            return;
        }
    }
}

using UsesByAddress = std::map<IpAddress, std::vector<const Use*>>;

void check_vip(const DraftSection& section, const UsesByAddress& uses,
               std::map<IpAddress, const DraftSection*>& first_of_address, Report& report) {
    const IpAddress& address = std::get<Vip>(section.record).address.address;
    if (const auto used = uses.find(address); used != uses.end()) {
        report.error(section.at("address"), "address: {} is {}; a VIP needs an address of its own", to_text(address),
                     used->second.front()->text());
    }
    const auto [first, is_first] = first_of_address.try_emplace(address, &section);
    if (!is_first) {
        report.error(section.at("address"), "address: {} is already {} (line {}); take one of them out",
                     to_text(address), first->second->title(), first->second->at("address").line);
    }
}

/// A standby that checks the service at a VIP asks the active's service, and calls itself healthy.
void check_service_address(const Draft& draft, const std::map<IpAddress, const DraftSection*>& vips, Report& report) {
    for (const DraftSection* const section : draft.of(SectionKind::service)) {
        const auto& service = std::get<Service>(section->record);
        const auto vip = vips.find(service.address.address);
        if (section->has("address") && section->good("address") && vip != vips.end()) {
            report.error(section->at("address"),
                         "address: {} is {} (line {}), where a standby would find the service of the active; "
                         "use 127.0.0.1 or another address that every host has",
                         to_text(service.address.address), vip->second->title(), vip->second->at("address").line);
        }
    }
}

} // namespace

void check_node_addresses(const Draft& draft, Report& report) {
    const std::vector<Use> uses = uses_of(draft);
    UsesByAddress earlier;
    for (const Use& use : uses) {
        std::vector<const Use*>& same_address = earlier[use.endpoint.address];
        check_use(use, same_address, report);
        same_address.push_back(&use);
        if (use.endpoint.address.is_loopback()) {
            report.warning(use.at,
                           "{}: {} is a loopback address, which other hosts cannot reach; use it only for trials",
                           use.key(), to_text(use.endpoint.address));
        }
    }
}

void check_vips(const Draft& draft, Report& report) {
    const std::vector<Use> uses = uses_of(draft);
    UsesByAddress by_address;
    for (const Use& use : uses) {
        by_address[use.endpoint.address].push_back(&use);
    }
    std::map<IpAddress, const DraftSection*> first_of_address;
    for (const DraftSection* const section : draft.of(SectionKind::vip)) {
        if (section->good("address")) {
            check_vip(*section, by_address, first_of_address, report);
        }
    }
    check_service_address(draft, first_of_address, report);
}

} // namespace belay::config
