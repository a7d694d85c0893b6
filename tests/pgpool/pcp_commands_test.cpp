#include "belay/pgpool/pcp_client.hpp"

#include "fake_pgpool.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(pcp_commands)

using namespace belay;
using namespace belay::pgpool;
using namespace belay::pgpool::test;
using namespace std::chrono_literals;

namespace {

/// Every node as H says it each time it is asked; the last word stays. D, C, J and O are answered with `answer`.
FakePgpool::Script one(std::vector<std::string> states, std::string answer) {
    auto asked = std::make_shared<std::size_t>(0);
    return [=](char type, const std::string& id) -> Reply {
        if (type != 'H') {
            return {.bytes = type == 'L' ? count(2) : answer};
        }
        const std::string& state = states.at(std::min(*asked, states.size() - 1));
        ++*asked;
        return {.bytes = node(static_cast<unsigned>(std::stoul(id)), state.substr(0, state.find('/')),
                              state.contains('/') ? state.substr(state.find('/') + 1) : "standby")};
    };
}

const std::string refusal = error("ERROR", "invalid degenerate backend request");

} // namespace

BOOST_AUTO_TEST_CASE(a_command_is_said_once_on_a_connection_of_its_own) {
    Bench bench(one({"up"}, done('d')));
    BOOST_TEST(bench.tell(command::Detach{.id = 1}) == "done");
    BOOST_TEST(bench.tell(command::Detach{.id = 1}) == "done");
    BOOST_TEST(bench.server.heard() == "M R H1 D1 X M R H1 D1");
}

BOOST_AUTO_TEST_CASE(what_is_so_already_is_not_said) {
    Bench down(one({"down"}, refusal));
    BOOST_TEST(down.tell(command::Detach{.id = 1}) == "done");
    BOOST_TEST(down.server.heard() == "M R H1");
    Bench primary(one({"up/primary"}, refusal));
    BOOST_TEST(primary.tell(command::Claim{.id = 1}) == "done");
    BOOST_TEST(primary.tell(command::SwitchOver{.id = 1}) == "done");
    BOOST_TEST(!primary.server.heard().contains('J'));
}

BOOST_AUTO_TEST_CASE(an_attach_is_said_even_so_as_a_detach_may_be_queued) {
    Bench up(one({"waiting"}, done('c')));
    BOOST_TEST(up.tell(command::Attach{.id = 1}) == "done");
    BOOST_TEST(up.server.heard() == "M R H1 C1");
    Bench refused(one({"waiting"}, refusal));
    BOOST_TEST(refused.tell(command::Attach{.id = 1}) == "done");
}

BOOST_AUTO_TEST_CASE(a_detach_is_not_so_already_while_an_attach_that_was_taken_is_still_to_come) {
    Bench queued([](char type, const std::string& id) -> Reply {
        return type == 'D' ? Reply{.bytes = refusal} : one({"down"}, done('c'))(type, id);
    });
    BOOST_TEST(queued.tell(command::Attach{.id = 1}) == "done");
    BOOST_TEST(queued.tell(command::Detach{.id = 1}) ==
               "detach 1: invalid degenerate backend request; attach 1 was taken "
               "before and is not carried out yet");
    BOOST_TEST(queued.tell(command::Detach{.id = 0}) == "done");  // another node
    Bench between([](char type, const std::string& id) -> Reply { // the attach was carried out after the look
        return one({"down"}, done(type == 'D' ? 'd' : 'c'))(type, id);
    });
    BOOST_TEST(between.tell(command::Attach{.id = 1}) == "done");
    BOOST_TEST(between.tell(command::Detach{.id = 1}) == "done");
    BOOST_TEST(between.server.heard().ends_with("H1 D1"));
    BOOST_TEST(between.tell(command::Detach{.id = 1}) == "done"); // the last one taken wants the same
    BOOST_TEST(between.server.heard().ends_with("H1"));
}

BOOST_AUTO_TEST_CASE(an_attach_that_was_carried_out_is_forgotten) {
    Bench bench(one({"down", "up", "down"}, done('c')));
    BOOST_TEST(bench.tell(command::Attach{.id = 1}) == "done");
    BOOST_TEST(bench.tell(command::Attach{.id = 1}) == "done");
    BOOST_TEST(bench.tell(command::Detach{.id = 1}) == "done"); // somebody else did
    BOOST_TEST(!bench.server.heard().contains('D'));
}

BOOST_AUTO_TEST_CASE(a_primary_that_is_down_is_promoted_and_an_unused_node_is_not_down) {
    Bench bench(one({"down/primary", "unused"}, done('d')));
    BOOST_TEST(bench.tell(command::Claim{.id = 1}) == "done");
    BOOST_TEST(bench.server.heard() == "M R H1 J1 ");
    BOOST_TEST(bench.tell(command::Detach{.id = 1}) == "done");
    BOOST_TEST(bench.server.heard().ends_with("H1 D1"));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_none_when_it_became_so_meanwhile) {
    Bench bench(one({"up", "down"}, refusal));
    BOOST_TEST(bench.tell(command::Detach{.id = 1}) == "done");
    BOOST_TEST(bench.server.heard() == "M R H1 D1 H1");
    Bench still(one({"up"}, refusal));
    BOOST_TEST(still.tell(command::Detach{.id = 1}) == "detach 1: invalid degenerate backend request");
}

