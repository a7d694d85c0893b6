#pragma once
// Scenario files: stories in text, checked word for word (STYLE 9, after etcd's testdata). A file is a row of blocks:
//
//     # why this block is here
//     start alpha
//     run 1s
//     ----
//     what must have happened, line by line
//
// A block ends with an empty line. With BELAY_SCENARIO_WRITE=1 in the environment the expected parts are written anew;
// read the difference before you keep it.

#include <string>
#include <vector>

namespace belay::scenario {

struct Block {
    std::vector<std::string> comments; ///< lines before the commands, kept as they are
    std::vector<std::string> commands;
    std::vector<std::string> expected;
    unsigned line = 0; ///< of the first command, for messages
};

[[nodiscard]] std::vector<Block> parse_script(const std::string& text);
[[nodiscard]] std::string print_script(const std::vector<Block>& blocks);

} // namespace belay::scenario
