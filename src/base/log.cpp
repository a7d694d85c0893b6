#include "belay/base/log.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belay::log {

namespace {

std::atomic<Level> level_max{Level::info};
std::atomic<std::uint64_t> lines_lost{0};

/// Whether standard error is the stream that journald gave to this service (systemd.exec(5), JOURNAL_STREAM).
bool journald_reads() {
    static const bool answer = [] {
        const char* const stream = std::getenv("JOURNAL_STREAM"); // NOLINT(concurrency-mt-unsafe): nobody sets it
        struct stat status{};
        return stream != nullptr && ::fstat(STDERR_FILENO, &status) == 0 &&
               fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
    }();
    return answer;
}

/// Writes without ever waiting for a reader. A pipe that polls writable takes up to PIPE_BUF bytes at once.
bool write_now(std::string_view text) {
    ssize_t written = ::send(STDERR_FILENO, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (written < 0 && errno == ENOTSOCK) {
        pollfd ready{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
        if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) {
            return false;
        }
        written = ::write(STDERR_FILENO, text.data(), text.size());
    }
    return written == static_cast<ssize_t>(text.size());
}

std::string prefix(Level level) {
    if (journald_reads()) {
        return fmt::format("<{}>", static_cast<int>(level));
    }
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    tm parts{};
    ::gmtime_r(&now.tv_sec, &parts);
    std::array<char, 32> stamp{};
    const std::size_t size = std::strftime(stamp.data(), stamp.size(), "%FT%T", &parts);
    return fmt::format("{}.{:06}Z ", std::string_view(stamp.data(), size), now.tv_nsec / 1000);
}

bool needs_quotes(std::string_view value) {
    return value.empty() || value.find_first_of(" \"\\=") != std::string_view::npos;
}

void append_value(std::string& out, std::string_view value) {
    const bool quoted = needs_quotes(value);
    if (quoted) {
        out += '"';
    }
    for (const char letter : value) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (byte < 0x20 || byte == 0x7f) {
            out += fmt::format("\\x{:02x}", byte);
        } else {
            out += letter;
        }
    }
    if (quoted) {
        out += '"';
    }
}

} // namespace

void set_level(Level level) noexcept {
    level_max = level;
}

std::string format_line(std::string_view event, std::initializer_list<Field> fields) {
    std::string text(event);
    for (const Field& field : fields) {
        text += ' ';
        text += field.key;
        text += '=';
        append_value(text, field.value);
    }
    return text;
}

void line(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (level > level_max.load()) {
        return;
    }
    if (const std::uint64_t lost = lines_lost.exchange(0); lost > 0) {
        const std::string report = prefix(Level::warning) + format_line("log_lost", {{"lines", lost}}) + '\n';
        if (!write_now(report)) {
            lines_lost += lost;
        }
    }
    if (!write_now(prefix(level) + format_line(event, fields) + '\n')) {
        ++lines_lost;
    }
}

} // namespace belay::log
