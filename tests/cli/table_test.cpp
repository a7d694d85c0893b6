#include "belay/cli/table.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::cli;

BOOST_AUTO_TEST_SUITE(cli_table)

BOOST_AUTO_TEST_CASE(columns_are_aligned_without_blanks_at_the_end) {
    Table table({"NAME", "ROLE", "X"});
    BOOST_TEST(table.text({}).empty());
    table.add({{.text = "alpha"}, {.text = "active", .tone = Tone::good}, {.text = "1"}});
    table.add({{.text = "b\xc3\xa9"}, {.text = ""}, {.text = "22"}});
    BOOST_TEST(table.text({}) == "NAME   ROLE    X\n"
                                 "alpha  active  1\n"
                                 "b\xc3\xa9     -       22\n");
    BOOST_TEST(table.text({.colour = true}).contains("alpha  \x1b[32mactive\x1b[0m  1\n"));
}

BOOST_AUTO_TEST_CASE(too_wide_a_table_becomes_one_block_per_row) {
    Table table({"VIP", "ADDRESS"});
    table.add({{.text = "main"}, {.text = "fd77::100/64"}});
    table.add({{.text = "other"}, {.text = "10.77.0.1"}});
    BOOST_TEST(table.text({.colour = false, .width = 19}) == "VIP    ADDRESS\n"
                                                             "main   fd77::100/64\n"
                                                             "other  10.77.0.1\n");
    BOOST_TEST(table.text({.colour = false, .width = 18}) == "VIP        main\n"
                                                             "  ADDRESS  fd77::100/64\n"
                                                             "VIP        other\n"
                                                             "  ADDRESS  10.77.0.1\n");
}

BOOST_AUTO_TEST_SUITE_END()
