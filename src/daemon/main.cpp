// belayd(8).

#include "belay/base/log.hpp"
#include "belay/daemon/options.hpp"
#include "belay/daemon/startup.hpp"
#include "belay/daemon/watchdog.hpp"

#include <csignal>
#include <exception>
#include <variant>

namespace {

int run(const belay::daemon::Options& options) {
    auto prepared = belay::daemon::prepare(options);
    if (!prepared) {
        belay::log::error("start_failed", {{"problem", prepared.error().error.text}});
        return prepared.error().exit_code;
    }
    const auto watchdog = belay::daemon::Watchdog::make(std::move(*prepared));
    if (!watchdog) {
        belay::log::error("start_failed", {{"problem", watchdog.error().text}});
        return belay::daemon::exit_failed;
    }
    (*watchdog)->run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    // A peer that hangs up must not end the daemon.
    ::signal(SIGPIPE, SIG_IGN);
    try {
        const auto options = belay::daemon::parse_options(argc, argv);
        if (const auto* end = std::get_if<belay::daemon::EndNow>(&options)) {
            return end->exit_code;
        }
        belay::log::set_level(std::get<belay::daemon::Options>(options).log_level);
        return run(std::get<belay::daemon::Options>(options));
    } catch (const std::exception& problem) {
        // Out of memory, in all likelihood; libraries throw nothing else that is not caught where it arises.
        belay::log::error("fatal", {{"problem", problem.what()}});
        return belay::daemon::exit_failed;
    }
}
