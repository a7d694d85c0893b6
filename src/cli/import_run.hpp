#pragma once
// What the two importing commands share: the file in, names resolved, results out.

#include "belay/cli/command.hpp"
#include "belay/cli/import_result.hpp"

namespace belay::cli {

/// Declares FILE and the options that both commands have.
void declare_import(CLI::App& app, Arguments& arguments);

using Import = Imported (*)(std::string_view text, const ImportOptions& options);

/// Reads the file, imports it, and writes what came of it. Problems go to standard error, and with an error nothing is
/// written.
[[nodiscard]] ExitCode run_import(const Arguments& arguments, Output& output, Import import);

} // namespace belay::cli
