#include "import_keepalived_source.hpp"

#include "belay/cli/ini_text.hpp"
#include "belay/cli/text.hpp"

#include <algorithm>
#include <array>

namespace belay::cli {

namespace {

struct Row {
    std::string_view keyword; ///< one that ends with '*' is for all that begin like this
    std::string_view why;
};

constexpr std::string_view script =
    "the daemon starts no process; [service] checks what is guarded: a process by its pid file, a TCP port, or a query";
constexpr std::string_view routes =
    "only addresses are moved; the distribution's network configuration is the place for it";
constexpr std::string_view announce = "[announce] says how often the addresses are announced: burst, burst_interval, "
                                      "refresh_interval";
constexpr std::string_view condition = "a condition or a definition is not followed; write the file out for one host";

constexpr std::array<Row, 38> rows{{
    {.keyword = "virtual_router_id", .why = "not needed: nodes know each other by name and key"},
    {.keyword = "authentication",
     .why = "'belay keygen' makes the key; each message is signed with it and counts once"},
    {.keyword = "auth_*", .why = "'belay keygen' makes the key; each message is signed with it and counts once"},
    {.keyword = "mcast_src_ip", .why = "nothing is sent by multicast; [node] heartbeat has the addresses"},
    {.keyword = "track_script", .why = script},
    {.keyword = "vrrp_script", .why = script},
    {.keyword = "track_file", .why = script},
    {.keyword = "vrrp_track_file", .why = script},
    {.keyword = "track_bfd", .why = "the lease notices a lost host within half a second by itself"},
    {.keyword = "track_interface",
     .why = "the interface of each VIP is watched always; others are not, because a VIP does not need them"},
    {.keyword = "dont_track_primary", .why = "the interface of each VIP is watched always"},
    {.keyword = "notify*", .why = no_role_commands},
    {.keyword = "smtp_*", .why = "no mail is sent; the journal and 'belay events' tell what happened"},
    {.keyword = "garp_*", .why = announce},
    {.keyword = "vrrp_garp_*", .why = announce},
    {.keyword = "vrrp_gna_*", .why = announce},
    {.keyword = "virtual_routes", .why = routes},
    {.keyword = "virtual_rules", .why = routes},
    {.keyword = "static_*", .why = "the distribution's network configuration is the place for it"},
    {.keyword = "use_vmac*", .why = "the addresses keep the interface's own MAC address and are announced"},
    {.keyword = "vmac_*", .why = "the addresses keep the interface's own MAC address and are announced"},
    {.keyword = "lvs_sync_daemon*", .why = "LVS stays with keepalived"},
    {.keyword = "virtual_server*", .why = "load balancing stays with keepalived, whose VRRP part is then taken out"},
    {.keyword = "real_server", .why = "load balancing stays with keepalived"},
    {.keyword = "accept", .why = "the addresses are ordinary ones, and accept packets"},
    {.keyword = "no_accept", .why = "the addresses are ordinary ones, and accept packets"},
    {.keyword = "version", .why = "it is not VRRP that is spoken"},
    {.keyword = "native_ipv6", .why = "IPv4 and IPv6 addresses are served alike"},
    {.keyword = "nopreempt", .why = "preemption is one for all addresses; the first instance says which"},
    {.keyword = "preempt_delay", .why = "preemption is one for all addresses; the first instance says which"},
    {.keyword = "include*",
     .why = "an included file is not followed; what it says is missing here: write it into one "
            "file, and import that"},
    {.keyword = "global_tracking", .why = "all addresses are held by the same node anyway"},
    {.keyword = "global_defs", .why = "belayd has no such settings; what it logs is in belayd(8)"},
    {.keyword = "linkbeat_*", .why = "netlink tells of links"},
    {.keyword = "@*", .why = condition},
    {.keyword = "$*", .why = condition},
    {.keyword = "debug", .why = "belayd logs to the journal"},
    {.keyword = "*", .why = "this importer does not know it"},
}};

} // namespace

void KeepalivedSource::error(unsigned line, const std::string& text) {
    out_.problems.push_back({.severity = config::Severity::error,
                             .file = options_.file,
                             .line = line,
                             .column = line == 0 ? 0U : 1U,
                             .text = clean(text)});
}

void KeepalivedSource::tell(const KeepalivedStatement& statement, bool taken, const std::string& text) {
    std::string shown;
    for (const std::string& word : statement.words) {
        shown += (shown.empty() ? "" : " ") + (word.empty() ? std::string("\"\"") : word);
    }
    if (statement.keyword().starts_with("auth_pass")) {
        shown = statement.keyword() + " (not shown)";
    }
    out_.remarks.push_back(
        {.line = statement.line, .setting = quoted_for_comment(shown), .taken = taken, .text = clean(text)});
}

std::string keepalived_reason(std::string_view keyword) {
    const auto* const row = std::ranges::find_if(rows, [keyword](const Row& each) {
        return each.keyword.ends_with('*') ? keyword.starts_with(each.keyword.substr(0, each.keyword.size() - 1))
                                           : keyword == each.keyword;
    });
    return std::string(row->why);
}

} // namespace belay::cli
