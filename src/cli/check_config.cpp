// `belay check-config`: every problem of a configuration in one run, and what it survives, without a daemon.

#include "ask.hpp"
#include "belay/cli/table.hpp"
#include "belay/config/host_check.hpp"
#include "belay/config/load.hpp"
#include "belay/config/survival.hpp"
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

nlohmann::json to_json(const config::Survival& row) {
    return {{"event", row.event}, {"title", row.title}, {"fate", to_text(row.fate)}, {"text", row.text}};
}

Tone tone_of(config::Fate fate) {
    switch (fate) {
    case config::Fate::served:
        return Tone::good;
    case config::Fate::waits:
    case config::Fate::operated:
        return Tone::warning;
    case config::Fate::doubled:
        break;
    }
    return Tone::bad;
}

std::string survival_table(const config::Settings& settings, const Style& style) {
    Table table({"WHEN", "THE VIPS"});
    for (const config::Survival& row : config::survival(settings)) {
        table.add({{.text = std::string(row.title)}, {.text = row.text, .tone = tone_of(row.fate)}});
    }
    return table.text(style);
}

ExitCode run_check_config(const Arguments& arguments, Output& output) {
    config::Loaded loaded = config::load_file(arguments.config_file);
    std::ranges::move(config::check_host(loaded), std::back_inserter(loaded.problems));
    const bool ok = std::ranges::none_of(loaded.problems,
                                         [](const Problem& problem) { return problem.severity == Severity::error; });
    if (arguments.json) {
        nlohmann::json problems = nlohmann::json::array();
        std::ranges::transform(loaded.problems, std::back_inserter(problems),
                               [](const Problem& problem) { return to_json(problem); });
        nlohmann::json survival = nlohmann::json::array();
        if (loaded.settings) {
            std::ranges::transform(config::survival(*loaded.settings), std::back_inserter(survival),
                                   [](const config::Survival& row) { return to_json(row); });
        }
        print_json(output, {{"ok", ok},
                            {"file", arguments.config_file},
                            {"problems", std::move(problems)},
                            {"survival", std::move(survival)}});
        return ok ? ExitCode::done : ExitCode::failed;
    }
    for (const Problem& problem : loaded.problems) {
        output.err << to_text(problem) << '\n';
    }
    if (ok && loaded.settings) {
        output.out << fmt::format(
            "{}: ok: {}, {}\n\n{}", arguments.config_file, count_text(loaded.settings->nodes.size(), "node"),
            count_text(loaded.settings->vips.size(), "VIP"), survival_table(*loaded.settings, output.style));
    }
    return ok ? ExitCode::done : ExitCode::failed;
}

} // namespace

constinit const Command check_config_command{.name = "check-config",
                                             .help = "Name everything that is wrong with a configuration",
                                             .declare = declare_check_config,
                                             .run = run_check_config};

} // namespace belay::cli
