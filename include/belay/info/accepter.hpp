#pragma once
// The accepting half of a join: handshake, first message, judgement, answer (DESIGN section 6). Info thread only.

#include "belay/info/asio.hpp"
#include "belay/info/source_slots.hpp"

namespace belay::info {

struct Hub;

/// Serves one accepted connection from its first byte to its end, on a coroutine of its own that holds `slot`.
void serve(Hub& hub, Tcp::socket socket, SourceSlots::Slot slot);

} // namespace belay::info
