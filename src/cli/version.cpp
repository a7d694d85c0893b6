// `belay version`: of this program and of the daemon.

#include "ask.hpp"
#include "belay/cli/app.hpp"
#include "belay/cli/json_view.hpp"
#include "commands.hpp"

namespace belay::cli {

namespace {

/// The two differ after an upgrade until the daemon is restarted, which is when one asks.
ExitCode run_version(const Arguments& arguments, Output& output) {
    const auto daemon = ask(arguments, output, control::request::Version{});
    if (arguments.json) {
        print_json(output, {{"belay", version()}, {"belayd", daemon ? member_of(*daemon, "version") : nullptr}});
        return daemon ? ExitCode::done : daemon.error();
    }
    output.out << "belay " << version() << '\n';
    if (daemon) {
        output.out << "belayd " << text_of(*daemon, "version") << '\n';
    }
    return daemon ? ExitCode::done : daemon.error();
}

} // namespace

constinit const Command version_command{.name = "version",
                                        .help = "The versions of this program and of the daemon",
                                        .declare = nullptr,
                                        .run = run_version};

std::string_view version() noexcept {
    return BELAY_VERSION;
}

} // namespace belay::cli
