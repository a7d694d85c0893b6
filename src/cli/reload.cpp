// `belay reload`: the daemon reads its configuration again.

#include "ask.hpp"
#include "belay/cli/render.hpp"
#include "commands.hpp"

namespace belay::cli {

namespace {

ExitCode run_reload(const Arguments& arguments, Output& output) {
    return ask_and_print(arguments, output, control::request::Reload{}, render_reload);
}

} // namespace

constinit const Command reload_command{
    .name = "reload", .help = "Read the configuration again, or say why not", .declare = nullptr, .run = run_reload};

} // namespace belay::cli
