#pragma once
// One event, one line, stable fields: `role node=alpha from=standby to=active term=7 reason="..."`. Goes to standard
// error, with the priority prefix of sd-daemon(3) when journald reads it and with a time stamp otherwise. Writing
// never blocks: a reader that stalls costs lines (which are counted and reported), not the lease (PEERS lesson 8).
// Library code returns errors; only the shell (daemon, threads, cli) logs (STYLE 6).

#include <cstdint>
#include <fmt/format.h>
#include <initializer_list>
#include <string>
#include <string_view>

namespace belay::log {

/// As in syslog(3).
enum class Level : std::uint8_t { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

/// One `key=value` of a line. The value is quoted when it holds blanks or quotes; control characters are escaped, so
/// that bytes from the network cannot forge a line.
struct Field {
    std::string_view key;
    std::string value;

    template <typename T>
    Field(std::string_view name, const T& content)
        : key(name)
        , value(fmt::format("{}", content)) {}
};

/// Lines above this level are dropped; the default is info. Any thread.
void set_level(Level level) noexcept;

/// Writes one line; `event` is its stable first word. Any thread; never blocks, never fails.
void line(Level level, std::string_view event, std::initializer_list<Field> fields);

/// The text of a line without prefix and newline; line() writes this.
[[nodiscard]] std::string format_line(std::string_view event, std::initializer_list<Field> fields);

inline void error(std::string_view event, std::initializer_list<Field> fields) {
    line(Level::error, event, fields);
}

inline void warning(std::string_view event, std::initializer_list<Field> fields) {
    line(Level::warning, event, fields);
}

inline void notice(std::string_view event, std::initializer_list<Field> fields) {
    line(Level::notice, event, fields);
}

inline void info(std::string_view event, std::initializer_list<Field> fields) {
    line(Level::info, event, fields);
}

inline void debug(std::string_view event, std::initializer_list<Field> fields) {
    line(Level::debug, event, fields);
}

} // namespace belay::log
