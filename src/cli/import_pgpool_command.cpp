// `belay import-pgpool`: from pgpool-II's watchdog to a configuration of Belay.

#include "belay/cli/import_pgpool.hpp"
#include "commands.hpp"
#include "import_run.hpp"

#include <CLI/CLI.hpp>

namespace belay::cli {

namespace {

void declare_import_pgpool(CLI::App& app, Arguments& arguments) {
    declare_import(app, arguments);
    app.add_option("--vip", arguments.import_vip, "The VIP, where delegate_IP is not set")->type_name("ADDRESS");
    app.add_option("--node-id", arguments.import_node_id, "This host's pgpool_node_id")->type_name("FILE");
    app.add_option("--diff", arguments.import_diff, "Write the changes to FILE there")->type_name("FILE");
}

ExitCode run_import_pgpool(const Arguments& arguments, Output& output) {
    return run_import(arguments, output, import_pgpool);
}

} // namespace

constinit const Command import_pgpool_command{.name = "import-pgpool",
                                              .help = "Make a configuration from a pgpool.conf",
                                              .declare = declare_import_pgpool,
                                              .run = run_import_pgpool};

} // namespace belay::cli
