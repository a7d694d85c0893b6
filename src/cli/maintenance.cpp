// `belay maintenance on|off`: keeps this node from being chosen.

#include "ask.hpp"
#include "belay/cli/render.hpp"
#include "commands.hpp"
#include "duration_option.hpp"

#include <CLI/CLI.hpp>

namespace belay::cli {

namespace {

using control::request::Maintenance;

void declare_maintenance(CLI::App& app, Arguments& arguments) {
    app.add_option_function<std::string>(
           "STATE",
           [&arguments](const std::string& state) {
               if (state != "on" && state != "off") {
                   throw CLI::ValidationError("STATE", fmt::format("'{}' is neither on nor off", state));
               }
               arguments.maintenance_on = state == "on";
           },
           "on: not to be chosen; off: to be chosen again")
        ->required()
        ->type_name("");
    app.add_option_function<std::string>(
           "--for",
           [&arguments](const std::string& text) {
               arguments.maintenance_length =
                   duration_option("--for", text, std::chrono::milliseconds(1), Maintenance::length_max);
           },
           "With on: ends by itself after this long")
        ->type_name("DURATION");
    app.callback([&arguments] {
        if (arguments.maintenance_length && !arguments.maintenance_on) {
            throw CLI::ValidationError("--for", "only 'maintenance on' takes it");
        }
    });
}

ExitCode run_maintenance(const Arguments& arguments, Output& output) {
    return ask_and_print(arguments, output,
                         Maintenance{.on = arguments.maintenance_on, .length = arguments.maintenance_length},
                         render_maintenance);
}

} // namespace

constinit const Command maintenance_command{.name = "maintenance",
                                            .help = "Keep this node from being chosen while you work on it",
                                            .declare = declare_maintenance,
                                            .run = run_maintenance};

} // namespace belay::cli
