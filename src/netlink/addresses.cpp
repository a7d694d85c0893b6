#include "belay/netlink/addresses.hpp"

#include "belay/netlink/message.hpp"

#include <cerrno>
#include <functional>
#include <linux/netlink.h>

namespace belay::netlink {

namespace {

Error describe(const char* act, const char* preposition, const vip::AddressSpec& spec, const Error& cause) {
    return {.text = fmt::format("cannot {} {} {} {}: {}", act, to_text(spec.prefix), preposition, spec.interface,
                                cause.text),
            .code = cause.code};
}

AddressOutcome outcome_of_add(const vip::AddressSpec& spec, const Answer& answer) {
    using Kind = AddressOutcome::Kind;
    switch (answer.kind) {
    case Answer::Kind::done:
        return {.kind = Kind::done, .error = {}};
    case Answer::Kind::refused:
        if (answer.error.code == EEXIST) {
            return {.kind = Kind::already_there, .error = {}};
        }
        return {.kind = Kind::refused, .error = describe("add", "to", spec, answer.error)};
    case Answer::Kind::unknown:
        break;
    }
    return {.kind = Kind::unknown, .error = describe("tell whether the kernel added", "to", spec, answer.error)};
}

AddressOutcome outcome_of_refresh(const vip::AddressSpec& spec, const Answer& answer) {
    using Kind = AddressOutcome::Kind;
    switch (answer.kind) {
    case Answer::Kind::done:
        return {.kind = Kind::done, .error = {}};
    case Answer::Kind::refused:
        return {.kind = Kind::refused, .error = describe("refresh", "on", spec, answer.error)};
    case Answer::Kind::unknown:
        break;
    }
    return {.kind = Kind::unknown, .error = describe("tell whether the kernel refreshed", "on", spec, answer.error)};
}

AddressOutcome outcome_of_remove(const vip::AddressSpec& spec, const Answer& answer) {
    using Kind = AddressOutcome::Kind;
    switch (answer.kind) {
    case Answer::Kind::done:
        return {.kind = Kind::done, .error = {}};
    case Answer::Kind::refused:
        // ENXIO: IPv6 is off on the interface, so that it has no IPv6 address.
        if (answer.error.code == EADDRNOTAVAIL || answer.error.code == ENODEV || answer.error.code == ENXIO) {
            return {.kind = Kind::already_gone, .error = {}};
        }
        return {.kind = Kind::refused, .error = describe("remove", "from", spec, answer.error)};
    case Answer::Kind::unknown:
        break;
    }
    return {.kind = Kind::unknown, .error = describe("tell whether the kernel removed", "from", spec, answer.error)};
}

/// One message for each address, all in one batch, and what became of each.
template <typename Outcome>
std::vector<AddressOutcome> act(RequestSocket& socket, std::span<const vip::AddressSpec> specs, Duration timeout,
                                const std::function<void(Batch&, const vip::AddressSpec&)>& append,
                                const Outcome& outcome_of) {
    Batch batch;
    for (const vip::AddressSpec& spec : specs) {
        append(batch, spec);
    }
    const std::vector<Answer> answers = socket.exchange(batch, timeout);
    std::vector<AddressOutcome> outcomes;
    outcomes.reserve(specs.size());
    for (std::size_t index = 0; index < specs.size(); ++index) {
        outcomes.push_back(outcome_of(specs[index], answers[index]));
    }
    return outcomes;
}

} // namespace

Result<Addresses> Addresses::open() {
    auto socket = RequestSocket::open(NETLINK_ROUTE);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    return Addresses(std::move(*socket));
}

std::vector<AddressOutcome> Addresses::add(std::span<const vip::AddressSpec> specs, Duration timeout,
                                           Lifetime lifetime) {
    return act(
        socket_, specs, timeout,
        [lifetime](Batch& batch, const vip::AddressSpec& spec) { append_add(batch, spec, lifetime); }, outcome_of_add);
}

std::vector<AddressOutcome> Addresses::refresh(std::span<const vip::AddressSpec> specs, Duration timeout,
                                               Lifetime lifetime) {
    return act(
        socket_, specs, timeout,
        [lifetime](Batch& batch, const vip::AddressSpec& spec) { append_refresh(batch, spec, lifetime); },
        outcome_of_refresh);
}

std::vector<AddressOutcome> Addresses::remove(std::span<const vip::AddressSpec> specs, Duration timeout) {
    return act(socket_, specs, timeout, append_remove, outcome_of_remove);
}

Result<std::vector<vip::Address>> Addresses::dump(Duration timeout) {
    const auto messages = socket_.dump(address_list_request(), timeout);
    if (!messages) {
        return fail("cannot read this host's addresses: {}", messages.error().text);
    }
    std::vector<vip::Address> addresses;
    for_each_message(*messages, [&](const nlmsghdr& message) {
        if (auto address = decode_address(message)) {
            addresses.push_back(std::move(*address));
        }
    });
    return addresses;
}

} // namespace belay::netlink
