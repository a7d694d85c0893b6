#pragma once
// Settings -> canonical ini text: every key that has a meaning, defaults included, in the order of the schema.

#include "belay/config/settings.hpp"

#include <string>

namespace belay::config {

/// The text that load_text() reads back to equal settings. Any thread.
[[nodiscard]] std::string print(const Settings& settings);

} // namespace belay::config
