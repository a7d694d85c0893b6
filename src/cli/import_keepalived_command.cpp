// `belay import-keepalived`: from VRRP to a configuration of Belay.

#include "belay/cli/import_keepalived.hpp"
#include "commands.hpp"
#include "import_run.hpp"

#include <CLI/CLI.hpp>

namespace belay::cli {

namespace {

void declare_import_keepalived(CLI::App& app, Arguments& arguments) {
    declare_import(app, arguments);
    app.add_option("--pid-file", arguments.import_pid_file, "That of the guarded service")->type_name("FILE");
}

ExitCode run_import_keepalived(const Arguments& arguments, Output& output) {
    return run_import(arguments, output, import_keepalived);
}

} // namespace

constinit const Command import_keepalived_command{.name = "import-keepalived",
                                                  .help = "Make a configuration from a keepalived.conf",
                                                  .declare = declare_import_keepalived,
                                                  .run = run_import_keepalived};

} // namespace belay::cli
