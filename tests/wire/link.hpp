#pragma once
// Two nodes and a link between them that may lose packets and records all of them, for tests of contacts.

#include "belay/wire/contact.hpp"
#include "full_packet.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <functional>
#include <vector>

namespace belay::wire::test {

constexpr Duration interval = std::chrono::milliseconds(100);
constexpr Duration lease = std::chrono::milliseconds(500);

/// A different one each time, all over the program.
inline Nonce fresh_nonce() {
    static std::uint32_t count = 0;
    Nonce nonce;
    nonce.bytes = {0xaa, static_cast<std::uint8_t>(++count >> 8U), static_cast<std::uint8_t>(count)};
    return nonce;
}

/// One run of a daemon, as far as one peer is concerned.
struct Side {
    explicit Side(const Incarnation& incarnation)
        : own(incarnation)
        , contact({.own = incarnation, .heartbeat_interval = interval, .lease = lease, .nonces = fresh_nonce}) {}

    [[nodiscard]] Header header(const Outgoing& out) const {
        Header made;
        made.incarnation = own;
        made.echo = out.echo;
        made.sequence = out.sequence;
        made.challenge = out.challenge;
        made.nonce_echo = out.nonce_echo;
        return made;
    }

    Header heartbeat(Instant now) { return header(contact.next_header(now)); }

    /// Whether it knows that run of the other side.
    [[nodiscard]] bool knows(const Side& other) const { return contact.established() == other.own; }

    Incarnation own;
    Contact contact;
};

/// Carries packets between two sides at one instant, answers included, and keeps all of them.
struct Link {
    Side& a;
    Side& b;
    Instant now{std::chrono::seconds(100)};
    std::function<bool(std::size_t number)> lost = [](std::size_t) { return false; };
    std::vector<Header> recorded_to_a{};
    std::vector<Header> recorded_to_b{};
    std::size_t sent = 0;

    void exchange(bool from_a, bool from_b) {
        struct Flying {
            bool to_b;
            Header header;
        };

        std::deque<Flying> flying;
        if (from_a) {
            flying.push_back({true, a.heartbeat(now)});
        }
        if (from_b) {
            flying.push_back({false, b.heartbeat(now)});
        }
        while (!flying.empty()) {
            const Flying packet = flying.front();
            flying.pop_front();
            (packet.to_b ? recorded_to_b : recorded_to_a).push_back(packet.header);
            if (lost(++sent)) {
                continue;
            }
            Side& receiver = packet.to_b ? b : a;
            if (const auto reply = receiver.contact.receive(now, packet.header).reply) {
                flying.push_back({!packet.to_b, receiver.header(*reply)});
            }
        }
        now += interval;
    }

    void exchange() { exchange(true, true); }
};

inline Reject reason(const Decision& decision) {
    BOOST_REQUIRE(decision.refused.has_value());
    return *decision.refused;
}

} // namespace belay::wire::test
