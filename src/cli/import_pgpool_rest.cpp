// The watchdog settings that Belay has no counterpart for, each with what does its work there.

#include "import_pgpool_sections.hpp"

#include <array>

namespace belay::cli {

namespace {

struct Row {
    std::string_view name; ///< one that ends with '*' is for all that begin like this
    std::string_view why;
};

constexpr std::string_view no_command = "no command is run: belayd speaks to the kernel itself, without sudo";
constexpr std::string_view all_count =
    "the majority is counted over all nodes of the file, whether they are there or not: that is what keeps two halves "
    "from each having one. Take a node that is gone for good out of the file";

constexpr std::array<Row, 24> rows{{
    {.name = "use_watchdog", .why = "belayd does its work; off in the diff"},
    {.name = "wd_authkey", .why = "'belay keygen' makes the key; each message is signed with it and counts once"},
    {.name = "delegate_ip", .why = "see the errors"},
    {.name = "wd_hostname", .why = "hostnameX is what counts in this file"},
    {.name = "other_pgpool_*", .why = "hostnameX is what counts in this file"},
    {.name = "heartbeat_destination*", .why = "heartbeat_hostnameX is what counts in this file"},
    {.name = "heartbeat_device*",
     .why = "heartbeats leave by the interface that the routes say, as for any address; give each channel a network"},
    {.name = "if_cmd_path", .why = no_command},
    {.name = "if_up_cmd", .why = no_command},
    {.name = "if_down_cmd", .why = "belayd takes the address down itself, and so does the kernel when belayd is gone"},
    {.name = "ifconfig_path", .why = no_command},
    {.name = "arping_path", .why = no_command},
    {.name = "ping_path", .why = "belayd asks the gateway itself, by ARP or ICMP"},
    {.name = "wd_ipc_socket_dir", .why = "the control socket is /run/belay/control.sock"},
    {.name = "wd_monitoring_interfaces_list",
     .why = "the interface of each VIP is watched always: a node where it has no carrier gives the VIP up"},
    {.name = "wd_remove_shutdown_nodes", .why = all_count},
    {.name = "wd_lost_node_removal_timeout", .why = all_count},
    {.name = "wd_no_show_node_removal_timeout", .why = all_count},
    {.name = "clear_memqcache_on_escalation",
     .why =
         "matters where memory_cache_enabled is on and memqcache_method is shmem, because a standby's cache ages: use "
         "memcached there"},
    {.name = "wd_*", .why = "this importer does not know it"},
    {.name = "other_*", .why = "this importer does not know it"},
    {.name = "heartbeat_*", .why = "this importer does not know it"},
    {.name = "if_*", .why = "this importer does not know it"},
    {.name = "hostname*", .why = "it is empty"},
}};

bool matches(const Row& row, std::string_view name) {
    return row.name.ends_with('*') ? name.starts_with(row.name.substr(0, row.name.size() - 1)) : name == row.name;
}

} // namespace

void tell_the_rest(PgpoolSource& source) {
    for (const PgpoolSetting& setting : source.conf().settings) {
        if (source.is_told(setting)) {
            continue;
        }
        if (setting.name == "include") {
            source.not_taken(&setting, "an included file is not followed; what it sets is missing here: write it into "
                                       "one file, and import that");
            continue;
        }
        const PgpoolSetting* const last = source.conf().find(setting.name);
        const auto* const row =
            std::ranges::find_if(rows, [&](const Row& each) { return matches(each, setting.name); });
        if (last != &setting && (row != rows.end() || source.is_told(*last))) {
            source.not_taken(&setting, fmt::format("line {} sets it again, and the last one counts", last->line));
        } else if (row != rows.end()) {
            source.not_taken(&setting, setting.value.empty() ? "it is empty" : std::string(row->why));
        }
    }
}

} // namespace belay::cli
