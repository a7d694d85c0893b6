#include "belay/netlink/address_message.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/utsname.h>

namespace belay::netlink {

namespace {

/// IFA_PROTO, spelt out because headers older than 5.18 lack it.
constexpr std::uint16_t attribute_mark = 11;
constexpr std::size_t message_size_max = 256;
constexpr std::uint32_t lifetime_for_ever = 0xffff'ffff;

using Buffer = std::array<char, message_size_max>;

/// The part that adding and removing have in common.
nlmsghdr* begin_message(Buffer& buffer, std::uint16_t type, const vip::AddressSpec& spec) {
    const IpAddress& address = spec.prefix.address;
    nlmsghdr* const header = mnl_nlmsg_put_header(buffer.data());
    header->nlmsg_type = type;
    auto* const body = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(ifaddrmsg)));
    body->ifa_family = address.is_v4() ? AF_INET : AF_INET6;
    body->ifa_prefixlen = spec.prefix.length;
    body->ifa_scope = RT_SCOPE_UNIVERSE;
    body->ifa_index = static_cast<std::uint32_t>(spec.ifindex);
    mnl_attr_put(header, IFA_LOCAL, address.size(), address.bytes.data());
    mnl_attr_put(header, IFA_ADDRESS, address.size(), address.bytes.data());
    return header;
}

/// IPv4 must not be preferred for longer than it is valid, and is deprecated when it is preferred for less.
ifa_cacheinfo lifetimes_of(const IpAddress& address, Lifetime lifetime) {
    assert(!lifetime || lifetime->count() > 0); // zero would be refused, or taken for an end
    const std::uint32_t valid = lifetime ? static_cast<std::uint32_t>(lifetime->count()) : lifetime_for_ever;
    return {.ifa_prefered = address.is_v4() ? valid : 0, .ifa_valid = valid, .cstamp = 0, .tstamp = 0};
}

void append_new(Batch& batch, const vip::AddressSpec& spec, Lifetime lifetime, std::uint16_t flags) {
    Buffer buffer{};
    nlmsghdr* const header = begin_message(buffer, RTM_NEWADDR, spec);
    header->nlmsg_flags = flags;
    mnl_attr_put_u8(header, attribute_mark, vip::own_mark);
    const ifa_cacheinfo lifetimes = lifetimes_of(spec.prefix.address, lifetime);
    mnl_attr_put(header, IFA_CACHEINFO, sizeof(lifetimes), &lifetimes);
    if (spec.prefix.address.is_v6()) {
        mnl_attr_put_u32(header, IFA_FLAGS, IFA_F_NODAD);
    }
    batch.add(*header);
}

/// The attributes that matter of an address message.
struct Attributes {
    const nlattr* local = nullptr;
    const nlattr* address = nullptr;
    const nlattr* flags = nullptr;
    const nlattr* mark = nullptr;
};

int sort_attribute(const nlattr* attribute, void* data) {
    auto& found = *static_cast<Attributes*>(data);
    switch (mnl_attr_get_type(attribute)) {
    case IFA_LOCAL:
        found.local = attribute;
        break;
    case IFA_ADDRESS:
        found.address = attribute;
        break;
    case IFA_FLAGS:
        found.flags = mnl_attr_validate(attribute, MNL_TYPE_U32) < 0 ? nullptr : attribute;
        break;
    case attribute_mark:
        found.mark = mnl_attr_validate(attribute, MNL_TYPE_U8) < 0 ? nullptr : attribute;
        break;
    default:
        break;
    }
    return MNL_CB_OK;
}

std::optional<IpAddress> read_ip(IpAddress::Family family, const nlattr* attribute) {
    IpAddress address{.family = family, .bytes = {}};
    if (attribute == nullptr || mnl_attr_get_payload_len(attribute) != address.size()) {
        return std::nullopt;
    }
    std::copy_n(static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute)), address.size(),
                address.bytes.begin());
    return address;
}

} // namespace

void append_add(Batch& batch, const vip::AddressSpec& spec, Lifetime lifetime) {
    append_new(batch, spec, lifetime, NLM_F_CREATE | NLM_F_EXCL);
}

void append_refresh(Batch& batch, const vip::AddressSpec& spec, Lifetime lifetime) {
    append_new(batch, spec, lifetime, NLM_F_CREATE | NLM_F_REPLACE);
}

void append_remove(Batch& batch, const vip::AddressSpec& spec) {
    Buffer buffer{};
    batch.add(*begin_message(buffer, RTM_DELADDR, spec));
}

Batch address_list_request() {
    Buffer buffer{};
    nlmsghdr* const header = mnl_nlmsg_put_header(buffer.data());
    header->nlmsg_type = RTM_GETADDR;
    auto* const body = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(ifaddrmsg)));
    body->ifa_family = AF_UNSPEC;
    Batch batch;
    batch.add(*header);
    return batch;
}

std::optional<vip::Address> decode_address(const nlmsghdr& message) {
    const bool is_address = message.nlmsg_type == RTM_NEWADDR || message.nlmsg_type == RTM_DELADDR;
    if (!is_address || mnl_nlmsg_get_payload_len(&message) < sizeof(ifaddrmsg)) {
        return std::nullopt;
    }
    const auto& body = *static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(&message));
    Attributes found;
    mnl_attr_parse(&message, sizeof(body), sort_attribute, &found);
    const auto family = body.ifa_family == AF_INET ? IpAddress::Family::v4 : IpAddress::Family::v6;
    const auto peer = read_ip(family, found.address);
    // IPv6 tells the address itself as IFA_ADDRESS, and IFA_LOCAL only when there is another end.
    const auto local = found.local == nullptr ? peer : read_ip(family, found.local);
    if ((body.ifa_family != AF_INET && body.ifa_family != AF_INET6) || !peer || !local) {
        return std::nullopt;
    }
    const std::uint32_t flags = found.flags == nullptr ? body.ifa_flags : mnl_attr_get_u32(found.flags);
    return vip::Address{
        .ifindex = static_cast<int>(body.ifa_index),
        .prefix = {.address = *local, .length = body.ifa_prefixlen},
        .peer = *peer,
        .mark = found.mark == nullptr ? std::uint8_t{0} : mnl_attr_get_u8(found.mark),
        // The bit means "temporary" for IPv6.
        .secondary = local->is_v4() && (flags & IFA_F_SECONDARY) != 0,
        .tentative = (flags & IFA_F_TENTATIVE) != 0,
        .deprecated = (flags & IFA_F_DEPRECATED) != 0,
    };
}

bool release_keeps_marks(std::string_view release) noexcept {
    constexpr unsigned major_first = 5;
    constexpr unsigned minor_first = 18;
    unsigned major = 0;
    unsigned minor = 0;
    const char* const end = release.data() + release.size();
    const auto [after, problem] = std::from_chars(release.data(), end, major);
    if (problem != std::errc{} || after == end || *after != '.') {
        return false;
    }
    std::from_chars(after + 1, end, minor);
    return major > major_first || (major == major_first && minor >= minor_first);
}

bool kernel_keeps_marks() noexcept {
    utsname name{};
    return ::uname(&name) == 0 && release_keeps_marks(static_cast<const char*>(name.release));
}

} // namespace belay::netlink
