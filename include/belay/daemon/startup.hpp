#pragma once
// Everything that must be settled before the event loop begins, in the order of DESIGN section 4, "Start": settings and
// keys are read, the lock is taken, the packet sockets are opened and still deaf, every right but CAP_NET_ADMIN is
// dropped, the fence is built, closed. Left-overs of an earlier run go next (daemon/watchdog.hpp), and only then are
// sockets to other nodes opened.

#include "belay/base/result.hpp"
#include "belay/config/settings.hpp"
#include "belay/daemon/core_setup.hpp"
#include "belay/daemon/fence_keeper.hpp"
#include "belay/daemon/notify.hpp"
#include "belay/daemon/options.hpp"
#include "belay/daemon/runtime_dir.hpp"
#include "belay/daemon/single_instance.hpp"
#include "belay/daemon/vip_keeper.hpp"

#include <memory>
#include <optional>

namespace belay::daemon {

/// What the event loop is given.
struct Prepared {
    Options options;
    config::Settings settings;
    ClusterKeys keys;
    Run run;
    InstanceLock lock;
    RuntimeDir runtime;
    std::unique_ptr<FenceKeeper> fence; ///< built, closed
    PacketSockets sockets;
    packet::RawSocket upstream_arp; ///< for daemon/upstream_prober.hpp; hears nothing without it
    Notifier notifier;
    std::optional<Maintenance> maintenance; ///< that an earlier run of this boot was put into
};

/// Reads a configuration and the keys it names, as at start and at a reload. Every problem of the file is logged; the
/// error sums them up.
struct Configuration {
    config::Settings settings;
    ClusterKeys keys;
};

[[nodiscard]] Result<Configuration> read_configuration(const std::string& path);

/// Exit codes of belayd(8). The unit does not start again what cannot work.
inline constexpr int exit_failed = 1;        ///< this host does not let it run now; another try may work
inline constexpr int exit_configuration = 2; ///< command line, configuration or keys: mend them first

struct StartFailure {
    int exit_code = exit_failed;
    Error error;
};

/// To be called once, while there is one thread. After an error the process must end.
[[nodiscard]] std::expected<Prepared, StartFailure> prepare(const Options& options);

} // namespace belay::daemon
