#include "support.hpp"

#include <deque>
#include <vector>

using namespace belay::control;
using namespace belay::control::testing;
using namespace std::chrono_literals;
using boost::asio::io_context;

namespace {

constexpr std::string_view status_line = "{\"command\":\"status\"}\n";
constexpr std::string_view status_answer = R"({"ok":true,"result":{"command":"status"}})";

} // namespace

BOOST_AUTO_TEST_SUITE(control_server)

BOOST_AUTO_TEST_CASE(answers_in_order_also_when_lines_come_in_pieces_or_together) {
    const Directory directory;
    io_context context;
    const auto server = open_server(context, options_for(directory));
    RawClient client(directory.socket());
    BOOST_TEST(client.send("{\"comm") == 6U);
    BOOST_TEST(run_until(context, [&] { return server->clients() == 1; }));
    client.send("and\":\"vips\"}\n{\"command\":\"status\"}\n{\"command\":\"reload\"}\n");
    BOOST_TEST(next_line(context, client) == R"({"ok":true,"result":{"command":"vips"}})");
    BOOST_TEST(next_line(context, client) == status_answer);
    BOOST_TEST(next_line(context, client) == R"({"ok":true,"result":{"command":"reload"}})");
    BOOST_TEST(server->counters().requests == 3U);
}

BOOST_AUTO_TEST_CASE(client_that_has_said_all_still_gets_its_answer) {
    const Directory directory;
    io_context context;
    const auto server = open_server(context, options_for(directory));
    RawClient client(directory.socket());
    client.send(status_line);
    client.shut_sending_down();
    BOOST_TEST(next_line(context, client) == status_answer);
    BOOST_TEST(run_until(context, [&] { return server->clients() == 0; }));
}

BOOST_AUTO_TEST_CASE(garbage_is_answered_and_the_next_line_is_served) {
    const Directory directory;
    io_context context;
    const auto server = open_server(context, options_for(directory));
    RawClient client(directory.socket());
    client.send(std::string_view("\0\xff\x80GET / HTTP/1.0\r\n", 19));
    BOOST_TEST(next_line(context, client).contains("the request is not a JSON object on one line"));
    client.send(status_line);
    BOOST_TEST(next_line(context, client) == status_answer);
    BOOST_TEST(server->counters().requests_malformed == 1U);
}

BOOST_AUTO_TEST_CASE(oversized_line_ends_the_connection_with_a_reason) {
    const Directory directory;
    io_context context;
    const auto server = open_server(context, options_for(directory));
    RawClient client(directory.socket());
    const std::string flood(size_t{1} << 20U, 'x');
    BOOST_TEST(client.send(flood) > request_size_max);
    BOOST_TEST(next_line(context, client).contains("longer than 65536 bytes; the connection ends here"));
    BOOST_TEST(run_until(context, [&] {
        client.receive();
        return client.closed;
    }));
    BOOST_TEST(server->clients() == 0U);
}

BOOST_AUTO_TEST_CASE(later_answers_reach_their_own_client) {
    const Directory directory;
    io_context context;
    std::deque<ReplyFunction> open_replies;
    const auto server = open_server(context, options_for(directory), [&](const Request&, ReplyFunction reply) {
        open_replies.push_back(std::move(reply));
    });
    RawClient first(directory.socket());
    first.send(status_line);
    BOOST_TEST(run_until(context, [&] { return open_replies.size() == 1; }));
    RawClient second(directory.socket());
    second.send(status_line);
    BOOST_TEST(run_until(context, [&] { return open_replies.size() == 2; }));
    open_replies[1](ok_reply({{"for", 2}}));
    open_replies[1](ok_reply({{"for", 3}})); // a second call does nothing
    BOOST_TEST(next_line(context, second) == R"({"ok":true,"result":{"for":2}})");
    open_replies[0](ok_reply({{"for", 1}}));
    BOOST_TEST(next_line(context, first) == R"({"ok":true,"result":{"for":1}})");
    second.receive();
    BOOST_TEST(second.received.empty());
}

BOOST_AUTO_TEST_CASE(client_that_vanishes_frees_its_place_before_its_answer_is_ready) {
    const Directory directory;
    io_context context;
    ReplyFunction late;
    const auto server = open_server(context, options_for(directory),
                                    [&](const Request&, ReplyFunction reply) { late = std::move(reply); });
    RawClient client(directory.socket());
    client.send(status_line);
    BOOST_TEST(run_until(context, [&] { return late != nullptr; }));
    BOOST_TEST(server->clients() == 1U);
    client.hang_up();
    BOOST_TEST(run_until(context, [&] { return server->clients() == 0; }));
    late(ok_reply({}));
}

