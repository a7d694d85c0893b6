#pragma once
// Reads checked fields one after the other and remembers the first thing that was wrong, so that a decoder is a
// straight line with one question at its end.

#include "belay/base/bytes.hpp"
#include "belay/base/time.hpp"
#include "belay/core/ballot.hpp"
#include "belay/wire/reject.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace belay::wire {

/// Reads from a span that must outlive it. Values read after a refusal are in range but mean nothing.
class FieldReader {
public:
    explicit FieldReader(ByteView in)
        : in_(in) {}

    template <std::unsigned_integral T>
    [[nodiscard]] T get() {
        return in_.get<T>();
    }

    [[nodiscard]] std::int64_t get_signed() { return in_.get_signed(); }

    void get_bytes(std::span<std::uint8_t> out) { in_.get_bytes(out); }

    /// One byte that must be a value of `Enum` between `first` and `last`; gives `first` otherwise.
    template <typename Enum>
    [[nodiscard]] Enum get_word(Enum first, Enum last, Reject otherwise) {
        const auto value = in_.get<std::uint8_t>();
        const bool valid = value >= static_cast<std::uint8_t>(first) && value <= static_cast<std::uint8_t>(last);
        return require(valid, otherwise) ? static_cast<Enum>(value) : first;
    }

    /// Below 2^63, so that `highest + 1` cannot wrap around.
    [[nodiscard]] core::Term get_term();
    /// Between zero and duration_max.
    [[nodiscard]] Duration get_duration();
    /// Between boot and duration_max after it.
    [[nodiscard]] Instant get_instant();
    /// Bytes that this version leaves zero.
    void expect_zeros(std::size_t count);

    /// Notes `otherwise` as the reason unless `holds` or an earlier reason is there. Gives back `holds`.
    bool require(bool holds, Reject otherwise) {
        if (!holds && !refused_) {
            refused_ = otherwise;
        }
        return holds;
    }

    /// The first thing that was wrong; Reject::size after a read past the end.
    [[nodiscard]] std::optional<Reject> refused() const { return in_.ok() ? refused_ : std::optional(Reject::size); }

private:
    ByteReader in_;
    std::optional<Reject> refused_;
};

} // namespace belay::wire
