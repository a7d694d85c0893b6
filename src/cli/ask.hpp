#pragma once
// How every command that speaks to the daemon does it.

#include "belay/cli/command.hpp"
#include "belay/control/client.hpp"

#include <expected>

namespace belay::cli {

/// How long the daemon may take for an answer that it need not wait for itself.
inline constexpr Duration patience = std::chrono::seconds(5);

/// Either the result that the daemon gave, or the exit code after `err` was told why there is none.
[[nodiscard]] std::expected<nlohmann::json, ExitCode> ask(const Arguments& arguments, Output& output,
                                                          const control::Request& request, Duration timeout = patience);

using Render = std::string (*)(const nlohmann::json& result, const Style& style);

/// ask(), and prints the result with `render`, or as JSON with --json. `timeout` is for the whole of it.
[[nodiscard]] ExitCode ask_and_print(const Arguments& arguments, Output& output, const control::Request& request,
                                     Render render, Duration timeout = patience);

/// Prints `result` as --json does: indented, one object.
void print_json(Output& output, const nlohmann::json& result);

/// Prints "belay: text" to `err`.
void complain(Output& output, std::string_view text);

} // namespace belay::cli
