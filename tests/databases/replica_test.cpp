#include "belay/databases/replica.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(replica)

using namespace belay::databases;

namespace {

Table table(belay::core::Term term, std::uint64_t number) {
    Table made;
    made.version = {.term = term, .number = number};
    made.add(static_cast<std::uint32_t>(number)).attached = true;
    return made;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_table_that_was_accepted_does_not_count_before_the_commit) {
    Replica replica;
    BOOST_TEST(replica.accept(1, table(1, 1)));
    BOOST_TEST(!replica.committed().version.known());
    BOOST_TEST(replica.behind({.term = 1, .number = 1}));
    BOOST_TEST(replica.commit({.version = {.term = 1, .number = 1}}));
    BOOST_TEST((replica.committed() == table(1, 1)));
    BOOST_TEST(!replica.commit({.version = {.term = 1, .number = 1}}));
}

BOOST_AUTO_TEST_CASE(after_a_newer_active_has_read_an_older_one_is_refused) {
    Replica replica;
    BOOST_TEST(replica.accept(1, table(1, 1)));
    BOOST_TEST(replica.bind(3));
    BOOST_TEST(!replica.accept(2, table(2, 5)));
    BOOST_TEST(!replica.bind(2));
    BOOST_TEST((replica.accepted() == table(1, 1)));
    BOOST_TEST(replica.accept(3, table(3, 2)));
}

BOOST_AUTO_TEST_CASE(an_older_table_takes_the_place_of_nothing) {
    Replica replica;
    BOOST_TEST(replica.accept(2, table(2, 7)));
    BOOST_TEST(replica.accept(2, table(2, 6))); // late, by the same active
    BOOST_TEST((replica.accepted() == table(2, 7)));
}

BOOST_AUTO_TEST_CASE(a_commit_of_what_is_not_here_needs_the_table) {
    Replica replica;
    BOOST_TEST(replica.accept(1, table(1, 1)));
    BOOST_TEST(!replica.commit({.version = {.term = 1, .number = 2}}));
    BOOST_TEST(!replica.committed().version.known());
    BOOST_TEST(replica.commit({.version = {.term = 1, .number = 2}, .table = table(1, 2)}));
    BOOST_TEST((replica.committed() == table(1, 2)));
    BOOST_TEST((replica.accepted() == table(1, 2)));
}

BOOST_AUTO_TEST_CASE(a_commit_never_goes_back) {
    Replica replica;
    BOOST_TEST(replica.commit({.version = {.term = 2, .number = 3}, .table = table(2, 3)}));
    BOOST_TEST(!replica.commit({.version = {.term = 1, .number = 9}, .table = table(1, 9)}));
    BOOST_TEST((replica.committed() == table(2, 3)));
}

BOOST_AUTO_TEST_SUITE_END()
