// Importers against files as people have them: data/import/NAME.conf becomes NAME.expected, with the problems first. To
// write the expected files anew, after a look at every difference: BELAY_REGENERATE=1 build/tests/cli/cli_test
// --run_test=import, with BELAY_IMPORT_DATA as tests/cli/meson.build sets it.

#include "belay/cli/import_pgpool.hpp"
#include "belay/config/load.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(import)

using namespace belay;
using namespace belay::cli;

namespace {

std::filesystem::path data() {
    const char* const path = std::getenv("BELAY_IMPORT_DATA");
    BOOST_REQUIRE_MESSAGE(path != nullptr, "BELAY_IMPORT_DATA does not say where the files are");
    return path;
}

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The hosts of the files; nobody else is asked.
Result<IpAddress> resolve(const std::string& name) {
    const std::map<std::string, std::string> known{{"db-a.example", "10.77.0.1"}, {"db-b.example", "10.77.0.2"}};
    if (const auto address = parse_ip(name)) {
        return *address;
    }
    const auto found = known.find(name);
    return found == known.end() ? Result<IpAddress>(fail("no such host")) : *parse_ip(found->second);
}

std::vector<std::filesystem::path> files(const std::string& extension) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(data())) {
        if (entry.path().extension() == extension) {
            found.push_back(entry.path());
        }
    }
    std::ranges::sort(found);
    return found;
}

std::string told(const Imported& imported, const std::string& file) {
    std::string text;
    for (const config::Problem& problem : imported.problems) {
        text += to_text(problem) + '\n';
    }
    return imported.ok() ? text + with_diff_as_comments(imported, file) : text;
}

void compare(const std::filesystem::path& expected, const std::string& text) {
    if (std::getenv("BELAY_REGENERATE") != nullptr) {
        std::ofstream(expected) << text;
    }
    BOOST_TEST(content(expected) == text, expected.filename() << " differs: see the top of tests/cli/import_test.cpp");
}

} // namespace

BOOST_AUTO_TEST_CASE(each_pgpool_conf_becomes_what_is_expected) {
    const auto configurations = files(".conf");
    BOOST_TEST(configurations.size() >= 8U);
    for (const std::filesystem::path& path : configurations) {
        const std::string name = path.filename();
        auto node_id = path;
        node_id.replace_extension(".node_id");
        const Imported imported =
            import_pgpool(content(path), {.file = name, .resolve = resolve, .node_id = content(node_id)});
        auto expected = path;
        compare(expected.replace_extension(".expected"), told(imported, name));
        BOOST_TEST(imported.ok() == !name.starts_with("broken"), name);
        if (imported.ok()) {
            BOOST_TEST(config::load_text(imported.ini, name).settings.has_value(), name);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_secret_is_repeated) {
    for (const std::filesystem::path& path : files(".expected")) {
        BOOST_TEST(content(path).find("secret") == std::string::npos, path);
    }
}

BOOST_AUTO_TEST_CASE(any_bytes_may_be_given) {
    const std::string whole = content(data() / "three_42.conf");
    for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
        std::string text = whole.substr(0, cut);
        text += '\0';
        text += "\xff'";
        const Imported imported = import_pgpool(text, {.file = "cut.conf", .resolve = resolve});
        BOOST_TEST((imported.ok() || !imported.problems.empty()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
