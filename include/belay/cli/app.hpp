#pragma once
// The command line as a whole: every command and option is declared here or in the command's own file, so that a test
// can walk the App and compare it with belay(1).

#include "belay/cli/command.hpp"

#include <memory>

namespace belay::cli {

/// The parser, with a subcommand for each row of commands(). It fills `arguments`, which must outlive it. The caller
/// includes CLI/CLI.hpp to use it.
[[nodiscard]] std::shared_ptr<CLI::App> build_app(Arguments& arguments);

/// Parses the command line and runs the command. Throws nothing.
[[nodiscard]] ExitCode run(int argc, const char* const* argv, Output& output);

/// The version of this program.
[[nodiscard]] std::string_view version() noexcept;

} // namespace belay::cli
