#include "belay/daemon/incarnation.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/unique_fd.hpp"

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 // asm-generic/socket.h of Linux 5.14
#endif

namespace belay::daemon {

namespace {

constexpr std::size_t uuid_size = 36;

/// Where the four hyphens of a UUID stand.
bool is_hyphen_place(std::size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

Result<BootId> read_boot_id() {
    constexpr auto* path = "/proc/sys/kernel/random/boot_id";
    const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
    std::array<char, 64> text{};
    const ssize_t size = file ? ::read(file.get(), text.data(), text.size()) : -1;
    if (size < 0) {
        return fail_errno(errno, "cannot read {}", path);
    }
    return parse_boot_id({text.data(), static_cast<std::size_t>(size)});
}

Result<std::uint64_t> netns_cookie() {
    const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    std::uint64_t cookie = 0;
    socklen_t size = sizeof(cookie);
    if (!socket || ::getsockopt(socket.get(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) != 0) {
        return fail_errno(errno, "cannot learn the cookie of the network namespace (Linux 5.14 or later has it)");
    }
    return cookie;
}

/// May wait for the kernel's entropy, once, early after a boot.
Result<std::uint64_t> random_bits() {
    std::uint64_t bits = 0;
    ssize_t size = 0;
    do {
        size = ::getrandom(&bits, sizeof(bits), 0);
    } while (size < 0 && errno == EINTR);
    if (size != static_cast<ssize_t>(sizeof(bits))) {
        return fail_errno(errno, "cannot get random bits");
    }
    return bits;
}

} // namespace

Result<BootId> parse_boot_id(std::string_view text) {
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    BootId id{};
    std::size_t digits = 0;
    bool good = text.size() == uuid_size;
    for (std::size_t at = 0; good && at < uuid_size; ++at) {
        if (is_hyphen_place(at)) {
            good = text[at] == '-';
            continue;
        }
        std::uint8_t digit = 0;
        good = std::from_chars(&text[at], &text[at] + 1, digit, 16).ec == std::errc{};
        id[digits / 2] = static_cast<std::uint8_t>(id[digits / 2] << 4U | digit);
        ++digits;
    }
    if (!good) {
        return fail("\"{}\" is not a boot id", text);
    }
    return id;
}

std::string boot_id_text(const BootId& boot_id) {
    std::string text;
    for (const std::uint8_t byte : boot_id) {
        if (is_hyphen_place(text.size())) {
            text += '-';
        }
        text += fmt::format("{:02x}", byte);
    }
    return text;
}

Result<Incarnation> make_incarnation() {
    const Result<BootId> boot_id = read_boot_id();
    if (!boot_id) {
        return std::unexpected(boot_id.error());
    }
    const Result<std::uint64_t> cookie = netns_cookie();
    if (!cookie) {
        return std::unexpected(cookie.error());
    }
    const Result<std::uint64_t> nonce = random_bits();
    if (!nonce) {
        return std::unexpected(nonce.error());
    }
    return Incarnation{.boot_id = *boot_id,
                       .netns_cookie = *cookie,
                       .started_ns = boot_now().time_since_epoch().count(),
                       .nonce = *nonce};
}

} // namespace belay::daemon
