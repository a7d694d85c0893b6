#pragma once
// The state of the info thread as a value. Info thread only.

#include "belay/info/handlers.hpp"

namespace belay::info {

struct Hub;
class Listener;

[[nodiscard]] Report make_report(const Hub& hub, const Listener& listener);

} // namespace belay::info
