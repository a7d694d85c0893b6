#include "belay/wire/field_reader.hpp"

#include "belay/wire/heartbeat_codec.hpp"

namespace belay::wire {

namespace {

constexpr core::Term term_max = (core::Term{1} << 63U) - 1;

bool in_range(Duration value) {
    return value >= Duration::zero() && value <= duration_max;
}

} // namespace

core::Term FieldReader::get_term() {
    const auto term = in_.get<core::Term>();
    return require(term <= term_max, Reject::term) ? term : 0;
}

Duration FieldReader::get_duration() {
    const Duration value(in_.get_signed());
    return require(in_range(value), Reject::duration) ? value : Duration::zero();
}

Instant FieldReader::get_instant() {
    const Duration since_boot(in_.get_signed());
    return Instant(require(in_range(since_boot), Reject::instant) ? since_boot : Duration::zero());
}

void FieldReader::expect_zeros(std::size_t count) {
    for (; count > 0; --count) {
        require(in_.get<std::uint8_t>() == 0, Reject::padding);
    }
}

} // namespace belay::wire
