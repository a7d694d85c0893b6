#include "belay/base/result.hpp"

#include <system_error>

namespace belay {

std::string errno_text(int code) {
    return std::generic_category().message(code);
}

} // namespace belay
