#include "belay/lifecheck/rise_fall.hpp"

#include <algorithm>
#include <cassert>

namespace belay::lifecheck {

RiseFall::RiseFall(std::uint32_t rise, std::uint32_t fall)
    : rise_(rise)
    , fall_(fall) {
    assert(rise > 0 && fall > 0);
}

void RiseFall::observe(bool good) {
    in_a_row_ = good == last_good_ ? in_a_row_ + 1 : 1;
    last_good_ = good;
    in_a_row_ = std::min(in_a_row_, needed());
    const bool first_and_bad = !healthy_ && !good;
    if (in_a_row_ == needed() || first_and_bad) {
        healthy_ = good;
    }
}

} // namespace belay::lifecheck
