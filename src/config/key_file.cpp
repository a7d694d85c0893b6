// Checks are made on the opened file, not on its path, so that nobody can exchange it in between.

#include "belay/config/key_file.hpp"

#include "belay/base/secret_file.hpp"
#include "file_descriptor.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <optional>
#include <span>
#include <string_view>
#include <sys/random.h>
#include <sys/stat.h>
#include <vector>

namespace belay::config {

namespace {

constexpr std::size_t file_size_max = 4096;
constexpr std::size_t keys_max = 2; // one to send with and one more to accept while keys rotate

/// Whether anybody but the owner could have put the keys there, or anybody outside the group can read them.
Status check_status(const std::string& path, const struct stat& status) {
    if (const Status good = check_secret_file("key file", path, status); !good) {
        return good;
    }
    if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
        return fail("key file {} belongs to user {}, who could change it; run: chown root {}", path, status.st_uid,
                    path);
    }
    return {};
}

std::optional<std::uint8_t> hex_value(char digit) {
    if (digit >= '0' && digit <= '9') {
        return static_cast<std::uint8_t>(digit - '0');
    }
    if (digit >= 'a' && digit <= 'f') {
        return static_cast<std::uint8_t>(digit - 'a' + 10);
    }
    if (digit >= 'A' && digit <= 'F') {
        return static_cast<std::uint8_t>(digit - 'A' + 10);
    }
    return std::nullopt;
}

/// One key from its digits. The message never quotes them.
Result<SecretBytes> decode(std::string_view digits) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(digits.size() / 2); // never moves, as above
    bool good = digits.size() % 2 == 0;
    for (std::size_t index = 0; good && index < digits.size(); index += 2) {
        const auto high = hex_value(digits[index]);
        const auto low = hex_value(digits[index + 1]);
        good = high && low;
        if (good) {
            bytes.push_back(static_cast<std::uint8_t>((*high << 4U) | *low));
        }
    }
    SecretBytes key(std::move(bytes));
    if (!good) {
        return fail("the line is not an even number of hex digits");
    }
    if (key.view().size() < key_size_min) {
        return fail("the key has {} bytes, fewer than {}", key.view().size(), key_size_min);
    }
    return key;
}

Result<ClusterKeys> parse_keys(const std::string& path, std::string_view text) {
    ClusterKeys keys;
    for (unsigned number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        line = trim(without_comment(line));
        if (line.empty()) {
            continue;
        }
        if (keys.size() == keys_max) {
            return fail("key file {}, line {}: more than {} keys; take the oldest out", path, number, keys_max);
        }
        auto key = decode(line);
        if (!key) {
            return fail("key file {}, line {}: {}; make a key with: belay keygen", path, number, key.error().text);
        }
        keys.push_back(*std::move(key));
    }
    if (keys.empty()) {
        return fail("key file {} has no key; make one with: belay keygen", path);
    }
    return keys;
}

/// The bytes of a new key file: a comment and one key.
Result<SecretBytes> new_content() {
    std::array<std::uint8_t, key_size_min> key{};
    const ssize_t count = ::getrandom(key.data(), key.size(), 0); // never short for so few bytes (getrandom(2))
    if (count != static_cast<ssize_t>(key.size())) {
        return fail_errno(errno, "cannot get random bytes for a key");
    }
    constexpr std::string_view comment =
        "# belay cluster key: the same on every node, readable by root and belay only\n";
    constexpr std::string_view digits = "0123456789abcdef";
    std::vector<std::uint8_t> content;
    content.reserve(comment.size() + (2 * key.size()) + 1);
    content.insert(content.end(), comment.begin(), comment.end());
    for (const std::uint8_t byte : key) {
        content.push_back(static_cast<std::uint8_t>(digits[byte >> 4U]));
        content.push_back(static_cast<std::uint8_t>(digits[byte & 0xfU]));
    }
    content.push_back('\n');
    ::explicit_bzero(key.data(), key.size());
    return SecretBytes(std::move(content));
}

/// Writes all and waits until the disk has it. 0 or an errno value.
int write_durably(int descriptor, std::span<const std::uint8_t> content) {
    // The umask may have taken bits of the mode that open() was asked for.
    if (::fchmod(descriptor, own_mode_rule.remedy) != 0) {
        return errno;
    }
    while (!content.empty()) {
        const ssize_t count = ::write(descriptor, content.data(), content.size());
        if (count < 0 && errno != EINTR) {
            return errno;
        }
        content = content.subspan(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return ::fsync(descriptor) == 0 ? 0 : errno;
}

} // namespace

Result<ClusterKeys> read_key_file(const std::string& path) {
    // Without O_NONBLOCK, a FIFO in place of the file would wait for a writer.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the only interface there is
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.is_open()) {
        return errno == ENOENT ? fail("key file {} does not exist; make it with: belay keygen {}", path, path)
                               : fail_errno(errno, "cannot open key file {}", path);
    }
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) {
        return fail_errno(errno, "cannot look at key file {}", path);
    }
    if (const Status good = check_status(path, status); !good) {
        return std::unexpected(good.error());
    }
    const auto content = read_secret_file("key file", path, file.get(), file_size_max, "make one with: belay keygen");
    if (!content) {
        return std::unexpected(content.error());
    }
    const std::string_view text(reinterpret_cast<const char*>(content->view().data()), content->view().size());
    return parse_keys(path, text);
}

Status write_new_key_file(const std::string& path) {
    const auto content = new_content();
    if (!content) {
        return std::unexpected(content.error());
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the only interface there is
    const FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, own_mode_rule.remedy));
    if (!file.is_open()) {
        return errno == EEXIST ? fail("{} exists and is not overwritten; remove it first, or give another path", path)
                               : fail_errno(errno, "cannot make key file {}", path);
    }
    if (const int code = write_durably(file.get(), content->view()); code != 0) {
        ::unlink(path.c_str()); // half a key is no key
        return fail_errno(code, "cannot write key file {}; removed it again", path);
    }
    return {};
}

} // namespace belay::config
