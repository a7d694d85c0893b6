#include "belay/cli/app.hpp"

#include "ask.hpp"
#include "belay/control/address.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iterator>
#include <span>
#include <vector>

namespace belay::cli {

namespace {

constexpr const char* runtime_dir_default = "/run/belay";

/// The same for `belay` and for each command, so that they may stand before or after it.
void declare_general(CLI::App& app, Arguments& arguments) {
    app.add_option("--socket", arguments.socket, "Control socket (default /run/belay/control.sock)")->type_name("PATH");
    app.add_option("--runtime-dir", arguments.runtime_dir, "Directory of the daemon's control.sock")->type_name("DIR");
    app.add_flag("--json", arguments.json, "Print the result as JSON");
    app.set_version_flag("--version", "belay " + std::string(version()), "Print the version of this program and exit");
    app.set_help_flag("-h,--help", "Print this help and exit");
}

/// Parse errors tell what is wrong; this says it in our words where they are clearer, and adds whose help to read.
ExitCode usage_error(const CLI::App& app, const CLI::ParseError& problem, Output& output) {
    const auto chosen = app.get_subcommands();
    const auto unknown = app.remaining();
    std::string text = problem.what();
    if (chosen.empty() && problem.get_name() == "RequiredError") {
        text = unknown.empty() ? "which command?" : fmt::format("unknown command '{}'", clean(unknown.front()));
    }
    complain(output,
             fmt::format("{}; see: belay {}--help", text, chosen.empty() ? "" : chosen.front()->get_name() + " "));
    return ExitCode::usage;
}

/// What follows the first `--` is a command to run: none of our business, whatever it looks like. What pgpool-II writes
/// for "no node", -1, would look like an option.
std::vector<const char*> own_words(int argc, const char* const* argv, Arguments& arguments) {
    const std::span words(argv, static_cast<std::size_t>(argc));
    const auto end =
        std::ranges::find(words, std::string_view("--"), [](const char* word) { return std::string_view(word); });
    if (end != words.end()) {
        arguments.command.assign(std::next(end), words.end());
    }
    std::vector<const char*> own(words.begin(), end);
    std::ranges::replace_if(own, [](const char* word) { return std::string_view(word) == "-1"; }, "none");
    return own;
}

ExitCode parse_and_run(int argc, const char* const* argv, Output& output) {
    Arguments arguments;
    const auto app = build_app(arguments);
    const std::vector<const char*> words = own_words(argc, argv, arguments);
    try {
        app->parse(static_cast<int>(words.size()), words.data());
    } catch (const CLI::Success& asked) { // --help or --version
        static_cast<void>(app->exit(asked, output.out, output.err));
        return ExitCode::done;
    } catch (const CLI::ParseError& problem) {
        return usage_error(*app, problem, output);
    }
    if (!arguments.socket.empty() && !arguments.runtime_dir.empty()) {
        complain(output, "--socket and --runtime-dir exclude each other; see: belay --help");
        return ExitCode::usage;
    }
    const Command* const command = find_command(app->get_subcommands().front()->get_name());
    if (!command->runs_a_command && !arguments.command.empty()) {
        complain(output, fmt::format("'{}' runs no command, so nothing may follow --; see: belay {} --help",
                                     command->name, command->name));
        return ExitCode::usage;
    }
    return command->run(arguments, output);
}

} // namespace

std::string Arguments::socket_path() const {
    return socket.empty() ? control::socket_path(runtime_dir.empty() ? runtime_dir_default : runtime_dir) : socket;
}

std::shared_ptr<CLI::App> build_app(Arguments& arguments) {
    auto app = std::make_shared<CLI::App>("Asks and steers belayd, which keeps virtual IP addresses on exactly\n"
                                          "one of a few hosts. See belay(1).",
                                          "belay");
    app->require_subcommand(1);
    app->get_formatter()->column_width(25);
    app->get_formatter()->label("SUBCOMMAND", "COMMAND");
    declare_general(*app, arguments);
    for (const Command* command : commands()) {
        CLI::App* const subcommand = app->add_subcommand(std::string(command->name), std::string(command->help));
        subcommand->group("Commands");
        if (command->declare != nullptr) {
            command->declare(*subcommand, arguments);
        }
        declare_general(*subcommand, arguments);
    }
    return app;
}

ExitCode run(int argc, const char* const* argv, Output& output) {
    try {
        const ExitCode code = parse_and_run(argc, argv, output);
        output.out.flush();
        if (!output.out) {
            complain(output, "cannot write the output: is the disk full?");
            return ExitCode::failed;
        }
        return code;
    } catch (const std::exception& problem) {
        complain(output, problem.what());
        return ExitCode::failed;
    }
}

} // namespace belay::cli
