#pragma once
// The sections of the ini file, each made from the settings of pgpool.conf that go there. Each records what became of
// those settings.

#include "belay/cli/ini_text.hpp"
#include "import_pgpool_nodes.hpp"
#include "import_pgpool_source.hpp"

#include <string>
#include <vector>

namespace belay::cli {

/// A virtual address as the file has it, in words of the ini file.
struct PgpoolVip {
    IpPrefix address;
    bool has_length = false;
    std::string interface;
};

/// delegate_ip, with what if_up_cmd and arping_cmd say of it. Without an address or an interface it reports an error.
[[nodiscard]] std::optional<PgpoolVip> read_pgpool_vip(PgpoolSource& source);

/// [cluster]: names, times, and the gateway as a tiebreaker of two.
void write_cluster(IniText& ini, PgpoolSource& source, const std::vector<PgpoolNode>& nodes,
                   const std::optional<PgpoolVip>& vip);
/// [node NAME], each.
void write_nodes(IniText& ini, PgpoolSource& source, const std::vector<PgpoolNode>& nodes);
/// [vip main].
void write_vip(IniText& ini, const PgpoolVip& vip);
/// [service].
void write_service(IniText& ini, PgpoolSource& source);
/// [pgpool].
void write_pgpool(IniText& ini, PgpoolSource& source);
/// What would be [hooks].
void tell_hooks(PgpoolSource& source);

/// The addresses that pgpool-II listens on reach clients that come by loopback; with `vip` also those of the VIP.
[[nodiscard]] bool listens_everywhere(const PgpoolSource& source, const PgpoolVip* vip);

/// Whether pgpool-II looks at its databases by itself.
[[nodiscard]] bool has_health_checks(const PgpoolSource& source);

/// Tells of every watchdog setting that nothing else has told of.
void tell_the_rest(PgpoolSource& source);

/// What to change in pgpool.conf, as a unified diff.
[[nodiscard]] std::string pgpool_conf_diff(PgpoolSource& source, const std::optional<PgpoolVip>& vip);

/// A command line as it stands in pgpool.conf as arguments behind "--": itself, or within `sh -c` where only a shell
/// understands it.
[[nodiscard]] std::string as_arguments(std::string_view command);

} // namespace belay::cli
