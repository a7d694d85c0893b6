// The table of keys against the settings and against the manual page.

#include "belay/config/schema.hpp"

#include "belay/config/load.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::config;
using namespace belay::config::test;

namespace {

/// The manual's text about one key: from its item to the next item or end of list.
std::string manual_of(const std::string& page, const SectionRule& section, const KeyRule& key) {
    const std::size_t chapter =
        page.find(".Ss " + section_title(section.word, section.named ? "NAME" : "") + " section");
    const std::size_t next_chapter = std::min(page.find("\n.Ss ", chapter), page.find("\n.Sh ", chapter));
    const std::size_t item = page.find(".It Ic " + std::string(key.name) + " No =", chapter);
    if (chapter == std::string::npos || item == std::string::npos || item > next_chapter) {
        return {};
    }
    const std::size_t end = std::min(page.find("\n.It", item), page.find("\n.El", item));
    return page.substr(item, end - item);
}

} // namespace

BOOST_AUTO_TEST_SUITE(schema_table)

BOOST_AUTO_TEST_CASE(defaults_and_examples_can_be_written) {
    for (const SectionRule& section : schema()) {
        for (const KeyRule& key : section.keys) {
            BOOST_TEST(!key.meaning.empty(), key.name);
            Record record = section.empty;
            const std::string text = key.need == Need::optional ? key.default_text : std::string(key.example);
            BOOST_TEST(key.read(record, text).has_value(), key.name);
            BOOST_TEST(key.write(record) == text, key.name);
            BOOST_TEST((key.need != Need::optional || record == section.empty), key.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_refused_value_changes_nothing) {
    for (const SectionRule& section : schema()) {
        for (const KeyRule& key : section.keys) {
            Record record = section.empty;
            BOOST_TEST(!key.read(record, "").has_value(), key.name);
            BOOST_TEST((record == section.empty), key.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_manual_has_every_key_with_its_default_and_its_reload) {
    const std::string page = read_text(source_path("man/belay.ini.5"));
    for (const SectionRule& section : schema()) {
        for (const KeyRule& key : section.keys) {
            const std::string name = section_title(section.word, "") + " " + std::string(key.name);
            const std::string text = manual_of(page, section, key);
            BOOST_TEST(!text.empty(), "belay.ini.5 does not describe " << name);
            BOOST_TEST(text.contains(key.live ? "Changes by reload." : "Needs a restart."), name << ": " << text);
            const std::string value = key.need == Need::optional ? "Default: " + key.default_text + "."
                                      : key.need == Need::unset  ? std::string("Default: none set.")
                                                                 : std::string("Required");
            BOOST_TEST(text.contains(value), name << " lacks '" << value << "': " << text);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
