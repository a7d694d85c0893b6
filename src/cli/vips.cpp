// `belay vips`: the virtual addresses and whether this host has them.

#include "ask.hpp"
#include "belay/cli/render.hpp"
#include "commands.hpp"

namespace belay::cli {

namespace {

ExitCode run_vips(const Arguments& arguments, Output& output) {
    return ask_and_print(arguments, output, control::request::Vips{}, render_vips);
}

} // namespace

constinit const Command vips_command{.name = "vips",
                                     .help = "The virtual addresses and whether this host has them",
                                     .declare = nullptr,
                                     .run = run_vips};

} // namespace belay::cli
