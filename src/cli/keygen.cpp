// `belay keygen`: a new cluster key, never over an old one.

#include "ask.hpp"
#include "belay/config/key_file.hpp"
#include "commands.hpp"

#include <CLI/CLI.hpp>

namespace belay::cli {

namespace {

void declare_keygen(CLI::App& app, Arguments& arguments) {
    app.add_option("FILE", arguments.key_file, "Where the key goes (default /etc/belay/cluster.key)")->type_name("");
}

ExitCode run_keygen(const Arguments& arguments, Output& output) {
    if (const Status written = config::write_new_key_file(arguments.key_file); !written) {
        complain(output, written.error().text);
        return ExitCode::failed;
    }
    if (arguments.json) {
        print_json(output, {{"file", arguments.key_file}});
        return ExitCode::done;
    }
    output.out << fmt::format("{0}: a new cluster key. Let the daemon read it: chgrp belay {0}\n"
                              "Copy it to every node over a safe way, with owner, group and mode 0640.\n",
                              arguments.key_file);
    return ExitCode::done;
}

} // namespace

constinit const Command keygen_command{.name = "keygen",
                                       .help = "Make a new cluster key; never overwrites one",
                                       .declare = declare_keygen,
                                       .run = run_keygen};

} // namespace belay::cli
