#pragma once
// Messages of nfnetlink taken apart, for tests of what was encoded.

#include "belay/base/bytes.hpp"

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace belay::testing {

struct Message {
    std::uint16_t type = 0;
    std::uint16_t flags = 0;
    std::uint8_t family = 0;
    std::uint16_t resource = 0;
    Bytes attributes;

    /// The content of the first attribute on that way; empty where there is none.
    [[nodiscard]] Bytes nested(std::initializer_list<std::uint16_t> way) const;
};

[[nodiscard]] std::vector<Message> decode(ByteView batch);

} // namespace belay::testing
