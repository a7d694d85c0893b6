// `belay switchover`: moves the VIPs on purpose.

#include "ask.hpp"
#include "belay/cli/render.hpp"
#include "commands.hpp"
#include "duration_option.hpp"

#include <CLI/CLI.hpp>

namespace belay::cli {

namespace {

using control::request::Switchover;

constexpr Duration wait_default = std::chrono::seconds(10);

void declare_switchover(CLI::App& app, Arguments& arguments) {
    app.add_option_function<std::string>(
           "--to", [&arguments](const std::string& node) { arguments.switchover_to = node; },
           "Who is to serve (default: the best candidate)")
        ->type_name("NODE");
    app.add_option_function<std::string>(
           "--wait",
           [&arguments](const std::string& text) {
               arguments.switchover_wait =
                   text.empty() ? wait_default
                                : duration_option("--wait", text, Duration::zero(), Switchover::wait_max);
           },
           "Wait for it at most so long (default 10s)")
        ->expected(0, 1)
        ->type_name("[DURATION]");
}

ExitCode run_switchover(const Arguments& arguments, Output& output) {
    return ask_and_print(arguments, output,
                         Switchover{.to = arguments.switchover_to, .wait = arguments.switchover_wait},
                         render_switchover, patience + arguments.switchover_wait.value_or(Duration::zero()));
}

} // namespace

constinit const Command switchover_command{.name = "switchover",
                                           .help = "Hand the VIPs over to another node",
                                           .declare = declare_switchover,
                                           .run = run_switchover};

} // namespace belay::cli
