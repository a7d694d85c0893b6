#pragma once
// Fixed layouts on the wire: integers in network byte order, written and read at a moving end. A reader never reads
// past its span; it turns bad instead and says so once at the end, so that decoders stay straight lines.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace belay {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Appends to a buffer that it does not own.
class ByteWriter {
public:
    explicit ByteWriter(Bytes& out)
        : out_(out) {}

    /// Any unsigned integer, most significant byte first.
    template <std::unsigned_integral T>
    void put(T value) {
        for (std::size_t left = sizeof(T); left > 0; --left) {
            out_.push_back(static_cast<std::uint8_t>((value >> ((left - 1) * 8)) & 0xffU));
        }
    }

    void put_signed(std::int64_t value) { put(static_cast<std::uint64_t>(value)); }

    void put_bytes(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

    void put_zeros(std::size_t count) { out_.insert(out_.end(), count, 0); }

private:
    Bytes& out_;
};

/// Reads from a span that must outlive it. After a read past the end every value is zero and ok() is false.
class ByteReader {
public:
    explicit ByteReader(ByteView in)
        : in_(in) {}

    template <std::unsigned_integral T>
    [[nodiscard]] T get() {
        const ByteView bytes = take(sizeof(T));
        T value = 0;
        for (const std::uint8_t byte : bytes) {
            value = static_cast<T>(static_cast<T>(value << 8U) | byte);
        }
        return value;
    }

    [[nodiscard]] std::int64_t get_signed() { return static_cast<std::int64_t>(get<std::uint64_t>()); }

    /// Copies out.size() bytes to `out`; leaves it as it is when they are not there.
    void get_bytes(std::span<std::uint8_t> out) {
        const ByteView bytes = take(out.size());
        std::ranges::copy(bytes, out.begin());
    }

    void skip(std::size_t count) { static_cast<void>(take(count)); }

    [[nodiscard]] std::size_t left() const noexcept { return in_.size(); }

    [[nodiscard]] bool ok() const noexcept { return ok_; }

private:
    ByteView take(std::size_t count) {
        if (!ok_ || in_.size() < count) {
            ok_ = false;
            return {};
        }
        const ByteView taken = in_.first(count);
        in_ = in_.subspan(count);
        return taken;
    }

    ByteView in_;
    bool ok_ = true;
};

} // namespace belay
