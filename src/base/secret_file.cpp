#include "belay/base/secret_file.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace belay {

Status check_secret_file(std::string_view what, const std::string& path, const struct stat& status) {
    const unsigned mode = status.st_mode & 07777U;
    if (!S_ISREG(status.st_mode)) {
        return fail("{} {} is not a regular file; put the secret into one", what, path);
    }
    if (own_mode_rule.refuses(mode)) {
        return fail("{} {} has mode {:04o}, which lets others use it; run: chmod {:04o} {}", what, path, mode,
                    own_mode_rule.remedy, path);
    }
    return {};
}

Result<SecretBytes> read_secret_file(std::string_view what, const std::string& path, int descriptor,
                                     std::size_t size_max, std::string_view remedy) {
    std::vector<std::uint8_t> buffer(size_max + 1);
    std::size_t size = 0;
    int code = 0;
    while (size < buffer.size()) {
        const ssize_t count = ::read(descriptor, buffer.data() + size, buffer.size() - size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        code = count < 0 ? errno : 0;
        if (count <= 0) {
            break;
        }
        size += static_cast<std::size_t>(count);
    }
    buffer.resize(size); // shrinking moves nothing
    SecretBytes content(std::move(buffer));
    if (code != 0) {
        return fail_errno(code, "cannot read {} {}", what, path);
    }
    if (size > size_max) {
        return fail("{} {} has more than {} bytes; {}", what, path, size_max, remedy);
    }
    return content;
}

} // namespace belay
