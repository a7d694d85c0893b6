#include "belay/info/messages.hpp"

#include "belay/base/json_fields.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

using belay::Error;
using namespace belay::info;

namespace {

NodeCard full_card() {
    return {.name = "alpha",
            .incarnation = "3fa9/81c2d0e4",
            .version = "0.1.0",
            .addresses = {"10.77.0.1:7940", "[fd77::1]:7940"},
            .service = "10.77.0.1:9999",
            .service_healthy = true,
            .status = "standby",
            .started_unix_ns = std::numeric_limits<std::int64_t>::max()};
}

/// What comes out after a message went over the wire.
template <typename T>
T over_the_wire(const T& message) {
    const auto back = decode(encode(message));
    BOOST_REQUIRE_MESSAGE(back.has_value(), (back ? "" : back.error().text));
    const T* const same_kind = std::get_if<T>(&*back);
    BOOST_REQUIRE(same_kind != nullptr);
    return *same_kind;
}

std::string problem_of(std::string_view payload) {
    const auto message = decode(payload);
    return message ? "" : message.error().text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(a_join_comes_back_as_it_went) {
    const JoinRequest join{.cluster = "pgha",
                           .vip_digest = 0xfedcba9876543210U,
                           .config_digest = std::numeric_limits<std::uint64_t>::max(),
                           .fence = "address",
                           .card = full_card()};
    const JoinRequest back = over_the_wire(join);
    BOOST_TEST(back.protocol == protocol_version);
    BOOST_TEST(back.cluster == "pgha");
    BOOST_TEST(back.vip_digest == join.vip_digest);
    BOOST_TEST(back.config_digest == join.config_digest);
    BOOST_TEST(back.fence == "address");
    BOOST_CHECK(back.card == join.card);
}

BOOST_AUTO_TEST_CASE(answers_cards_and_pings_come_back_as_they_went) {
    const JoinAnswer yes = over_the_wire(JoinAnswer{.accepted = true, .reason = "", .card = full_card()});
    BOOST_TEST(yes.accepted);
    BOOST_CHECK(yes.card == full_card());
    const JoinAnswer no = over_the_wire(JoinAnswer{.accepted = false, .reason = "because", .card = {}});
    BOOST_TEST(!no.accepted);
    BOOST_TEST(no.reason == "because");
    BOOST_CHECK(over_the_wire(CardUpdate{.card = full_card()}).card == full_card());
    over_the_wire(Ping{});
    over_the_wire(Pong{});
}

BOOST_AUTO_TEST_CASE(requests_and_replies_keep_their_id_and_body) {
    const Ask ask = over_the_wire(Ask{
        .id = std::numeric_limits<std::uint64_t>::max(), .deadline = std::chrono::seconds(3), .body = {{"a", {1, 2}}}});
    BOOST_TEST(ask.id == std::numeric_limits<std::uint64_t>::max());
    BOOST_CHECK(ask.deadline == std::chrono::seconds(3));
    BOOST_TEST(ask.body.dump() == R"({"a":[1,2]})");
    BOOST_TEST(over_the_wire(AskReply{.id = 7, .body = nlohmann::json("yes")}).body.value().dump() == "\"yes\"");
    const AskReply error = over_the_wire(AskReply{.id = 8, .body = std::unexpected(Error{.text = "no such command"})});
    BOOST_REQUIRE(!error.body.has_value());
    BOOST_TEST(error.body.error().text == "no such command");
}

BOOST_AUTO_TEST_CASE(a_join_of_another_protocol_is_read_for_its_refusal_only) {
    const auto later = decode(R"({"type":"join","protocol":9,"card":{"name":"beta","shape":"new"}})");
    BOOST_REQUIRE(later.has_value());
    const auto& join = std::get<JoinRequest>(*later);
    BOOST_TEST(join.protocol == 9U);
    BOOST_TEST(join.card.name == "beta");
    BOOST_TEST(decode(R"({"type":"join","protocol":99999999999})").has_value());
}

BOOST_AUTO_TEST_CASE(an_unknown_type_is_a_message_of_a_later_version) {
    const auto message = decode(R"({"type":"weather","rain":true})");
    BOOST_REQUIRE(message.has_value());
    BOOST_TEST(std::get<UnknownMessage>(*message).type == "weather");
}

/// Found by tests/fuzz: a refusal that quoted a long name was longer than the reader takes, and reached nobody.
BOOST_AUTO_TEST_CASE(words_that_are_too_long_arrive_cut) {
    const std::string fits(belay::text_bytes_max - 1, 'a');
    for (const auto& [said, heard] :
         {std::pair(fits + "b", fits + "b"), {fits + "bc", fits + "b"}, {fits + "ü", fits}}) {
        BOOST_TEST(over_the_wire(JoinAnswer{.accepted = false, .reason = said, .card = {}}).reason == heard);
        const AskReply reply{.id = 1, .body = std::unexpected(Error{.text = said})};
        BOOST_TEST(over_the_wire(reply).body.error().text == heard);
    }
}

BOOST_AUTO_TEST_CASE(bad_messages_are_named) {
    BOOST_TEST(problem_of("[]") == "bad message '': a JSON object is expected");
    BOOST_TEST(problem_of("{}") == "bad message '': 'type' is missing");
    BOOST_TEST(problem_of(R"({"type":1})") == "bad message '': 'type' is not a text");
    BOOST_TEST(problem_of(R"({"type":"join","protocol":-1})") ==
               "bad message 'join': 'protocol' is not a whole number from 0");
    BOOST_TEST(problem_of(R"({"type":"join","protocol":1,"cluster":"c","vip_digest":"12"})") ==
               "bad message 'join': 'vip_digest' does not have 16 hex digits");
    BOOST_TEST(problem_of(R"({"type":"card","card":{"name":"x"}})") ==
               "bad message 'card': card: 'incarnation' is missing");
    BOOST_TEST(problem_of(R"({"type":"ask","id":1,"deadline_ms":99999999999,"body":1})") ==
               "bad message 'ask': 'deadline_ms' is 99999999999; the limit is 600000");
    BOOST_TEST(problem_of(R"({"type":"answer","accepted":"yes"})") ==
               "bad message 'answer': 'accepted' is neither true nor false");
    BOOST_TEST(problem_of(R"({"type":"reply","id":1})") == "bad message 'reply': 'body' is missing");
    BOOST_TEST(problem_of(fmt::format(R"({{"type":"{}"}})", std::string(belay::text_bytes_max + 1, 'x'))) ==
               "bad message '': 'type' has 1025 bytes; the limit is 1024");
}

BOOST_AUTO_TEST_CASE(numbers_beyond_64_bits_are_refused_in_a_card) {
    nlohmann::json card = to_json(full_card());
    card["started_unix_ns"] = std::numeric_limits<std::uint64_t>::max();
    BOOST_TEST(card_from_json(card).error().text == "'started_unix_ns' is not a whole number of 64 bits");
    card["started_unix_ns"] = -5;
    BOOST_TEST(card_from_json(card).value().started_unix_ns == -5);
    card["addresses"] = std::vector<std::string>(card_addresses_max + 1);
    BOOST_TEST(!card_from_json(card).has_value());
    card["addresses"] = {1, 2};
    BOOST_TEST(!card_from_json(card).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
