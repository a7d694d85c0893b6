#include "belay/cli/pgpool_conf.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace belay::cli {

namespace {

bool is_blank(char letter) {
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\f' || letter == '\v';
}

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

bool is_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
           static_cast<unsigned char>(letter) >= 0x80;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return out;
}

/// One line, read from left to right. After a fault the rest of the line counts for nothing.
class LineReader {
public:
    LineReader(std::string_view line, unsigned number, std::size_t begin = 0)
        : line_(line)
        , number_(number)
        , at_(begin) {}

    [[nodiscard]] std::expected<std::optional<PgpoolSetting>, PgpoolFault> read() {
        skip_blanks();
        if (done()) {
            return std::nullopt;
        }
        PgpoolSetting setting{
            .name = {}, .written = {}, .value = {}, .raw = {}, .line = number_, .begin = at_, .end = at_};
        while (at_ < line_.size() && (is_letter(line_[at_]) || (at_ > setting.begin && is_digit(line_[at_])))) {
            ++at_;
        }
        setting.written = line_.substr(setting.begin, at_ - setting.begin);
        setting.name = lower(setting.written);
        if (setting.name.empty()) {
            return fault(at_, "this is neither a comment nor 'name = value'");
        }
        skip_blanks();
        has_equals_ = at_ < line_.size() && line_[at_] == '=';
        at_ += has_equals_ ? 1 : 0;
        skip_blanks();
        if (done()) {
            return fault(setting.begin, fmt::format("'{}' has no value; write '' for an empty one", setting.written));
        }
        if (auto problem = line_[at_] == '\'' ? read_quoted(setting) : read_bare(setting)) {
            return std::unexpected(*std::move(problem));
        }
        setting.end = at_;
        skip_blanks();
        if (!done()) {
            return fault(at_, fmt::format("text after the value of '{}'; put the whole value in quotes, or '#' before "
                                          "a comment",
                                          setting.written));
        }
        return setting;
    }

    [[nodiscard]] bool has_equals() const { return has_equals_; }

private:
    [[nodiscard]] bool done() const { return at_ >= line_.size() || line_[at_] == '#'; }

    void skip_blanks() {
        while (at_ < line_.size() && is_blank(line_[at_])) {
            ++at_;
        }
    }

    std::optional<PgpoolFault> read_quoted(PgpoolSetting& setting) {
        const std::size_t open = at_++;
        while (at_ < line_.size()) {
            const char letter = line_[at_++];
            if (letter == '\\' && at_ < line_.size()) {
                setting.value += unescaped(line_[at_++]);
            } else if (letter != '\'') {
                setting.value += letter;
            } else if (at_ < line_.size() && line_[at_] == '\'') {
                setting.value += line_[at_++];
            } else {
                setting.raw = line_.substr(open + 1, at_ - open - 2);
                return std::nullopt;
            }
        }
        return fault(open, fmt::format("the quotes of '{}' are not closed on this line; a quote inside is written ''",
                                       setting.written))
            .error();
    }

    /// A number may be followed by blanks and its unit.
    std::optional<PgpoolFault> read_bare(PgpoolSetting& setting) {
        const std::size_t begin = at_;
        const auto read_word = [this] {
            while (at_ < line_.size() && !is_blank(line_[at_]) && line_[at_] != '#' && line_[at_] != '\'') {
                ++at_;
            }
        };
        read_word();
        setting.value = line_.substr(begin, at_ - begin);
        const std::size_t end = at_;
        skip_blanks();
        if (std::ranges::all_of(setting.value, is_digit) && !done() && is_letter(line_[at_])) {
            const std::size_t unit = at_;
            read_word();
            setting.value += line_.substr(unit, at_ - unit);
        } else {
            at_ = end;
        }
        setting.raw = setting.value;
        return std::nullopt;
    }

    static char unescaped(char letter) {
        static constexpr std::array<std::pair<char, char>, 5> table{
            {{'b', '\b'}, {'f', '\f'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}}};
        const auto* const found = std::ranges::find(table, letter, &std::pair<char, char>::first);
        return found == table.end() ? letter : found->second;
    }

