// Two other nodes, played by servers of the test's own.

#include "belay/lifecheck/peer_queries.hpp"

#include "fake_postgres.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::test::FakePostgres;
using belay::test::Manner;

namespace {

belay::config::Service service() {
    belay::config::Service service;
    service.kind = belay::config::ServiceKind::pgpool;
    service.user = "asker";
    service.interval = 20ms;
    service.timeout = 100ms;
    service.fall = 1;
    return service;
}

struct Ear {
    boost::asio::io_context loop;
    std::vector<PeerHealth> known;

    bool until(const std::vector<PeerHealth>& wanted) {
        const auto end = std::chrono::steady_clock::now() + 5s;
        while (known != wanted) {
            loop.restart();
            if (loop.run_one_until(end) == 0) {
                return false;
            }
        }
        return true;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(peer_queries)

BOOST_AUTO_TEST_CASE(each_peer_is_told_by_name_and_a_deaf_one_delays_no_other) {
    Ear ear;
    FakePostgres beta(ear.loop, 7782);
    FakePostgres gamma(ear.loop, 7783, Manner::silent);
    const PeerQueries queries(ear.loop, service(),
                              {{.node = belay::node_id("beta"), .name = "beta", .address = beta.endpoint()},
                               {.node = belay::node_id("gamma"), .name = "gamma", .address = gamma.endpoint()}},
                              [&](const std::vector<PeerHealth>& known) { ear.known = known; });
    const PeerHealth beta_answers{
        .node = belay::node_id("beta"), .name = "beta", .healthy = true, .detail = "127.0.0.1:7782 answers"};
    BOOST_TEST(ear.until({beta_answers})); // gamma is not known yet
    BOOST_TEST(ear.until({beta_answers,
                          {.node = belay::node_id("gamma"),
                           .name = "gamma",
                           .healthy = false,
                           .detail = "127.0.0.1:7783: no answer within 100ms (logging in) (1 of 1)"}}));
    BOOST_TEST(beta.connections > 2);
    gamma.manner = Manner::answers;
    beta.manner = Manner::refuses_login;
    BOOST_TEST(ear.until(
        {{.node = belay::node_id("beta"),
          .name = "beta",
          .healthy = false,
          .detail = "127.0.0.1:7782: FATAL: password authentication failed for user \"asker\" (1 of 1)"},
         {.node = belay::node_id("gamma"), .name = "gamma", .healthy = true, .detail = "127.0.0.1:7783 answers"}}));
}

BOOST_AUTO_TEST_SUITE_END()
