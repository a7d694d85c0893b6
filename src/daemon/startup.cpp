#include "belay/daemon/startup.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/config/key_file.hpp"
#include "belay/config/load.hpp"
#include "belay/config/node_name.hpp"
#include "belay/daemon/incarnation.hpp"
#include "belay/daemon/privileges.hpp"
#include "belay/daemon/sandbox.hpp"

#include <algorithm>
#include <utility>

namespace belay::daemon {

namespace {

Result<PacketSockets> open_packet_sockets() {
    auto arp = packet::RawSocket::open();
    if (!arp) {
        return std::unexpected(arp.error());
    }
    auto neighbour = packet::RawSocket::open();
    if (!neighbour) {
        return std::unexpected(neighbour.error());
    }
    return PacketSockets{.arp = std::move(*arp), .neighbour = std::move(*neighbour)};
}

/// The longest lease that this node may have promised, now that it is going to promise `lease` (DESIGN section 3.1).
Result<Duration> abstention_for(const RuntimeDir& runtime, Duration lease) {
    const Remembered<Duration> remembered = runtime.remembered_lease();
    if (remembered.problem) {
        log::warning("remembered_lease",
                     {{"problem", remembered.problem->text}, {"next", "abstaining for the longest lease there is"}});
    }
    if (remembered.value < lease) {
        if (const Status kept = runtime.remember_lease(lease); !kept) {
            return std::unexpected(kept.error());
        }
    }
    return std::max(remembered.value, lease);
}

std::optional<Maintenance> remembered_maintenance(const RuntimeDir& runtime, const BootId& boot_id) {
    const auto remembered = runtime.remembered_maintenance(boot_id);
    if (remembered.problem) {
        log::warning("remembered_maintenance",
                     {{"problem", remembered.problem->text}, {"next", "in maintenance until it is switched off"}});
    }
    return remembered.value;
}

/// As far as this kernel can: what is missing here is no reason to leave the VIPs to nobody.
void enter_sandbox(const std::string& runtime_dir) {
    const auto note = [](const auto& done) {
        if (!done) {
            log::warning("sandbox", {{"problem", done.error().text}, {"next", "going on without it"}});
        }
    };
    const auto files = forbid_foreign_files(runtime_dir);
    note(files);
    const auto code = forbid_new_code();
    note(code);
    const Status calls = forbid_system_calls();
    note(calls);
    log::info("sandbox", {{"landlock", files.value_or(0)},
                          {"no_new_code", code.value_or(false)},
                          {"system_calls_filtered", calls.has_value()}});
}

Status confine() {
    const auto confined = keep_only_net_admin();
    if (!confined) {
        return std::unexpected(confined.error());
    }
    log::info("privileges", {{"kept", "CAP_NET_ADMIN"},
                             {"bounding_set_closed", confined->bounding_set_closed},
                             {"securebits_locked", confined->securebits_locked}});
    return {};
}

/// Who this run is, and for how long it has to be silent first.
Result<Run> make_run(const config::Settings& settings, std::string_view name, const RuntimeDir& runtime,
                     config::FenceKind fence) {
    const auto abstention = abstention_for(runtime, config::promise_span(settings.cluster, fence));
    if (!abstention) {
        return std::unexpected(abstention.error());
    }
    const auto incarnation = make_incarnation();
    if (!incarnation) {
        return std::unexpected(incarnation.error());
    }
    return Run{.self = settings.find_node(name)->id,
               .incarnation = *incarnation,
               .started_unix_ns = wall_now().count(),
               .abstention = *abstention,
               .seed = incarnation->nonce,
               .fence = fence};
}

template <typename T>
std::unexpected<StartFailure> refused(const Result<T>& result, int exit_code) {
    return std::unexpected(StartFailure{.exit_code = exit_code, .error = result.error()});
}

} // namespace

Result<Configuration> read_configuration(const std::string& path) {
    const config::Loaded loaded = config::load_file(path);
    std::size_t errors = 0;
    std::string first;
    for (const config::Problem& problem : loaded.problems) {
        const bool error = problem.severity == config::Severity::error;
        (error ? log::error : log::warning)("configuration", {{"problem", to_text(problem)}});
        errors += error ? 1 : 0;
        first = first.empty() && error ? to_text(problem) : first;
    }
    if (!loaded.settings) {
        return fail("{} cannot be used: {}{}", path, first,
                    errors > 1 ? fmt::format(" (and {} more; `belay check-config {}` lists them)", errors - 1, path)
                               : "");
    }
    auto keys = config::read_key_file(loaded.settings->cluster.key_file);
    if (!keys) {
        return std::unexpected(keys.error());
    }
    return Configuration{.settings = *loaded.settings, .keys = std::move(*keys)};
}

std::expected<Prepared, StartFailure> prepare(const Options& options) {
    auto configuration = read_configuration(options.config);
    if (!configuration) {
        return refused(configuration, exit_configuration);
    }
    const auto name = config::own_node_name(configuration->settings, options.node);
    if (!name) {
        return refused(name, exit_configuration);
    }
    if (const Status able = check_needed_capabilities(); !able) {
        return refused(able, exit_failed);
    }
    auto lock = InstanceLock::take();
    if (!lock) {
        return refused(lock, exit_failed);
    }
    auto runtime = RuntimeDir::open(options.runtime_dir);
    if (!runtime) {
        return refused(runtime, exit_failed);
    }
    auto sockets = open_packet_sockets();
    if (!sockets) {
        return refused(sockets, exit_failed);
    }
    auto upstream_arp = packet::RawSocket::open();
    if (!upstream_arp) {
        return refused(upstream_arp, exit_failed);
    }
    if (const Status confined = confine(); !confined) {
        return refused(confined, exit_failed);
    }
    enter_sandbox(options.runtime_dir);
    auto notifier = Notifier::from_environment();
    if (!notifier) {
        return refused(notifier, exit_failed);
    }
    auto fence = FenceKeeper::make(configuration->settings.cluster.fence, vips_of(configuration->settings));
    if (!fence) {
        return refused(fence, exit_failed);
    }
    const auto run = make_run(configuration->settings, *name, *runtime, (*fence)->kind());
    if (!run) {
        return refused(run, exit_failed);
    }
    auto maintenance = remembered_maintenance(*runtime, run->incarnation.boot_id);
    return Prepared{.options = options,
                    .settings = std::move(configuration->settings),
                    .keys = std::move(configuration->keys),
                    .run = *run,
                    .lock = std::move(*lock),
                    .runtime = std::move(*runtime),
                    .fence = std::move(*fence),
                    .sockets = std::move(*sockets),
                    .upstream_arp = std::move(*upstream_arp),
                    .notifier = std::move(*notifier),
                    .maintenance = maintenance};
}

} // namespace belay::daemon
