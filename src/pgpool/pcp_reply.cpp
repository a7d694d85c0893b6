#include "belay/pgpool/pcp_reply.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace belay::pgpool {

namespace {

constexpr std::size_t text_size_max = 300;
constexpr std::string_view complete = "CommandComplete";
constexpr std::string_view logged_in = "AuthenticationOK";

template <typename T>
struct Word {
    std::string_view text;
    T value;
};

/// pgpool-II's own words; a node in quarantine gets no clients, as one that is down.
constexpr std::array status_words{
    Word{.text = "unused", .value = BackendStatus::unused},
    Word{.text = "waiting", .value = BackendStatus::connecting},
    Word{.text = "up", .value = BackendStatus::up},
    Word{.text = "down", .value = BackendStatus::down},
    Word{.text = "quarantine", .value = BackendStatus::down},
    Word{.text = "0", .value = BackendStatus::unused},
    Word{.text = "1", .value = BackendStatus::connecting},
    Word{.text = "2", .value = BackendStatus::up},
    Word{.text = "3", .value = BackendStatus::down},
};
constexpr std::array role_words{
    Word{.text = "main", .value = BackendRole::main},       Word{.text = "replica", .value = BackendRole::replica},
    Word{.text = "primary", .value = BackendRole::primary}, Word{.text = "standby", .value = BackendRole::standby},
    Word{.text = "master", .value = BackendRole::main},     Word{.text = "slave", .value = BackendRole::replica},
    Word{.text = "0", .value = BackendRole::main},          Word{.text = "1", .value = BackendRole::replica},
    Word{.text = "2", .value = BackendRole::primary},       Word{.text = "3", .value = BackendRole::standby},
};

template <typename T, std::size_t N>
std::optional<T> value_of(std::string_view text, const std::array<Word<T>, N>& words) {
    const auto found = std::ranges::find(words, text, &Word<T>::text);
    return found == words.end() ? std::nullopt : std::optional(found->value);
}

template <typename T>
std::optional<T> number_of(std::string_view text) {
    T number{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// Fit for a log line, JSON and a terminal.
std::string printable(std::string_view text) {
    std::string clean(text.substr(0, text_size_max));
    std::ranges::replace(clean, '\n', ' '); // an error of PostgreSQL's that pgpool-II passes on has several lines
    std::ranges::replace_if(clean, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
    return clean;
}

/// The strings of an answer after its first one, which must be `head`.
Result<std::vector<std::string_view>> after(std::string_view head, const PcpFrame& answer) {
    auto strings = strings_of(answer.payload);
    if (!strings) {
        return fail("a malformed answer '{}': {}", answer.type, strings.error().text);
    }
    if (strings->empty() || strings->front() != head) {
        return fail("an answer '{}' without {}", answer.type, head);
    }
    strings->erase(strings->begin());
    return strings;
}

} // namespace

Result<PcpSalt> parse_salt(const PcpFrame& answer) {
    PcpSalt salt{};
    if (answer.payload.size() != salt.size()) {
        return fail("a salt of {} bytes instead of {}", answer.payload.size(), salt.size());
    }
    std::ranges::transform(answer.payload, salt.begin(), [](char byte) { return static_cast<std::uint8_t>(byte); });
    return salt;
}

Status parse_done(const PcpFrame& answer) {
    const auto rest = after(answer.type == 'r' ? logged_in : complete, answer);
    return rest ? Status() : std::unexpected(rest.error());
}

Result<std::uint32_t> parse_count(const PcpFrame& answer) {
    const auto rest = after(complete, answer);
    if (!rest) {
        return std::unexpected(rest.error());
    }
    const auto count = rest->empty() ? std::nullopt : number_of<std::uint32_t>(rest->front());
    if (!count || *count > pcp_backends_max) {
        return fail("an answer '{}' that is no number of database nodes", answer.type);
    }
    return *count;
}

Result<PcpNode> parse_node(const PcpFrame& answer, std::uint32_t id) {
    constexpr std::size_t fields_min = 6;
    const auto fields = after(complete, answer);
    if (!fields) {
        return std::unexpected(fields.error());
    }
    if (fields->size() < fields_min) {
        return fail("an answer '{}' with {} fields, fewer than {}", answer.type, fields->size(), fields_min);
    }
    if (number_of<std::uint32_t>((*fields)[0]) != id) {
        return fail("an answer about database node '{}' instead of {}", printable((*fields)[0]), id);
    }
    const auto port = number_of<std::uint16_t>((*fields)[2]);
    if (!port) {
        return fail("database node {} with the impossible port '{}'", id, printable((*fields)[2]));
    }
    const auto status = value_of((*fields)[3], status_words);
    if (!status) {
        return fail("database node {} with the unknown status '{}'", id, printable((*fields)[3]));
    }
    const auto role = value_of((*fields)[4], role_words);
    if (!role) {
        return fail("database node {} with the unknown role '{}'", id, printable((*fields)[4]));
    }
    return PcpNode{
        .backend = {.id = id, .host = printable((*fields)[1]), .port = *port, .status = *status, .role = *role},
        .changed = printable((*fields)[5])};
}

PcpComplaint parse_complaint(const PcpFrame& answer) {
    PcpComplaint complaint;
    std::string detail;
    for (const std::string_view field : strings_of(answer.payload).value_or(std::vector<std::string_view>())) {
        const std::string_view value = field.substr(std::min<std::size_t>(1, field.size()));
        if (field.starts_with('S')) {
            complaint.fatal = value == "FATAL" || value == "PANIC";
        } else if (field.starts_with('M')) {
            complaint.text = printable(value);
        } else if (field.starts_with('D')) {
            detail = printable(value);
        }
    }
    if (complaint.text.empty()) {
        complaint.text = "an error without words";
    }
    if (!detail.empty()) {
        complaint.text += " (" + detail + ")";
    }
    return complaint;
}

} // namespace belay::pgpool
