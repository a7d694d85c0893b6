#include "belay/info/admission.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::info;

namespace {

const Expected alpha{.cluster = "pgha",
                     .node = "alpha",
                     .peer_names = {"beta", "gamma"},
                     .vip_digest = 17,
                     .config_digest = 34,
                     .fence = "nftables"};

JoinRequest join_of_beta() {
    JoinRequest join{.cluster = "pgha", .vip_digest = 17, .config_digest = 34, .fence = "nftables", .card = {}};
    join.card.name = "beta";
    return join;
}

void check_refused(const JoinRequest& join, const std::string& for_us, const std::string& for_peer) {
    const auto refusal = judge(join, alpha);
    BOOST_REQUIRE(refusal.has_value());
    BOOST_TEST(refusal->for_us == for_us);
    BOOST_TEST(refusal->for_peer == for_peer);
}

} // namespace

BOOST_AUTO_TEST_SUITE(admission)

BOOST_AUTO_TEST_CASE(a_configured_node_with_the_same_configuration_is_let_in) {
    BOOST_TEST(!judge(join_of_beta(), alpha).has_value());
}

BOOST_AUTO_TEST_CASE(another_protocol_comes_before_all_else) {
    JoinRequest join;
    join.protocol = 2;
    check_refused(join, "info protocol is 1 here and 2 there; run the same version on all nodes",
                  "info protocol is 2 here and 1 there; run the same version on all nodes");
}

BOOST_AUTO_TEST_CASE(another_cluster_is_named_from_both_ends) {
    JoinRequest join = join_of_beta();
    join.cluster = "test";
    join.vip_digest = 1;
    check_refused(join, "cluster name is 'pgha' here and 'test' there", "cluster name is 'test' here and 'pgha' there");
}

BOOST_AUTO_TEST_CASE(own_and_unknown_names_are_refused) {
    JoinRequest join = join_of_beta();
    join.card.name = "alpha";
    check_refused(join, "it claims the name of this node, 'alpha'", "the node there is named 'alpha', too");
    join.card.name = "zeta";
    check_refused(join, "node 'zeta' is not in the configuration here",
                  "node 'zeta' is not in the configuration of 'alpha'");
}

BOOST_AUTO_TEST_CASE(digests_are_told_apart) {
    JoinRequest join = join_of_beta();
    join.config_digest = 35;
    check_refused(
        join,
        "the cluster configuration (lease, nodes, tiebreaker ...) differs: its digest is 0000000000000022 here and "
        "0000000000000023 there",
        "the cluster configuration (lease, nodes, tiebreaker ...) differs: its digest is 0000000000000023 here and "
        "0000000000000022 there");
    join.fence = "address"; // part of the digest, and named before it
    check_refused(join,
                  "the fence is nftables here and address there; write the same 'fence' on all nodes, or let all "
                  "kernels have nf_tables",
                  "the fence is address here and nftables there; write the same 'fence' on all nodes, or let all "
                  "kernels have nf_tables");
    join.vip_digest = 18;
    check_refused(join, "the VIP configuration differs: its digest is 0000000000000011 here and 0000000000000012 there",
                  "the VIP configuration differs: its digest is 0000000000000012 here and 0000000000000011 there");
}

BOOST_AUTO_TEST_CASE(an_accepter_must_be_whom_we_dialled) {
    NodeCard card;
    card.name = "beta";
    BOOST_TEST(!judge_accepter(card, "beta").has_value());
    BOOST_TEST(judge_accepter(card, "gamma").value().for_us == "'gamma' was dialled, but the node there is 'beta'");
}

BOOST_AUTO_TEST_SUITE_END()
