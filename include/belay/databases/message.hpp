#pragma once
// What nodes tell each other about the database nodes, over the info channel. Each message may be lost, come late or
// come twice: everything is sent again until it is answered or out of date. Pure values; src/databases/message_json.cpp
// has their form on the wire.

#include "belay/databases/table.hpp"

#include <variant>

namespace belay::databases {

/// A database node as one pgpool-II sees it.
struct Sighting {
    std::uint32_t id = 0;
    std::string host = {};
    std::uint16_t port = 0;
    bool attached = false;

    bool operator==(const Sighting&) const = default;
};

/// All of them, and the primary.
struct Sightings {
    std::vector<Sighting> backends = {};
    std::optional<std::uint32_t> primary = {};

    bool operator==(const Sightings&) const = default;
};

namespace message {

/// A new active asks for everybody's table; from then on nobody takes one from an older active.
struct Read {
    core::Term term = 0;

    bool operator==(const Read&) const = default;
};

/// The answer.
struct State {
    core::Term term = 0;
    Table accepted = {};
    std::optional<Sightings> sightings = {}; ///< nothing: no pgpool-II here, or it does not answer

    bool operator==(const State&) const = default;
};

/// The active's next table. It counts when a majority has acknowledged it.
struct Write {
    core::Term term = 0;
    Table table = {};

    bool operator==(const Write&) const = default;
};

struct Ack {
    core::Term term = 0;
    Version version = {};

    bool operator==(const Ack&) const = default;
};

/// That version counts. Sent now and then again, with the table to a node that does not have it.
struct Commit {
    Version version = {};
    std::optional<Table> table = {};

    bool operator==(const Commit&) const = default;
};

/// To the active: that version is not here.
struct Behind {
    Version version = {}; ///< the last one that counts here

    bool operator==(const Behind&) const = default;
};

/// What happened to a database node, told to the active. A change of `attached`, of the primary, or nothing but the
/// wish to run the command of a change that is known already.
struct Report {
    enum class Kind : std::uint8_t { detached, attached, primary, command };

    std::uint64_t number = 0; ///< of the reporter; comes back in the Verdict
    Kind kind = Kind::detached;
    std::uint32_t id = 0;
    std::string host = {}; ///< for a database node that the table does not have
    std::uint16_t port = 0;
    Version base = {}; ///< of the change that the reporter knew when it happened
    bool operator_asked = false;
    std::optional<CommandKind> command = {}; ///< the reporter's pgpool-II waits to run it
    std::uint32_t command_id = 0;            ///< for that database node

    bool operator==(const Report&) const = default;
};

/// The active's answer to a Report or an Order.
struct Verdict {
    std::uint64_t number = 0;
    bool accepted = false; ///< the table tells the rest
    Version version = {};  ///< accepted: from that one on
    std::string text = {}; ///< why not

    bool operator==(const Verdict&) const = default;
};

/// How a guarded command ended.
struct Done {
    CommandKind kind = CommandKind::failover;
    std::uint32_t id = 0;
    Version of = {};
    std::int64_t exit_code = 0;

    bool operator==(const Done&) const = default;
};

/// An operator's order that one pgpool-II carries out: that of the active.
struct Order {
    enum class Act : std::uint8_t { promote, recover };

    std::uint64_t number = 0;
    Act act = Act::promote;
    std::uint32_t id = 0;

    bool operator==(const Order&) const = default;
};

} // namespace message

using Message = std::variant<message::Read, message::State, message::Write, message::Ack, message::Commit,
                             message::Behind, message::Report, message::Verdict, message::Done, message::Order>;

/// A message for one node.
struct Envelope {
    NodeId to = {};
    Message message;
};

} // namespace belay::databases
