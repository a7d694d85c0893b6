// [service], [pgpool] and [hooks]: pgpool-II as what is guarded, and as a partner.

#include "import_pgpool_sections.hpp"

namespace belay::cli {

namespace {

constexpr std::uint16_t port_default = 9999;
constexpr std::uint16_t pcp_port_default = 9898;

/// Who asks: the user of the watchdog's query where it asked, else one that pgpool-II already uses.
std::string query_user(PgpoolSource& source, bool query_mode, std::string& origin) {
    constexpr std::string_view useless = "nobody"; // the default of old releases, which no PostgreSQL has
    for (const std::string_view name : {"wd_lifecheck_user", "health_check_user", "sr_check_user"}) {
        const PgpoolSetting* const setting = source.find(name);
        if (setting == nullptr || setting->value.empty() || (setting->value == useless && !query_mode)) {
            continue;
        }
        origin = name;
        source.taken(setting, "[service] user");
        return setting->value;
    }
    return "pgpool";
}

void write_query(IniText& ini, PgpoolSource& source) {
    const PgpoolSetting* const method = source.find("wd_lifecheck_method");
    const bool query_mode = method != nullptr && method->value == "query";
    std::string origin;
    const std::string user = query_user(source, query_mode, origin);
    ini.comment(origin.empty() ? "The file names no user for checks; make this one in PostgreSQL, without rights."
                               : fmt::format("From {}.", origin));
    ini.key("user", user);
    const std::string database = query_mode ? source.text("wd_lifecheck_dbname", "template1") : "postgres";
    ini.key("database", database);
    ini.comment("Its password, as a line host:port:database:user:password, mode 0600, owner belay. Not needed where "
                "pool_hba.conf trusts it.");
    ini.key("password_file", "/etc/belay/pgpass");
    ini.key("query", query_mode ? source.text("wd_lifecheck_query", "SELECT 1") : "SELECT 1");
    const std::string unused = "used by wd_lifecheck_method = 'query' only; [service] asks its own SELECT 1";
    for (const std::string_view name : {"wd_lifecheck_dbname", "wd_lifecheck_query"}) {
        if (query_mode) {
            source.taken(source.find(name), name == "wd_lifecheck_query" ? "[service] query" : "[service] database");
        } else {
            source.not_taken(source.find(name), unused);
        }
    }
    source.not_taken(source.find("wd_lifecheck_user"), unused);
    source.not_taken(source.find("wd_lifecheck_password"), "passwords go to password_file, not into a file for all");
    if (query_mode) {
        ini.comment(
            "The nodes query each other's pgpool-II as they did; one that no other node of a majority can query "
            "is not eligible.");
        ini.key("query_peers", "count");
        source.taken(method, "[service] query_peers = count; the nodes exchange heartbeats besides");
    } else if (method != nullptr && method->value == "external") {
        source.not_taken(method, "nothing tells Belay from outside how pgpool-II is; it asks it itself ([service])");
    } else {
        source.taken(method, "the nodes exchange heartbeats");
    }
}

void write_counts(IniText& ini, PgpoolSource& source) {
    constexpr std::uint32_t fall_max = 100;
    const PgpoolSetting* const points = source.find("wd_life_point");
    const PgpoolSetting* const method = source.find("wd_lifecheck_method");
    if (method == nullptr || method->value != "query") {
        source.not_taken(source.find("wd_interval"), "pgpool-II is asked each second; [service] interval");
        source.not_taken(points, "used by wd_lifecheck_method = 'query' only; [service] fall is 2");
        return;
    }
    const std::string text = source.text("wd_life_point", "3");
    const auto fall = pgpool_number(text, fall_max);
    if (!fall || *fall == 0) {
        source.error(points, fmt::format("wd_life_point = {} is no count; use 1 to {}", text, fall_max));
        return;
    }
    ini.comment(fmt::format("From wd_life_point. interval stays at its default of 1s in place of wd_interval = {}.",
                            quoted_for_comment(source.text("wd_interval", "10"))));
    ini.key("fall", std::to_string(*fall));
    source.taken(points, "[service] fall");
    source.not_taken(source.find("wd_interval"), "pgpool-II is asked each second; [service] interval");
}

std::string pid_file_note(std::string_view pid_file) {
    return fmt::format("{}belayd must be able to read it; see PID FILES in belayd(8).",
                       pid_file.starts_with("/tmp/") ? "Move it: belayd.service has a /tmp of its own. " : "");
}

Endpoint loopback(std::uint16_t port) {
    return {.address = {.bytes = {127, 0, 0, 1}}, .port = port};
}

std::string_view consensus_of(PgpoolSource& source) {
    // Releases before 3.7 have none of it; its default is on from there.
    const bool known = has_numbered_hosts(source.conf()) || source.find("failover_when_quorum_exists") != nullptr;
    if (!source.flag("failover_require_consensus", known) || !source.flag("failover_when_quorum_exists", known)) {
        return "none";
    }
    return source.flag("enable_consensus_with_half_votes", false) ? "half" : "majority";
}

void write_consensus(IniText& ini, PgpoolSource& source) {
    const bool quorum = source.flag("failover_when_quorum_exists", true);
    const std::string_view consensus = consensus_of(source);
    ini.comment("From failover_when_quorum_exists, failover_require_consensus and enable_consensus_with_half_votes, or "
                "their defaults in that release. With another value than none, detach by 'belay db detach', because a "
                "pcp_detach_node is taken for one node's opinion.");
    ini.key("failover_when_quorum_exists", quorum ? "yes" : "no");
    ini.key("failover_consensus", consensus);
    source.taken(source.find("failover_when_quorum_exists"), "[pgpool] failover_when_quorum_exists");
    source.taken(source.find("failover_require_consensus"), fmt::format("[pgpool] failover_consensus = {}", consensus));
    source.taken(source.find("enable_consensus_with_half_votes"),
                 fmt::format("[pgpool] failover_consensus = {}; for the VIP itself half of the votes are never enough, "
                             "because then two halves could each have it",
                             consensus));
    source.not_taken(source.find("allow_multiple_failover_requests_from_node"), "each node has one voice");
}

} // namespace

bool has_health_checks(const PgpoolSource& source) {
    const auto period = pgpool_time(source.text("health_check_period", "0"), std::chrono::seconds(1));
    return period && *period > Duration::zero();
}

void write_service(IniText& ini, PgpoolSource& source) {
    ini.section("service");
    ini.key("type", "pgpool");
    const std::string pid_file = source.text("pid_file_name", "/var/run/pgpool/pgpool.pid");
    ini.comment(pid_file_note(pid_file));
    ini.key("pid_file", pid_file);
    source.taken(source.find("pid_file_name"), "[service] pid_file");
    ini.key("address", to_text(loopback(source.port("port", port_default))));
    source.taken(source.find("port"), "[service] address");
    write_query(ini, source);
    write_counts(ini, source);
    ini.blank();
}

void write_pgpool(IniText& ini, PgpoolSource& source) {
    ini.section("pgpool");
    const std::uint16_t port = source.port("pcp_port", pcp_port_default);
    const std::string listen = source.text("pcp_listen_addresses", "*");
    const std::string directory = source.text("pcp_socket_dir", "/tmp");
    const bool by_tcp = listen.contains('*') || listen.contains("localhost") || listen.contains("127.0.0.1") ||
                        listen.contains("0.0.0.0") || directory == "/tmp";
    ini.key("pcp", by_tcp ? to_text(loopback(port))
                          : fmt::format("{}/.s.PGSQL.{}", directory.substr(0, directory.find(',')), port));
    source.taken(source.find("pcp_port"), "[pgpool] pcp");
    if (!by_tcp) {
        source.taken(source.find("pcp_socket_dir"), "[pgpool] pcp");
    }
    ini.comment("Make it in pcp.conf: a line belay:HASH, where HASH is what 'pg_md5 PASSWORD' prints; and the password "
                "file with a line *:*:belay:PASSWORD, mode 0640, group belay.");
    ini.key("pcp_user", "belay");
    ini.key("pcp_password_file", "/etc/belay/pcppass");
    const std::string log_directory = source.text("logdir", "/tmp");
    if (log_directory == "/tmp") {
        ini.comment("logdir is /tmp, and belayd.service has a /tmp of its own; with logdir elsewhere, changes in the "
                    "file there are seen at once:");
        ini.line("status_file = /var/log/pgpool/pgpool_status");
        source.not_taken(source.find("logdir"), "belayd.service has a /tmp of its own; see [pgpool]");
    } else {
        ini.key("status_file", log_directory + "/pgpool_status");
        source.taken(source.find("logdir"), "[pgpool] status_file");
    }
    ini.comment("The user as whom pgpool-II runs, who calls 'belay guard'; make it a member: usermod -aG belay "
                "postgres");
    ini.key("user", "postgres");
    write_consensus(ini, source);
    if (!has_health_checks(source)) {
        ini.comment(
            "health_check_period is not set, so pgpool-II notices a failed database only when a client meets it. "
            "Set it on every host (5, say), and failover_on_backend_error = off with it, so that all judge by "
            "the same checks.");
    }
    ini.blank();
}

void tell_hooks(PgpoolSource& source) {
    for (const std::string_view name : {"wd_escalation_command", "wd_de_escalation_command"}) {
        const PgpoolSetting* const setting = source.find(name);
        if (setting != nullptr && !setting->value.empty()) {
            source.not_taken(setting,
                             fmt::format("{}. One that only takes the VIP off other hosts (escalation.sh of "
                                         "pgpool-II's samples) is not needed: the kernel of a host without the "
                                         "lease is silent about it",
                                         no_role_commands));
        } else {
            source.not_taken(setting, "it is empty");
        }
    }
}

} // namespace belay::cli