BOOST_AUTO_TEST_CASE(a_fatal_refusal_is_told_and_the_next_request_is_served) {
    Bench bench([](char type, const std::string& id) -> Reply {
        return type == 'J' ? Reply{.bytes = error("FATAL", "invalid promote request"), .close = true}
                           : one({"up"}, done('d'))(type, id);
    });
    BOOST_TEST(bench.tell(command::SwitchOver{.id = 1}) == "switch over to 1: invalid promote request");
    BOOST_TEST(bench.tell(command::Detach{.id = 1}) == "done");
}

BOOST_AUTO_TEST_CASE(a_node_that_does_not_exist_is_not_attached) {
    Bench bench([](char type, const std::string&) -> Reply {
        return {.bytes = type == 'H' ? error("ERROR", "informing failed", "invalid node ID 7") : done('c')};
    });
    BOOST_TEST(bench.tell(command::Attach{.id = 7}) == "attach 7: informing failed (invalid node ID 7)");
    BOOST_TEST(!bench.server.heard().contains('C'));
}

BOOST_AUTO_TEST_CASE(reload_and_recovery_have_their_letters) {
    Bench bench(one({"down"}, done('z')));
    BOOST_TEST(bench.reload() == "done");
    BOOST_TEST(bench.server.heard() == "M R Zl");
    Bench refused(one({"down"}, error("ERROR", "node recovery failed", "node id 1 is alive")));
    BOOST_TEST(refused.tell(command::Recover{.id = 1}) == "recover 1: node recovery failed (node id 1 is alive)");
    BOOST_TEST(refused.reload() == "reload: node recovery failed (node id 1 is alive)");
    Bench silent(
        [](char type, const std::string& id) -> Reply { return type == 'O' ? Reply{} : one({"down"}, {})(type, id); });
    std::string text;
    silent.client->tell(command::Recover{.id = 1}, 100ms, [&](const Status& status) { text = status.error().text; });
    BOOST_TEST(silent.until([&] { return !text.empty(); }));
    BOOST_TEST(text.ends_with("recover 1: no answer within 100ms"));
}

BOOST_AUTO_TEST_CASE(requests_are_answered_in_order_and_never_from_within_the_call) {
    Bench bench(one({"up"}, done('d')));
    std::string order;
    bench.client->backends([&](const auto&) { order += 'a'; });
    bench.client->tell(command::Detach{.id = 1}, [&](const auto&) {
        order += 'b';
        bench.client->backends([&](const auto&) { order += 'e'; });
    });
    bench.client->reload([&](const auto&) { order += 'c'; });
    bench.client->backends([&](const auto&) { order += 'd'; });
    BOOST_TEST(order.empty());
    BOOST_TEST(bench.until([&] { return order.size() == 5U; }));
    BOOST_TEST(order == "abcde");
}

BOOST_AUTO_TEST_CASE(more_than_the_queue_takes_is_refused_from_the_loop) {
    Bench bench([](char, const std::string&) -> Reply { return {}; });
    bench.setup.timeout = 100ms;
    bench.client = std::make_unique<PcpClient>(bench.loop, bench.setup);
    int refused = 0;
    int others = 0;
    for (int number = 0; number < 66; ++number) {
        bench.client->backends([&](const Result<std::vector<Backend>>& outcome) {
            ++(outcome.error().text.ends_with("64 requests wait already") ? refused : others);
        });
    }
    BOOST_TEST(refused == 0);
    BOOST_TEST(bench.until([&] { return refused == 2; }));
    BOOST_TEST(bench.until([&] { return others == 64; })); // each at its own deadline, all at once
}

BOOST_AUTO_TEST_CASE(destroying_it_ends_everything_without_a_callback) {
    Bench bench([](char, const std::string&) -> Reply { return {}; });
    int called = 0;
    for (int number = 0; number < 60; ++number) {
        bench.client->backends([&](const auto&) { ++called; });
    }
    BOOST_TEST(bench.until([&] { return bench.server.heard() == "M R L"; }));
    bench.client.reset();
    bench.server.stop_listening();
    bench.loop.restart();
    bench.loop.run_for(4s);
    BOOST_TEST(bench.loop.stopped()); // nothing was left to wait for
    BOOST_TEST(called == 0);
}

BOOST_AUTO_TEST_CASE(a_callback_may_destroy_the_client) {
    Bench bench(one({"up"}, done('d')));
    int called = 0;
    bench.client->backends([&](const auto&) {
        ++called;
        bench.client.reset();
    });
    bench.client->backends([&](const auto&) { ++called; });
    BOOST_TEST(bench.until([&] { return called == 1; }));
    bench.server.stop_listening();
    bench.loop.restart();
    bench.loop.run_for(4s);
    BOOST_TEST(bench.loop.stopped());
    BOOST_TEST(called == 1);
}

BOOST_AUTO_TEST_SUITE_END()
