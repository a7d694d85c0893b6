// What peers may say about the database nodes: lines of JSON, each as a message, a table and a kept copy. What decodes
// must be the same after another round. Then the messages are given, with time between them, to a node that leads and
// to one that follows: whatever they say, each node goes on, and says and keeps only what others can read.

#include "belay/base/json_text.hpp"
#include "belay/base/log.hpp"
#include "belay/databases/json.hpp"
#include "belay/databases/shared.hpp"
#include "check.hpp"

#include <string>
#include <vector>

namespace {

using namespace belay;
using namespace belay::databases;
using fuzz::must;

const NodeId alpha = node_id("alpha");
const NodeId bravo = node_id("bravo");
const NodeId charlie = node_id("charlie");

/// Errors may quote the peer, whose words the log makes readable.
void must_be_loggable(const Error& error) {
    must(!error.text.empty());
    must(fuzz::has_no_controls(log::format_line("event", {{"reason", error.text}})));
}

void must_be_a_table(const Table& table) {
    must(table.entries.size() <= backends_max);
    for (std::size_t index = 0; index < table.entries.size(); ++index) {
        must(table.entries[index].id < backends_max);
        must(index == 0 || table.entries[index - 1].id < table.entries[index].id);
    }
    must(!table.primary || *table.primary < backends_max);
}

nlohmann::json over_the_wire(const nlohmann::json& value) {
    auto read = parse_json(to_line(value));
    must(read.has_value());
    return *std::move(read);
}

void must_be_read_by_others(const Message& message) {
    const auto again = message_from_json(over_the_wire(to_json(message)));
    must(again.has_value() && *again == message);
}

void must_be_read_after_restart(const Replica& replica) {
    must_be_a_table(replica.accepted());
    must_be_a_table(replica.committed());
    const auto again = replica_from_json(over_the_wire(to_json(replica)));
    must(again.has_value() && again->bound() == replica.bound());
    must(again->accepted() == replica.accepted() && again->committed() == replica.committed());
}

/// A node in the middle of its work: its pgpool-II has a primary and a standby.
class Node {
public:
    Node(NodeId self, NodeId holder)
        : shared_({.self = self, .nodes = {alpha, bravo, charlie}, .members = {alpha, bravo, charlie}, .rules = {}},
                  true, {}, 1, Instant()) {
        const std::vector<pgpool::Backend> backends{{.id = 0,
                                                     .host = "db0",
                                                     .port = 5432,
                                                     .status = pgpool::BackendStatus::up,
                                                     .role = pgpool::BackendRole::primary},
                                                    {.id = 1,
                                                     .host = "db1",
                                                     .port = 5432,
                                                     .status = pgpool::BackendStatus::down,
                                                     .role = pgpool::BackendRole::standby}};
        happen(PeersChanged{.peers = {bravo, charlie}});
        happen(Looked{.view = {.reachable = true, .problem = {}, .backends = backends}});
        happen(HolderChanged{.holder = holder, .term = 3});
    }

    void hear(NodeId from, const Message& message) {
        happen(MessageHeard{.from = from, .message = message});
        happen(TimePassed{});
    }

private:
    void happen(const Event& event) {
        for (const std::uint64_t number : commands_after(event)) {
            static_cast<void>(commands_after(Told{.number = number, .problem = {}}));
        }
    }

    /// What pgpool-II is to be told because of this.
    std::vector<std::uint64_t> commands_after(const Event& event) {
        now_ += std::chrono::milliseconds(60);
        constexpr Duration some_time = std::chrono::hours(500'000);
        const Version version = shared_.table().version;
        const core::Term bound = shared_.replica().bound();
        std::vector<std::uint64_t> commands;
        for (const Action& wanted : shared_.step({.boot = now_, .unix_time = some_time}, event)) {
            if (const auto* const send = std::get_if<action::Send>(&wanted)) {
                must_be_read_by_others(send->message);
            } else if (const auto* const tell = std::get_if<action::Tell>(&wanted)) {
                commands.push_back(tell->number);
            } else if (std::holds_alternative<action::Keep>(wanted)) {
                must_be_read_after_restart(shared_.replica());
            }
        }
        must(shared_.next_deadline() > now_);
        must(version <= shared_.table().version && bound <= shared_.replica().bound()); // nothing is taken back
        return commands;
    }

    Shared shared_;
    Instant now_;
};

/// The message, if it is one.
std::optional<Message> read(std::string_view line) {
    const auto value = parse_json(line);
    if (!value) {
        must_be_loggable(value.error());
        return std::nullopt;
    }
    if (const auto table = table_from_json(*value)) {
        must_be_a_table(*table);
        must(table_from_json(over_the_wire(to_json(*table))) == *table);
    } else {
        must_be_loggable(table.error());
    }
    if (const auto replica = replica_from_json(*value)) {
        must_be_read_after_restart(*replica);
    } else {
        must_be_loggable(replica.error());
    }
    auto message = message_from_json(*value);
    if (!message) {
        must_be_loggable(message.error());
        return std::nullopt;
    }
    must_be_read_by_others(*message);
    return *std::move(message);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<Message> messages;
    for (std::string_view text = fuzz::text_of(data, size); !text.empty();) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (auto message = read(text.substr(0, end))) {
            messages.push_back(*std::move(message));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (messages.empty()) {
        return 0;
    }
    Node leader(alpha, alpha);
    Node follower(alpha, bravo);
    for (const Message& message : messages) {
        for (const NodeId from : {bravo, charlie}) {
            leader.hear(from, message);
            follower.hear(from, message);
        }
    }
    return 0;
}
