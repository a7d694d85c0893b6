#define BOOST_TEST_MODULE scenario
#include "script.hpp"
#include "stage.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace {

using belay::scenario::Block;
using belay::scenario::Stage;

std::vector<std::string> stories() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(BELAY_STORIES)) {
        names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::string> play(Stage& stage, const Block& block) {
    std::vector<std::string> out;
    for (const std::string& command : block.commands) {
        for (std::string& line : stage.run(command)) {
            out.push_back(std::move(line));
        }
    }
    return out;
}

} // namespace

BOOST_DATA_TEST_CASE(story, boost::unit_test::data::make(stories()), name) {
    const std::filesystem::path path = std::filesystem::path(BELAY_STORIES) / name;
    std::vector<Block> blocks = belay::scenario::parse_script(read(path));
    BOOST_TEST_REQUIRE(!blocks.empty());
    const bool rewrite = std::getenv("BELAY_SCENARIO_WRITE") != nullptr;
    Stage stage;
    for (Block& block : blocks) {
        const std::vector<std::string> happened = play(stage, block);
        if (rewrite) {
            block.expected = happened;
        } else {
            BOOST_TEST(happened == block.expected,
                       fmt::format("{}:{}: expected\n{}\nbut this happened\n{}", name, block.line,
                                   fmt::join(block.expected, "\n"), fmt::join(happened, "\n")));
        }
    }
    BOOST_TEST(stage.clean(), "two hosts served at once, or a term was won twice");
    if (rewrite) {
        std::ofstream(path) << belay::scenario::print_script(blocks);
    }
}
