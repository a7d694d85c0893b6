#include "belay/databases/json.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>

BOOST_AUTO_TEST_SUITE(json_suite)

using namespace belay;
using namespace belay::databases;
using nlohmann::json;

namespace {

Table full_table() {
    Table table;
    table.version = {.term = 117667456692545, .number = 12};
    Entry& entry = table.add(3);
    entry = {.id = 3,
             .host = "10.77.0.50",
             .port = 5432,
             .attached = false,
             .changed = {.term = 1, .number = 4},
             .since_unix_ms = 1'700'000'000'123,
             .by = NodeId{42},
             .why = "its pgpool-II detached it"};
    table.primary = 0;
    table.primary_changed = {.term = 1, .number = 2};
    table.primary_since_unix_ms = 5;
    table.primary_by = NodeId{43};
    table.grant(CommandKind::failover, 3, NodeId{44});
    table.grants.front().state = CommandState::failed;
    table.grants.front().exit_code = 7;
    return table;
}

std::vector<Message> every_message() {
    const Version version{.term = 2, .number = 9};
    return {message::Read{.term = 5},
            message::State{.term = 5,
                           .accepted = full_table(),
                           .sightings = Sightings{.backends = {{.id = 1, .host = "/tmp", .port = 1, .attached = true}},
                                                  .primary = 1}},
            message::State{.term = 5, .accepted = {}, .sightings = {}},
            message::Write{.term = 5, .table = full_table()},
            message::Ack{.term = 5, .version = version},
            message::Commit{.version = version, .table = {}},
            message::Commit{.version = version, .table = full_table()},
            message::Behind{.version = version},
            message::Report{.number = 3,
                            .kind = message::Report::Kind::primary,
                            .id = 2,
                            .host = "h",
                            .port = 9,
                            .base = version,
                            .operator_asked = true,
                            .command = CommandKind::follow_primary,
                            .command_id = 1},
            message::Report{.number = 4, .kind = message::Report::Kind::attached, .id = 1},
            message::Verdict{.number = 3, .accepted = true, .version = version},
            message::Verdict{.number = 3, .text = "superseded"},
            message::Done{.kind = CommandKind::failback, .id = 1, .of = version, .exit_code = 130},
            message::Order{.number = 8, .act = message::Order::Act::recover, .id = 1}};
}

} // namespace

BOOST_AUTO_TEST_CASE(every_message_comes_back_as_it_was) {
    for (const Message& message : every_message()) {
        const auto read = message_from_json(json::parse(to_json(message).dump()));
        BOOST_REQUIRE_MESSAGE(read.has_value(), to_json(message).dump());
        BOOST_TEST((*read == message), to_json(message).dump());
    }
}

BOOST_AUTO_TEST_CASE(the_kept_copy_comes_back_as_it_was) {
    const Replica replica(9, full_table(), full_table());
    const auto read = replica_from_json(json::parse(to_json(replica).dump()));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->bound() == 9U);
    BOOST_TEST((read->accepted() == full_table()));
    BOOST_TEST((read->committed() == full_table()));
}

/// Each member of each message is taken out, and made a list, a number and a text: nothing of that is understood
/// wrongly, and nothing throws.
BOOST_AUTO_TEST_CASE(what_is_amiss_is_refused_with_the_name_of_the_member) {
    for (const Message& message : every_message()) {
        const json whole = to_json(message);
        for (const auto& [key, value] : whole.items()) {
            json cut = whole;
            cut.erase(key);
            const auto without = message_from_json(cut);
            const bool optional = key == "table" || key == "sightings" || key == "command";
            BOOST_TEST((optional || !without.has_value()), whole.dump() << " without " << key);
            for (const json& wrong : {json::array({1}), json(-1), json("?")}) {
                cut[key] = wrong;
                const auto changed = message_from_json(cut);
                BOOST_TEST((!changed.has_value() || wrong == json("?") || key == "exit_code"), cut.dump());
            }
        }
    }
    BOOST_TEST(!message_from_json(json(3)).has_value());
    BOOST_TEST(!message_from_json(json{{"say", "hello"}}).has_value());
}

BOOST_AUTO_TEST_CASE(tables_that_cannot_be_are_refused) {
    const auto refused = [](const std::function<void(json&)>& spoil) {
        json value = to_json(full_table());
        spoil(value);
        return !table_from_json(value).has_value();
    };
    BOOST_TEST(!refused([](json&) {}));
    BOOST_TEST(refused([](json& value) { value["entries"].push_back(value["entries"][0]); })); // twice the same id
    BOOST_TEST(refused([](json& value) { value["entries"][0]["id"] = 128; }));
    BOOST_TEST(refused([](json& value) { value["entries"][0]["port"] = 65536; }));
    BOOST_TEST(refused([](json& value) { value["grants"][0]["state"] = "running"; }));
    BOOST_TEST(refused([](json& value) { value["grants"][0]["command"] = "rm"; }));
    BOOST_TEST(refused([](json& value) {
        value["grants"] = json::array();
        value["grants"][400] = nullptr;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
