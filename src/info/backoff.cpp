#include "belay/info/backoff.hpp"

#include <algorithm>

namespace belay::info {

Duration Backoff::next() {
    const Duration wait = next_;
    next_ = std::min(next_ * 2, max_);
    return wait - Duration(std::uniform_int_distribution<std::int64_t>(0, wait.count() / 4)(random_));
}

} // namespace belay::info
