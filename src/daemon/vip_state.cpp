#include "belay/daemon/vip_state.hpp"

#include <fmt/format.h>
#include <set>
#include <utility>

namespace belay::daemon {

core::Condition usable_links(std::span<const vip::Vip> vips, const vip::Host& host) {
    const vip::Plan plan = vip::make_plan(vip::Goal::withdraw, vips, host);
    if (!plan.unusable.empty()) {
        const vip::UnusableLink& first = plan.unusable.front();
        return {.good = false,
                .detail =
                    fmt::format("interface {} of VIP {} {}", first.interface, first.vip, vip::to_text(first.trouble))};
    }
    if (!plan.foreign.empty()) {
        const vip::ForeignAddress& first = plan.foreign.front();
        return {.good = false,
                .detail = fmt::format("{} of VIP {} was configured on {} by somebody else; remove it there",
                                      to_text(first.found.prefix), first.vip, first.found.interface)};
    }
    return {.good = true, .detail = "every interface is up"};
}

std::vector<VipState> vip_states(std::span<const vip::Vip> vips, const vip::Host& host) {
    const vip::Plan missing = vip::make_plan(vip::Goal::hold, vips, host);
    std::set<std::pair<int, IpPrefix>> ours;
    for (const vip::Address& address : host.addresses) {
        if (address.mark == vip::own_mark || !host.marks_addresses) {
            ours.emplace(address.ifindex, address.prefix);
        }
    }
    std::vector<VipState> states;
    for (const vip::Vip& vip : vips) {
        VipState state{.name = vip.name,
                       .prefix = vip.prefix,
                       .interface = vip.interface,
                       .present = false,
                       .problem = {},
                       .conflict = {}};
        const vip::Link* const link = host.find_link(vip.interface);
        state.present = link != nullptr && ours.contains({link->index, vip.prefix});
        for (const vip::UnusableLink& unusable : missing.unusable) {
            if (unusable.vip == vip.name) {
                state.problem = fmt::format("{} {}", unusable.interface, vip::to_text(unusable.trouble));
            }
        }
        for (const vip::ForeignAddress& foreign : missing.foreign) {
            if (foreign.vip == vip.name) {
                state.problem = fmt::format("configured on {} by somebody else", foreign.found.interface);
            }
        }
        states.push_back(std::move(state));
    }
    return states;
}

std::string conflict_text(const VipState& state) {
    if (!state.conflict) {
        return "the network is asked whether another host has it";
    }
    const std::string host = fmt::format("the foreign host {} on {}", to_text(state.conflict->mac), state.interface);
    return state.conflict->kind == vip::Conflict::Kind::taken
               ? fmt::format("{} uses it; it is asked for again each second", host)
               : fmt::format("{} claims it too", host);
}

} // namespace belay::daemon
