// The stable words of reasons, and texts of bounded size.
#include "belay/core/reason.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

using namespace belay::core;

BOOST_AUTO_TEST_SUITE(reason)

BOOST_AUTO_TEST_CASE(every_code_has_a_word_of_its_own) {
    std::set<std::string_view> words;
    for (unsigned code = 0; code <= static_cast<unsigned>(why_last); ++code) {
        words.insert(to_text(static_cast<Why>(code)));
    }
    BOOST_TEST(words.size() == static_cast<std::size_t>(why_last) + 1);
    BOOST_TEST(words.count("unknown") == 0U);
    BOOST_TEST(words.count("") == 0U);
}

BOOST_AUTO_TEST_CASE(the_words_that_scripts_rely_on_stay) {
    BOOST_TEST(to_text(Why::none) == "none");
    BOOST_TEST(to_text(Why::holder_silent) == "holder_silent");
    BOOST_TEST(to_text(Why::lease_ran_out) == "lease_ran_out");
    BOOST_TEST(to_text(Why::service_failed) == "service_failed");
    BOOST_TEST(to_text(Why::switchover) == "switchover");
    BOOST_TEST(to_text(Why::returned) == "returned");
    BOOST_TEST(to_text(static_cast<Why>(200)) == "unknown");
}

BOOST_AUTO_TEST_CASE(a_long_text_is_cut) {
    const std::string fits(ReasonText::size_max, 'a');
    BOOST_TEST(ReasonText(fits).view() == fits);
    BOOST_TEST(ReasonText(fits + "b").view() == fits);
    BOOST_TEST(ReasonText(fits + std::string(300, 'b')).view() == fits);
    BOOST_TEST(ReasonText().view().empty());
}

BOOST_AUTO_TEST_CASE(texts_are_equal_by_their_letters) {
    BOOST_TEST((ReasonText("one") == ReasonText(std::string("one"))));
    BOOST_TEST(!(ReasonText("one") == ReasonText("two")));
    BOOST_TEST(!(ReasonText("one") == ReasonText("one ")));
}

BOOST_AUTO_TEST_SUITE_END()
