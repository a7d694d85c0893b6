// `belay takeover`: of two nodes, the word of an operator in place of the vote of a host that is lost.

#include "ask.hpp"
#include "belay/cli/render.hpp"
#include "commands.hpp"

#include <CLI/CLI.hpp>

namespace belay::cli {

namespace {

void declare_takeover(CLI::App& app, Arguments& arguments) {
    app.add_option("--i-have-fenced", arguments.takeover_fenced, "The other node, whose host is surely off or cut off")
        ->type_name("NODE")
        ->required();
}

ExitCode run_takeover(const Arguments& arguments, Output& output) {
    return ask_and_print(arguments, output, control::request::Takeover{.fenced = arguments.takeover_fenced},
                         render_takeover);
}

} // namespace

constinit const Command takeover_command{.name = "takeover",
                                         .help = "Of two nodes: serve without the other one, which is off",
                                         .declare = declare_takeover,
                                         .run = run_takeover};

} // namespace belay::cli
