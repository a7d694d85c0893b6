#include "belay/netlink/message.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>

namespace belay::netlink {

namespace {

/// Remembers the text attribute of an extended acknowledgement (`data` is a const char*).
int find_text(const nlattr* attribute, void* data) {
    if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG && mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0) {
        *static_cast<const char**>(data) = mnl_attr_get_str(attribute);
    }
    return MNL_CB_OK;
}

/// The kernel's own words in an NLMSG_ERROR, or nullptr. They stand after the header of the refused message, and after
/// the rest of it too unless the kernel left that out (NLM_F_CAPPED).
const char* extended_text(const nlmsghdr& message, const nlmsgerr& error) {
    if ((message.nlmsg_flags & NLM_F_ACK_TLVS) == 0) {
        return nullptr;
    }
    std::size_t offset = sizeof(nlmsgerr);
    if ((message.nlmsg_flags & NLM_F_CAPPED) == 0 && error.msg.nlmsg_len > sizeof(nlmsghdr)) {
        offset += NLMSG_ALIGN(error.msg.nlmsg_len - sizeof(nlmsghdr));
    }
    const char* text = nullptr;
    if (offset < mnl_nlmsg_get_payload_len(&message)) {
        mnl_attr_parse(&message, static_cast<unsigned>(offset), find_text, static_cast<void*>(&text));
    }
    return text;
}

/// The errno in a field where the kernel writes it as a negative number; EPROTO for what is none, such as INT_MIN,
/// which has no positive counterpart.
int errno_in(int field) {
    constexpr int errno_max = 4095; // MAX_ERRNO of the kernel
    return field < 0 && field >= -errno_max ? -field : EPROTO;
}

} // namespace

void append_message(Bytes& out, const nlmsghdr& message) {
    assert(out.size() % NLMSG_ALIGNTO == 0);
    const std::size_t begin = out.size();
    out.resize(begin + NLMSG_ALIGN(message.nlmsg_len));
    std::memcpy(out.data() + begin, &message, message.nlmsg_len);
}

nlmsghdr& message_at(Bytes& bytes, std::size_t offset) {
    assert(offset % NLMSG_ALIGNTO == 0 && offset + sizeof(nlmsghdr) <= bytes.size());
    return *static_cast<nlmsghdr*>(static_cast<void*>(bytes.data() + offset));
}

void for_each_message(ByteView bytes, const std::function<void(const nlmsghdr&)>& visit) {
    // Not mnl_nlmsg_ok(): that of libmnl 1.0.4 compares lengths as int, so one of 2 GiB and more passes for whole.
    while (bytes.size() >= sizeof(nlmsghdr)) {
        const auto& header = *static_cast<const nlmsghdr*>(static_cast<const void*>(bytes.data()));
        if (header.nlmsg_len < sizeof(nlmsghdr) || header.nlmsg_len > bytes.size()) {
            return;
        }
        visit(header);
        bytes = bytes.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), bytes.size()));
    }
}

std::optional<Error> decode_verdict(const nlmsghdr& message) {
    const std::size_t size = mnl_nlmsg_get_payload_len(&message);
    const void* const payload = mnl_nlmsg_get_payload(&message);
    if (message.nlmsg_type == NLMSG_DONE) {
        int code = 0; // a dump that failed half-way ends with a negative errno
        if (size >= sizeof(code)) {
            std::memcpy(&code, payload, sizeof(code));
        }
        return code == 0 ? Error{} : Error{.text = errno_text(errno_in(code)), .code = errno_in(code)};
    }
    if (message.nlmsg_type != NLMSG_ERROR || size < sizeof(nlmsgerr)) {
        return std::nullopt;
    }
    const auto& error = *static_cast<const nlmsgerr*>(payload);
    if (error.error == 0) {
        return Error{};
    }
    const int code = errno_in(error.error);
    const char* const words = extended_text(message, error);
    return Error{.text = words == nullptr ? errno_text(code) : fmt::format("{} ({})", errno_text(code), words),
                 .code = code};
}

} // namespace belay::netlink
