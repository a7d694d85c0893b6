// The manual page and the code name the same commands and options. The page is $BELAY_MAN_PAGE.
#include "belay/cli/app.hpp"

#include <CLI/CLI.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

using namespace belay::cli;

namespace {

std::string read_page() {
    const char* const path = std::getenv("BELAY_MAN_PAGE");
    BOOST_REQUIRE_MESSAGE(path != nullptr, "BELAY_MAN_PAGE does not say where belay.1 is");
    std::ifstream file(path);
    BOOST_REQUIRE_MESSAGE(file.good(), path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The word after each `macro` of the page, as mdoc writes options and commands: ".Fl -json" is "--json".
std::set<std::string> words_after(const std::string& page, const std::string& macro) {
    std::set<std::string> found;
    std::istringstream words(page);
    std::string word;
    while (words >> word) {
        if ((word == macro || word == '.' + macro) && words >> word) {
            found.insert(word);
        }
    }
    return found;
}

/// Commands are the tagged items of the page.
std::set<std::string> commands_of(const std::string& page) {
    std::set<std::string> found;
    std::istringstream lines(page);
    std::string line;
    while (std::getline(lines, line)) {
        std::istringstream words(line);
        std::string item;
        std::string macro;
        std::string name;
        if (words >> item >> macro >> name && item == ".It" && macro == "Cm") {
            found.insert(name);
        }
    }
    return found;
}

std::set<std::string> options_of(const CLI::App& app) {
    std::set<std::string> found;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_snames()) {
            found.insert(name);
        }
        for (const std::string& name : option->get_lnames()) {
            found.insert('-' + name);
        }
    }
    for (const CLI::App* subcommand : app.get_subcommands({})) {
        found.merge(options_of(*subcommand));
    }
    return found;
}

std::string listed(const std::set<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += word + ' ';
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_man_page)

BOOST_AUTO_TEST_CASE(page_and_code_name_the_same_commands) {
    std::set<std::string> in_code;
    for (const Command* command : commands()) {
        in_code.emplace(command->name);
    }
    BOOST_TEST(listed(commands_of(read_page())) == listed(in_code));
}

BOOST_AUTO_TEST_CASE(page_and_code_name_the_same_options) {
    Arguments arguments;
    BOOST_TEST(listed(words_after(read_page(), "Fl")) == listed(options_of(*build_app(arguments))));
}

BOOST_AUTO_TEST_CASE(page_names_every_exit_code) {
    const std::set<std::string> items = words_after(read_page(), "It");
    for (const ExitCode code : {ExitCode::done, ExitCode::failed, ExitCode::usage, ExitCode::not_reachable}) {
        BOOST_TEST(items.contains(std::to_string(static_cast<int>(code))));
    }
}

BOOST_AUTO_TEST_CASE(help_fits_in_eighty_columns) {
    Arguments arguments;
    const auto app = build_app(arguments);
    std::string help = app->help();
    for (const CLI::App* subcommand : app->get_subcommands({})) {
        help += subcommand->help();
    }
    std::istringstream lines(help);
    std::string line;
    while (std::getline(lines, line)) {
        BOOST_TEST(line.size() <= 80U, line);
    }
}

BOOST_AUTO_TEST_SUITE_END()