BOOST_AUTO_TEST_CASE(dropped_and_throwing_requests_are_answered_too) {
    const Directory directory;
    io_context context;
    const auto server = open_server(context, options_for(directory), [](const Request& request, const ReplyFunction&) {
        if (std::holds_alternative<request::Reload>(request)) {
            throw std::runtime_error("no such thing");
        }
    });
    RawClient client(directory.socket());
    client.send(status_line);
    BOOST_TEST(next_line(context, client).contains("the daemon dropped the request"));
    client.send("{\"command\":\"reload\"}\n");
    BOOST_TEST(next_line(context, client).contains("internal error in 'reload': no such thing"));
}

BOOST_AUTO_TEST_CASE(late_answer_after_the_end_of_the_server_is_harmless) {
    const Directory directory;
    io_context context;
    ReplyFunction late;
    auto server = open_server(context, options_for(directory),
                              [&](const Request&, ReplyFunction reply) { late = std::move(reply); });
    RawClient client(directory.socket());
    client.send(status_line);
    BOOST_TEST(run_until(context, [&] { return late != nullptr; }));
    server.reset();
    BOOST_TEST(!std::filesystem::exists(directory.socket()));
    late(ok_reply({}));
    BOOST_TEST(run_until(context, [&] {
        client.receive();
        return client.closed;
    }));
    BOOST_TEST(client.received.empty());
}

BOOST_AUTO_TEST_CASE(two_hundred_clients_that_never_read_cost_their_places_and_nothing_else) {
    const Directory directory;
    io_context context;
    const auto server = open_server(context, options_for(directory), [](const Request&, const ReplyFunction& reply) {
        reply(ok_reply({{"filling", std::string(std::size_t{1} << 20U, 'x')}}));
    });
    std::deque<RawClient> silent;
    std::string many_requests;
    for (int i = 0; i < 1000; ++i) {
        many_requests += status_line;
    }
    for (int i = 0; i < 200; ++i) {
        silent.emplace_back(directory.socket());
        BOOST_REQUIRE(silent.back().connected);
        silent.back().send(many_requests);
        const std::uint64_t seen = static_cast<std::uint64_t>(i) + 1;
        BOOST_REQUIRE(run_until(context, [&] {
            return server->counters().clients_accepted + server->counters().clients_refused_full == seen;
        }));
    }
    BOOST_TEST(server->clients() == 64U);
    BOOST_TEST(server->counters().clients_refused_full == 136U);
    BOOST_TEST(run_until(context, [&] { return server->counters().requests == 64; }));
    context.restart();
    context.poll();
    BOOST_TEST(server->counters().requests == 64U); // one answer under way for each, however much they asked

    silent.back().receive();
    BOOST_TEST(silent.back().received.contains("too many clients are connected (64)"));
    for (int i = 0; i < 3; ++i) {
        silent.pop_front();
    }
    BOOST_TEST(run_until(context, [&] { return server->clients() == 61; }));
    RawClient polite(directory.socket());
    polite.send(status_line);
    BOOST_TEST(next_line(context, polite).size() > std::size_t{1} << 20U);
}

BOOST_AUTO_TEST_CASE(silent_clients_lose_their_places_at_the_deadline) {
    const Directory directory;
    io_context context;
    ServerOptions options = options_for(directory);
    options.idle_max = 100ms;
    const auto server = open_server(context, options, [](const Request&, const ReplyFunction& reply) {
        reply(ok_reply({{"filling", std::string(std::size_t{1} << 20U, 'x')}}));
    });
    const RawClient says_nothing(directory.socket());
    RawClient says_half(directory.socket());
    RawClient never_reads(directory.socket());
    never_reads.send(status_line);
    BOOST_TEST(run_until(context, [&] { return server->counters().clients_accepted == 3; }));
    BOOST_TEST(run_until(context, [&] {
        says_half.send(" "); // a byte now and then is no progress
        return server->clients() == 0;
    }));
    BOOST_TEST(server->counters().clients_timed_out == 3U);
}

BOOST_AUTO_TEST_CASE(too_long_an_answer_becomes_an_error) {
    const Directory directory;
    io_context context;
    const auto server = open_server(context, options_for(directory), [](const Request&, const ReplyFunction& reply) {
        reply(ok_reply({{"filling", std::string(std::size_t{9} << 20U, 'x')}}));
    });
    RawClient client(directory.socket());
    client.send(status_line);
    BOOST_TEST(next_line(context, client).contains("the answer is longer than"));
}

BOOST_AUTO_TEST_SUITE_END()
