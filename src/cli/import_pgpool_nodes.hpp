#pragma once
// The nodes of pgpool-II's watchdog as nodes of Belay. Two styles of file: up to 4.1 every host has a file of its own,
// with itself in wd_hostname and the others in other_pgpool_hostnameN; since 4.2 all hosts have the same file, with
// hostnameX, and the file pgpool_node_id says which X a host is.

#include "belay/base/inet.hpp"
#include "import_pgpool_source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace belay::cli {

struct PgpoolNode {
    std::string host;                       ///< as the file names it
    std::string name;                       ///< in the ini file
    const PgpoolSetting* setting = nullptr; ///< that names it
    std::vector<IpAddress> channels;        ///< where it hears heartbeats
    IpAddress address;                      ///< that of the host name
    std::uint16_t pgpool_port = 0;
    bool self = false; ///< the host whose file this is
    std::optional<std::uint32_t> priority;
    std::optional<std::uint32_t> database; ///< the backend on this host
};

/// Whether the file has the nodes in the style of 4.2 and later.
[[nodiscard]] bool has_numbered_hosts(const PgpoolConf& conf);

/// Every node that could be understood; what could not is reported to `source`.
[[nodiscard]] std::vector<PgpoolNode> read_pgpool_nodes(PgpoolSource& source);

/// The parts for the two styles: hosts and their channels.
[[nodiscard]] std::vector<PgpoolNode> read_numbered_nodes(PgpoolSource& source);
[[nodiscard]] std::vector<PgpoolNode> read_own_and_other_nodes(PgpoolSource& source);

/// "hostname" -> the numbers N of hostnameN that are set to something, from 0 up.
[[nodiscard]] std::vector<unsigned> numbers_of(const PgpoolConf& conf, std::string_view prefix);

/// Whether heartbeats are how the watchdogs check each other.
[[nodiscard]] bool uses_heartbeats(const PgpoolSource& source);

} // namespace belay::cli
