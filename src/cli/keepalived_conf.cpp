#include "belay/cli/keepalived_conf.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace belay::cli {

namespace {

class Parser {
public:
    [[nodiscard]] KeepalivedConf run(std::string_view text) {
        open_.emplace_back();
        while (!text.empty() && !stopped_) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            ++number_;
            read_line(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        end_statement();
        if (open_.size() > 1 && !stopped_) {
            fault(open_.back().line,
                  fmt::format("the block of '{}' is not closed; a '}}' is missing", open_.back().keyword()));
        }
        while (open_.size() > 1) {
            close();
        }
        conf_.statements = std::move(open_.front().block);
        return std::move(conf_);
    }

private:
    static bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\f'; }

    static bool ends_word(char letter) {
        return is_blank(letter) || letter == '{' || letter == '}' || letter == '!' || letter == '#' || letter == '"';
    }

    void read_line(std::string_view line) {
        bool continued = false;
        for (std::size_t at = 0; at < line.size() && !stopped_;) {
            const char letter = line[at];
            if (is_blank(letter)) {
                ++at;
            } else if (letter == '!' || letter == '#') {
                break;
            } else if (letter == '{') {
                open_block();
                ++at;
            } else if (letter == '}') {
                close_block();
                ++at;
            } else if (letter == '\\' && line.find_first_not_of(" \t\r", at + 1) == std::string_view::npos) {
                continued = true;
                break;
            } else if (letter == '"') {
                at = read_quoted(line, at);
            } else {
                const std::size_t begin = at;
                while (at < line.size() && (!ends_word(line[at]) || (line[at] == '{' && line[at - 1] == '$'))) {
                    const bool variable = line[at] == '{'; // ${NAME}, which has its own brace
                    at = variable ? std::min(line.find('}', at), line.size() - 1) + 1 : at + 1;
                    if (at == begin) {
                        break;
                    }
                }
                add_word(line.substr(begin, at - begin));
            }
        }
        if (!continued) {
            end_statement();
        }
    }

    std::size_t read_quoted(std::string_view line, std::size_t open) {
        const std::size_t close = line.find('"', open + 1);
        if (close == std::string_view::npos) {
            fault(number_, "the quotes are not closed on this line");
            return line.size();
        }
        add_word(line.substr(open + 1, close - open - 1));
        return close + 1;
    }

    void add_word(std::string_view word) {
        if (words_.empty()) {
            words_line_ = number_;
        }
        words_.emplace_back(word);
    }

    void end_statement() {
        if (!words_.empty()) {
            open_.back().block.push_back(
                {.words = std::exchange(words_, {}), .line = words_line_, .has_block = false, .block = {}});
        }
    }

    /// The block belongs to the words before it, in this line or an earlier one.
    void open_block() {
        end_statement();
        std::vector<KeepalivedStatement>& siblings = open_.back().block;
        if (siblings.empty() || siblings.back().has_block) {
            stop("a '{' without a word before it");
        } else if (open_.size() > keepalived_depth_max) {
            stop("blocks are nested too deeply");
        } else {
            KeepalivedStatement owner = std::move(siblings.back());
            siblings.pop_back();
            owner.has_block = true;
            open_.push_back(std::move(owner));
        }
    }

    void close_block() {
        end_statement();
        if (open_.size() == 1) {
            stop("a '}' without a '{' before it");
        } else {
            close();
        }
    }

    void close() {
        KeepalivedStatement closed = std::move(open_.back());
        open_.pop_back();
        open_.back().block.push_back(std::move(closed));
    }

    void stop(std::string text) {
        fault(number_, std::move(text));
        stopped_ = true;
    }

    void fault(unsigned line, std::string text) { conf_.faults.push_back({.line = line, .text = std::move(text)}); }

    KeepalivedConf conf_;
    std::vector<KeepalivedStatement> open_; ///< the root, and each block that is open
    std::vector<std::string> words_;
    unsigned words_line_ = 0;
    unsigned number_ = 0;
    bool stopped_ = false;
};

} // namespace

KeepalivedConf parse_keepalived_conf(std::string_view text) {
    return Parser().run(text);
}

} // namespace belay::cli
