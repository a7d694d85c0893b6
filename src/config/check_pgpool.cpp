// Checks that ask other nodes or pgpool-II need to be told where these are.

#include "checks.hpp"

#include <map>

namespace belay::config {

namespace {

/// `type = pgpool` asks by PCP.
void check_partner(const DraftSection& section, const Draft& draft, Report& report) {
    if (section.good("type") && std::get<Service>(section.record).kind == ServiceKind::pgpool &&
        draft.of(SectionKind::pgpool).empty()) {
        report.error(section.at("type"), "a service of type pgpool needs a [pgpool] section with pcp_user and "
                                         "pcp_password_file, or use type = process");
    }
}

/// A node without `service` is asked by nobody.
void check_peer_queries(const DraftSection& section, const Draft& draft, Report& report) {
    if (!section.good("query_peers") || std::get<Service>(section.record).query_peers == PeerQueries::off) {
        return;
    }
    for (const DraftSection* const node : draft.of(SectionKind::node)) {
        const bool witness = node->good("role") && std::get<Node>(node->record).kind == NodeKind::witness;
        if (!witness && !node->has("service")) {
            report.warning(section.at("query_peers"),
                           "query_peers: {} has no 'service', so the others cannot ask it; add a line such as "
                           "'service = 10.77.0.1:9999' there",
                           node->title());
        }
    }
}

/// One database node is on one host.
void check_databases(const Draft& draft, Report& report) {
    std::map<std::uint32_t, const DraftSection*> first_of_id;
    for (const DraftSection* const node : draft.of(SectionKind::node)) {
        const auto id = std::get<Node>(node->record).database;
        if (!id) {
            continue;
        }
        const auto [first, is_first] = first_of_id.try_emplace(*id, node);
        if (!is_first) {
            report.error(node->at("database"), "database: {} is that of {} (line {}) already; each host has its own",
                         *id, first->second->title(), first->second->at("database").line);
        }
    }
}

} // namespace

void check_pgpool(const Draft& draft, Report& report) {
    for (const DraftSection* const section : draft.of(SectionKind::service)) {
        check_partner(*section, draft, report);
        check_peer_queries(*section, draft, report);
    }
    check_databases(draft, report);
}

} // namespace belay::config