    [[nodiscard]] std::unexpected<PgpoolFault> fault(std::size_t at, std::string text) const {
        return std::unexpected(
            PgpoolFault{.line = number_, .column = static_cast<unsigned>(at) + 1, .text = std::move(text)});
    }

    std::string_view line_;
    unsigned number_;
    std::size_t at_;
    bool has_equals_ = false;
};

const PgpoolSetting* find_last(const std::vector<PgpoolSetting>& settings, std::string_view name) {
    const PgpoolSetting* last = nullptr;
    for (const PgpoolSetting& setting : settings) {
        last = setting.name == name ? &setting : last;
    }
    return last;
}

} // namespace

const PgpoolSetting* PgpoolConf::find(std::string_view name) const {
    return find_last(settings, name);
}

const PgpoolSetting* PgpoolConf::find_commented(std::string_view name) const {
    return find_last(commented, name);
}

PgpoolConf parse_pgpool_conf(std::string_view text) {
    PgpoolConf conf;
    conf.final_newline = text.empty() || text.ends_with('\n');
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        conf.lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string& line = conf.lines.back();
        const auto number = static_cast<unsigned>(conf.lines.size());
        if (line.contains('\0')) { // in a comment, too: a diff would show it
            conf.faults.push_back(
                {.line = number, .column = 1, .text = "the line has a NUL byte; is this a text file?"});
            continue;
        }
        if (line.size() > 1 && line[0] == '#' && is_letter(line[1])) {
            LineReader reader(line, number, 1);
            auto read = reader.read();
            if (std::optional<PgpoolSetting> setting = read ? std::move(*read) : std::nullopt;
                setting && reader.has_equals()) {
                conf.commented.push_back(*std::move(setting));
            }
            continue;
        }
        auto read = LineReader(line, number).read();
        if (!read) {
            conf.faults.push_back(std::move(read).error());
        } else if (std::optional<PgpoolSetting>& setting = *read) {
            conf.settings.push_back(*std::move(setting));
        }
    }
    return conf;
}

std::optional<bool> pgpool_flag(std::string_view value) {
    static constexpr std::array<std::pair<std::string_view, bool>, 8> words{{{"on", true},
                                                                             {"off", false},
                                                                             {"true", true},
                                                                             {"false", false},
                                                                             {"yes", true},
                                                                             {"no", false},
                                                                             {"1", true},
                                                                             {"0", false}}};
    const std::string word = lower(value);
    std::optional<bool> found;
    for (const auto& [whole, meaning] : words) {
        if (!word.empty() && whole.starts_with(word)) {
            if (found && *found != meaning) {
                return std::nullopt; // "o"
            }
            found = meaning;
        }
    }
    return found;
}

std::optional<Duration> pgpool_time(std::string_view value, Duration unit) {
    static constexpr std::array<std::pair<std::string_view, Duration>, 5> units{{{"ms", std::chrono::milliseconds(1)},
                                                                                 {"s", std::chrono::seconds(1)},
                                                                                 {"min", std::chrono::minutes(1)},
                                                                                 {"h", std::chrono::hours(1)},
                                                                                 {"d", std::chrono::hours(24)}}};
    std::int64_t count = 0;
    const auto [rest, problem] = std::from_chars(value.data(), value.data() + value.size(), count);
    std::string_view word = value.substr(static_cast<std::size_t>(rest - value.data()));
    while (!word.empty() && is_blank(word.front())) {
        word.remove_prefix(1);
    }
    if (problem != std::errc{} || count < 0) {
        return std::nullopt;
    }
    if (!word.empty()) {
        const auto* const found = std::ranges::find(units, word, &std::pair<std::string_view, Duration>::first);
        if (found == units.end()) {
            return std::nullopt;
        }
        unit = found->second;
    }
    if (count > std::numeric_limits<std::int64_t>::max() / unit.count()) {
        return std::nullopt;
    }
    return count * unit;
}

std::optional<std::uint32_t> pgpool_number(std::string_view value, std::uint32_t most) {
    std::uint32_t number = 0;
    const auto [rest, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (problem != std::errc{} || rest != value.data() + value.size() || number > most) {
        return std::nullopt;
    }
    return number;
}

} // namespace belay::cli
