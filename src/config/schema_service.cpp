// The rows of what is guarded, of its partner pgpool-II, and of the commands that follow the role.

#include "key_rule.hpp"

#include <algorithm>
#include <iterator>

namespace belay::config {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// What is asked, by whom, of types postgres and pgpool.
std::vector<KeyRule> query_keys() {
    const auto needs = word_codec<PgpoolNeeds>({{.text = "any", .value = PgpoolNeeds::any},
                                                {.text = "query", .value = PgpoolNeeds::query},
                                                {.text = "pcp", .value = PgpoolNeeds::pcp},
                                                {.text = "both", .value = PgpoolNeeds::both}});
    const auto query_peers = word_codec<PeerQueries>({{.text = "off", .value = PeerQueries::off},
                                                      {.text = "show", .value = PeerQueries::show},
                                                      {.text = "count", .value = PeerQueries::count}});
    const std::vector queried{ServiceKind::postgres, ServiceKind::pgpool};
    return {
        key("user", &Service::user, text_codec(),
            {.meaning = "the database user that asks",
             .example = "belay",
             .need = Need::by_other_key,
             .live = true,
             .only_for = queried}),
        key("database", &Service::database, text_codec(),
            {.meaning = "the database in which it asks", .live = true, .only_for = queried}),
        key("password_file", &Service::password_file, path_codec(),
            {.meaning = "its password, in the format of .pgpass",
             .example = "/etc/belay/pgpass",
             .need = Need::unset,
             .live = true,
             .only_for = queried}),
        key("query", &Service::query, text_codec(),
            {.meaning = "what it asks; any answer but an error is good", .live = true, .only_for = queried}),
        key("require", &Service::needs, needs,
            {.meaning = "which of query and PCP a running pgpool-II must answer",
             .live = true,
             .only_for = {ServiceKind::pgpool}}),
        key("query_peers", &Service::query_peers, query_peers,
            {.meaning = "whether the other nodes' services are asked as well", .live = true, .only_for = queried}),
    };
}

} // namespace

std::vector<KeyRule> service_keys() {
    using enum ServiceKind;
    const auto type = word_codec<ServiceKind>({{.text = "none", .value = none},
                                               {.text = "process", .value = process},
                                               {.text = "tcp", .value = tcp},
                                               {.text = "postgres", .value = postgres},
                                               {.text = "pgpool", .value = pgpool}});
    const std::vector all{process, tcp, postgres, pgpool};
    const std::vector asked{tcp, postgres, pgpool};
    std::vector<KeyRule> keys{
        key("type", &Service::kind, type,
            {.meaning = "how the guarded service is checked",
             .example = "process",
             .need = Need::required,
             .live = true}),
        key("pid_file", &Service::pid_file, path_codec(),
            {.meaning = "where the service writes its process id",
             .example = "/run/pgpool/pgpool.pid",
             .need = Need::by_other_key,
             .live = true,
             .only_for = {process, pgpool}}),
        key("address", &Service::address, endpoint_codec(),
            {.meaning = "TCP address that must accept connections or answer queries",
             .example = "127.0.0.1:9999",
             .need = Need::by_other_key,
             .live = true,
             .only_for = asked}),
        key("interval", &Service::interval, duration_codec(milliseconds(10), hours(1)),
            {.meaning = "time between two checks", .live = true, .only_for = all}),
        key("timeout", &Service::timeout, duration_codec(milliseconds(1), minutes(1)),
            {.meaning = "deadline of one check", .live = true, .only_for = asked}),
        key("rise", &Service::rise, count_codec(1, 100),
            {.meaning = "good checks in a row until healthy", .live = true, .only_for = all}),
        key("fall", &Service::fall, count_codec(1, 100),
            {.meaning = "bad checks in a row until unhealthy", .live = true, .only_for = all}),
    };
    std::ranges::move(query_keys(), std::back_inserter(keys));
    return keys;
}

std::vector<KeyRule> pgpool_keys() {
    const auto consensus = word_codec<Consensus>({{.text = "none", .value = Consensus::none},
                                                  {.text = "half", .value = Consensus::half},
                                                  {.text = "majority", .value = Consensus::majority}});
    return {
        key("pcp", &Pgpool::pcp, endpoint_or_path_codec(), {.meaning = "where pgpool-II takes PCP requests"}),
        key("pcp_user", &Pgpool::pcp_user, text_codec(),
            {.meaning = "a user of pcp.conf", .example = "belay", .need = Need::required}),
        key("pcp_password_file", &Pgpool::pcp_password_file, path_codec(),
            {.meaning = "its password, in the format of .pcppass",
             .example = "/etc/belay/pcppass",
             .need = Need::required}),
        key("pcp_timeout", &Pgpool::pcp_timeout, duration_codec(milliseconds(10), minutes(1)),
            {.meaning = "deadline of one PCP request"}),
        key("poll_interval", &Pgpool::poll_interval, duration_codec(milliseconds(50), minutes(1)),
            {.meaning = "time between two looks at the database nodes"}),
        key("status_file", &Pgpool::status_file, path_codec(),
            {.meaning = "pgpool_status; a look follows each change of it",
             .example = "/var/log/postgresql/pgpool_status",
             .need = Need::unset}),
        key("user", &Pgpool::user, name_codec(), {.meaning = "the user whose belay guard is obeyed"}),
        key("prefer_primary", &Pgpool::prefer_primary, yes_no_codec(),
            {.meaning = "whether the VIPs follow the primary database", .live = true}),
        key("failover_when_quorum_exists", &Pgpool::failover_when_quorum_exists, yes_no_codec(),
            {.meaning = "whether failovers wait for an active node", .live = true}),
        key("failover_consensus", &Pgpool::failover_consensus, consensus,
            {.meaning = "how many nodes must have seen a database node fail", .live = true}),
        key("consensus_timeout", &Pgpool::consensus_timeout, duration_codec(milliseconds(10), minutes(10)),
            {.meaning = "how long their words are waited for", .live = true}),
    };
}

std::vector<KeyRule> hooks_keys() {
    return {
        key("confirm", &Hooks::confirm, yes_no_codec(),
            {.meaning = "whether the active waits for belay run-on", .live = true}),
        key("confirm_timeout", &Hooks::confirm_timeout, duration_codec(milliseconds(10), minutes(1)),
            {.meaning = "how long it waits at most", .live = true}),
        key("user", &Hooks::user, name_codec(), {.meaning = "the user whose confirmations count"}),
    };
}

} // namespace belay::config
