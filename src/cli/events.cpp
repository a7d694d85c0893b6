// `belay events`: the last changes of role, what foreign hosts did, what became of the fence, and why.

#include "ask.hpp"
#include "belay/cli/render.hpp"
#include "commands.hpp"

#include <CLI/CLI.hpp>

namespace belay::cli {

namespace {

using control::request::Events;

void declare_events(CLI::App& app, Arguments& arguments) {
    app.add_option("-n,--count", arguments.events_count, "How many, the last ones (default 20)")
        ->check(CLI::Range(std::uint32_t{1}, Events::count_max))
        ->type_name("COUNT");
}

ExitCode run_events(const Arguments& arguments, Output& output) {
    return ask_and_print(arguments, output, Events{.count = arguments.events_count}, render_events);
}

} // namespace

constinit const Command events_command{.name = "events",
                                       .help = "What happened to roles, VIPs and the fence, and why",
                                       .declare = declare_events,
                                       .run = run_events};

} // namespace belay::cli
