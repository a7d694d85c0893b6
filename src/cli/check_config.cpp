// `belay check-config`: every problem of a configuration in one run, without a daemon.

#include "ask.hpp"
#include "belay/config/host_check.hpp"
#include "belay/config/load.hpp"
#include "commands.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace belay::cli {

namespace {

using config::Problem;
using config::Severity;

void declare_check_config(CLI::App& app, Arguments& arguments) {
    app.add_option("FILE", arguments.config_file, "Which file (default /etc/belay/belay.ini)")->type_name("");
}

nlohmann::json to_json(const Problem& problem) {
    return {{"severity", problem.severity == Severity::error ? "error" : "warning"},
            {"file", problem.file},
            {"line", problem.line},
            {"column", problem.column},
            {"text", problem.text}};
}

ExitCode run_check_config(const Arguments& arguments, Output& output) {
    config::Loaded loaded = config::load_file(arguments.config_file);
    std::ranges::move(config::check_host(loaded), std::back_inserter(loaded.problems));
    const bool ok = std::ranges::none_of(loaded.problems,
                                         [](const Problem& problem) { return problem.severity == Severity::error; });
    if (arguments.json) {
        nlohmann::json problems = nlohmann::json::array();
        std::ranges::transform(loaded.problems, std::back_inserter(problems), to_json);
        print_json(output, {{"ok", ok}, {"file", arguments.config_file}, {"problems", std::move(problems)}});
        return ok ? ExitCode::done : ExitCode::failed;
    }
    for (const Problem& problem : loaded.problems) {
        output.err << to_text(problem) << '\n';
    }
    if (ok && loaded.settings) {
        output.out << fmt::format("{}: ok: {}, {}\n", arguments.config_file,
                                  count_text(loaded.settings->nodes.size(), "node"),
                                  count_text(loaded.settings->vips.size(), "VIP"));
    }
    return ok ? ExitCode::done : ExitCode::failed;
}

} // namespace

constinit const Command check_config_command{.name = "check-config",
                                             .help = "Name everything that is wrong with a configuration",
                                             .declare = declare_check_config,
                                             .run = run_check_config};

} // namespace belay::cli
