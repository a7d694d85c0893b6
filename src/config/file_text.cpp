// Reads with a limit, since the path may lead to anything.

#include "file_text.hpp"

#include "file_descriptor.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>

namespace belay::config {

Result<std::string> read_file(const std::string& path, std::size_t size_max) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the only interface there is
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        return fail_errno(errno, "cannot open {}", path);
    }
    std::string text;
    std::array<char, 16384> block{};
    for (;;) {
        const ssize_t count = ::read(file.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return fail_errno(errno, "cannot read {}", path);
        }
        if (count == 0) {
            return text;
        }
        text.append(block.data(), static_cast<std::size_t>(count));
        if (text.size() > size_max) {
            return fail("{} has more than {} bytes and is not read; is it the right file?", path, size_max);
        }
    }
}

} // namespace belay::config
