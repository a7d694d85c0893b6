#include "belay/pgpool/pcppass.hpp"

#include "belay/base/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace belay::pgpool {

namespace {

constexpr std::size_t file_size_max = std::size_t{64} * 1024;
constexpr std::size_t fields = 4;
constexpr mode_t mode_max = 0640;

/// The fields of a line as they stand there, escapes and all; the last one takes the rest.
std::optional<std::array<std::string_view, fields>> split(std::string_view line) {
    std::array<std::string_view, fields> parts;
    for (std::size_t index = 0; index + 1 < fields; ++index) {
        std::size_t end = 0;
        while (end < line.size() && line[end] != ':') {
            end += line[end] == '\\' ? std::size_t{2} : 1;
        }
        if (end >= line.size()) {
            return std::nullopt;
        }
        parts.at(index) = line.substr(0, end);
        line.remove_prefix(end + 1);
    }
    parts.back() = line;
    return parts;
}

std::vector<std::uint8_t> unescaped(std::string_view field) {
    std::vector<std::uint8_t> plain;
    plain.reserve(field.size()); // never moves, so no copy of a password stays behind
    for (std::size_t index = 0; index < field.size(); ++index) {
        if (field[index] == '\\' && index + 1 < field.size()) {
            ++index;
        }
        plain.push_back(static_cast<std::uint8_t>(field[index]));
    }
    return plain;
}

bool fits(std::string_view field, std::string_view value) {
    return field == "*" || std::ranges::equal(unescaped(field), value, [](std::uint8_t left, char right) {
               return left == static_cast<std::uint8_t>(right);
           });
}

Status check_mode(int file, const std::string& path) {
    struct stat status{};
    if (::fstat(file, &status) != 0) {
        return fail_errno(errno, "cannot look at {}", path);
    }
    if (!S_ISREG(status.st_mode)) {
        return fail("{} is not a regular file", path);
    }
    if ((status.st_mode & 07777U & ~mode_max) != 0) {
        return fail("{} has mode {:04o}, which lets others use the password; run: chmod 0640 {}", path,
                    status.st_mode & 07777U, path);
    }
    return {};
}

Result<SecretBytes> read_whole(int file, const std::string& path) {
    std::vector<std::uint8_t> content(file_size_max);
    std::size_t size = 0;
    int problem = 0;
    while (size < content.size()) {
        const ssize_t count = ::read(file, content.data() + size, content.size() - size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        problem = count < 0 ? errno : 0;
        if (count <= 0) {
            break;
        }
        size += static_cast<std::size_t>(count);
    }
    content.resize(size); // shrinking moves nothing
    SecretBytes secret(std::move(content));
    if (problem != 0) {
        return fail_errno(problem, "cannot read {}", path);
    }
    return secret;
}

} // namespace

Result<SecretBytes> password_in(std::string_view text, const PasswordFor& wanted) {
    const std::string port = std::to_string(wanted.port);
    for (unsigned number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const auto parts = split(line);
        if (!parts) {
            return fail("line {} is not host:port:user:password", number);
        }
        const auto& [host, its_port, user, password] = *parts;
        if (fits(host, wanted.host) && fits(its_port, port) && fits(user, wanted.user)) {
            return SecretBytes(unescaped(password));
        }
    }
    return fail("it has no line for {}:{}:{}", wanted.host, wanted.port, wanted.user);
}

Result<SecretBytes> password_from(const std::string& path, const PasswordFor& wanted) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) {
        return fail_errno(errno, "cannot open the password file {}", path);
    }
    if (const Status good = check_mode(file.get(), path); !good) {
        return std::unexpected(good.error());
    }
    const auto content = read_whole(file.get(), path);
    if (!content) {
        return std::unexpected(content.error());
    }
    const auto bytes = content->view();
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    auto password = password_in(text, wanted);
    if (!password) {
        return fail("password file {}: {}", path, password.error().text);
    }
    return password;
}

} // namespace belay::pgpool
