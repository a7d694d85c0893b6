#include "script.hpp"

#include <sstream>

namespace belay::scenario {

std::vector<Block> parse_script(const std::string& text) {
    std::vector<Block> blocks;
    Block block;
    bool output = false;
    unsigned number = 0;
    const auto finish = [&] {
        if (!block.comments.empty() || !block.commands.empty()) {
            blocks.push_back(block);
        }
        block = Block{};
        output = false;
    };
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.empty()) {
            finish();
        } else if (output) {
            block.expected.push_back(line);
        } else if (line == "----") {
            output = true;
        } else if (line.starts_with('#')) {
            block.comments.push_back(line);
        } else {
            block.line = block.commands.empty() ? number : block.line;
            block.commands.push_back(line);
        }
    }
    finish();
    return blocks;
}

std::string print_script(const std::vector<Block>& blocks) {
    std::string text;
    for (const Block& block : blocks) {
        text += text.empty() ? "" : "\n";
        for (const auto* part : {&block.comments, &block.commands}) {
            for (const std::string& line : *part) {
                text += line + '\n';
            }
        }
        if (!block.commands.empty()) {
            text += "----\n";
        }
        for (const std::string& line : block.expected) {
            text += line + '\n';
        }
    }
    return text;
}

} // namespace belay::scenario
