#include "belay/daemon/options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <map>
#include <memory>

namespace belay::daemon {

namespace {

constexpr int usage_error = 2;

std::unique_ptr<CLI::App> make_app(Options& options) {
    auto app = std::make_unique<CLI::App>(
        "belayd keeps virtual IP addresses on exactly one of a few hosts; see belayd(8)", "belayd");
    const std::map<std::string, log::Level> levels{{"error", log::Level::error},
                                                   {"warning", log::Level::warning},
                                                   {"notice", log::Level::notice},
                                                   {"info", log::Level::info},
                                                   {"debug", log::Level::debug}};
    app->add_option("--config", options.config, "the configuration, belay.ini(5)")->capture_default_str();
    app->add_option("--node", options.node, "which node of the configuration this host is");
    app->add_option("--runtime-dir", options.runtime_dir,
                    "directory of the control socket and of what survives a restart")
        ->capture_default_str();
    app->add_option("--log-level", options.log_level, "error, warning, notice, info or debug")
        ->transform(CLI::CheckedTransformer(levels).description("LEVEL"));
    app->set_version_flag("--version", "belayd " BELAY_VERSION);
    return app;
}

} // namespace

std::variant<Options, EndNow> parse_options(int argc, const char* const* argv) {
    Options options;
    const auto app = make_app(options);
    try {
        app->parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        // Help and version are "errors" of code 0 to the library.
        return EndNow{.exit_code = app->exit(problem) == 0 ? 0 : usage_error};
    }
    return options;
}

std::string list_options() {
    Options options;
    std::string text;
    const auto app = make_app(options); // it owns the options
    for (const CLI::Option* option : app->get_options()) {
        for (const std::string& name : option->get_lnames()) {
            text += fmt::format("--{}\n", name);
        }
    }
    return text;
}

} // namespace belay::daemon
