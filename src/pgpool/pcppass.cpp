// Checks are made on the opened file, not on its path, so that nobody can exchange it in between.

#include "belay/pgpool/pcppass.hpp"

#include "belay/base/secret_file.hpp"
#include "belay/base/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace belay::pgpool {

namespace {

constexpr std::size_t file_size_max = 65'536;
constexpr std::size_t names = 3; // host, port, user; the password is the rest

/// Takes the next field off a line, without its backslashes; nothing when no `:` ends it.
std::optional<std::string> take_name(std::string_view& line) {
    std::string name;
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == ':') {
            line.remove_prefix(at + 1);
            return name;
        }
        if (line[at] == '\\' && at + 1 < line.size()) {
            ++at;
        }
        name.push_back(line[at]);
    }
    return std::nullopt;
}

SecretBytes password_of(std::string_view rest) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(rest.size()); // never moves, so no copy stays behind
    for (std::size_t at = 0; at < rest.size(); ++at) {
        if (rest[at] == '\\' && at + 1 < rest.size()) {
            ++at;
        }
        bytes.push_back(static_cast<std::uint8_t>(rest[at]));
    }
    return SecretBytes(std::move(bytes));
}

/// Whether a line is one at all, whether it fits, and the place of its password.
enum class Fit : std::uint8_t { malformed, other, fits };

Fit fit_of(std::string_view& line, const PasswordFor& wanted) {
    std::array<std::string, names> fields;
    for (std::string& field : fields) {
        auto name = take_name(line);
        if (!name) {
            return Fit::malformed;
        }
        field = *std::move(name);
    }
    const auto& [host, port, user] = fields;
    const bool fits = (host == "*" || std::ranges::find(wanted.hosts, host) != wanted.hosts.end()) &&
                      (port == "*" || port == wanted.port) && (user == "*" || user == wanted.user);
    return fits ? Fit::fits : Fit::other;
}

} // namespace

PasswordFor password_for(const std::variant<Endpoint, std::string>& address, const std::string& user) {
    if (const auto* endpoint = std::get_if<Endpoint>(&address)) {
        PasswordFor wanted{.hosts = {to_text(endpoint->address)}, .port = std::to_string(endpoint->port), .user = user};
        if (endpoint->address.is_loopback()) {
            wanted.hosts.emplace_back("localhost");
        }
        return wanted;
    }
    const auto& path = std::get<std::string>(address);
    const std::size_t slash = path.rfind('/');
    const std::size_t dot = path.rfind('.');
    PasswordFor wanted{
        .hosts = {"localhost"}, .port = path.substr(dot == std::string::npos ? 0 : dot + 1), .user = user};
    if (slash != std::string::npos && slash > 0) {
        wanted.hosts.push_back(path.substr(0, slash));
    }
    return wanted;
}

Result<SecretBytes> password_in(const std::string& path, std::string_view text, const PasswordFor& wanted) {
    unsigned malformed = 0;
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
        const Fit fit = fit_of(line, wanted);
        if (fit == Fit::fits && line.empty()) {
            return fail("password file {}, line {}: the password is empty; write host:port:user:password", path,
                        number);
        }
        if (fit == Fit::fits) {
            return password_of(line);
        }
        malformed = fit == Fit::malformed && malformed == 0 ? number : malformed;
    }
    if (malformed != 0) {
        return fail("password file {}, line {}: fewer than four fields; write host:port:user:password", path,
                    malformed);
    }
    return fail("password file {} has no line for user '{}' at host {}, port {}; add one: {}:{}:{}:PASSWORD", path,
                wanted.user, fmt::join(wanted.hosts, " or "), wanted.port, wanted.hosts.front(), wanted.port,
                wanted.user);
}

Result<SecretBytes> password_from(const std::string& path, const PasswordFor& wanted) {
    // Without O_NONBLOCK, a FIFO in place of the file would wait for a writer.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the only interface there is
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) {
        return errno == ENOENT
                   ? fail("password file {} does not exist; make it with mode 0640 and a line host:port:{}:PASSWORD",
                          path, wanted.user)
                   : fail_errno(errno, "cannot open password file {}", path);
    }
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) {
        return fail_errno(errno, "cannot look at password file {}", path);
    }
    if (const Status good = check_secret_file("password file", path, status); !good) {
        return std::unexpected(good.error());
    }
    const auto content = read_secret_file("password file", path, file.get(), file_size_max, "is it the right file?");
    if (!content) {
        return std::unexpected(content.error());
    }
    const std::string_view text(reinterpret_cast<const char*>(content->view().data()), content->view().size());
    return password_in(path, text, wanted);
}

} // namespace belay::pgpool
