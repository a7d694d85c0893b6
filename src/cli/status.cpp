// `belay status`: who serves, and whether all is well.

#include "ask.hpp"
#include "belay/cli/render.hpp"
#include "commands.hpp"

namespace belay::cli {

namespace {

ExitCode run_status(const Arguments& arguments, Output& output) {
    return ask_and_print(arguments, output, control::request::Status{}, render_status);
}

} // namespace

constinit const Command status_command{.name = "status",
                                       .help = "Who serves, whether all is well, what to do if not",
                                       .declare = nullptr,
                                       .run = run_status};

} // namespace belay::cli
