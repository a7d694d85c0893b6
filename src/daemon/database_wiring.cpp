// The database nodes in the watchdog thread: what the election, the peers and pgpool-II say goes to DatabasePartner,
// and what it wants comes from here. Without a [pgpool] section there is none of it.

#include "belay/base/clock.hpp"
#include "belay/base/json_text.hpp"
#include "belay/base/log.hpp"
#include "belay/daemon/database_setup.hpp"
#include "belay/daemon/watchdog.hpp"
#include "belay/databases/json.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace belay::daemon {

using nlohmann::json;

namespace {

constexpr Duration message_answer_max = std::chrono::seconds(5);

/// The copy of an earlier run of this boot, or an empty one.
Result<databases::Replica> kept_databases(const RuntimeDir& runtime) {
    const auto text = runtime.remembered_databases();
    if (!text) {
        return std::unexpected(text.error());
    }
    const std::optional<std::string>& copy = *text;
    if (!copy) {
        return databases::Replica{};
    }
    const auto value = parse_json(*copy);
    return value ? databases::replica_from_json(*value) : std::unexpected(value.error());
}

} // namespace

Status Watchdog::open_databases() {
    const config::Settings& settings = prepared_.settings;
    if (!settings.pgpool) {
        return {};
    }
    const bool witness = settings.find_node(prepared_.run.self)->kind == config::NodeKind::witness;
    databases::Replica kept;
    if (auto read = kept_databases(prepared_.runtime)) {
        kept = *std::move(read);
    } else {
        log::warning("remembered_databases",
                     {{"problem", read.error().text}, {"next", "the table comes from the other nodes"}});
    }
    auto partner = DatabasePartner::make(context_, database_setup(settings, prepared_.run.self), !witness,
                                         std::move(kept), database_wires());
    if (!partner) {
        return std::unexpected(partner.error());
    }
    databases_ = std::move(*partner);
    note_primary();
    return {};
}

DatabasePartner::Wires Watchdog::database_wires() {
    return {.send =
                [this](NodeId peer, json message) {
                    // It is sent again until it is answered: what becomes of this one does not matter.
                    info_->ask(peer, {{"command", "databases"}, {"message", std::move(message)}}, message_answer_max,
                               [](const Result<json>& /*answered*/) {});
                },
            .tell =
                [this](const pgpool::Command& command, std::function<void(Status)> done) {
                    lifecheck_->tell(command, [this, done = std::move(done)](Status told) {
                        // lifecheck -> watchdog
                        boost::asio::post(context_, [done, told = std::move(told)] { done(told); });
                    });
                },
            .obstacle =
                [this](const std::string& words) {
                    (words.empty() ? log::notice : log::warning)(
                        "in_line", {{"in_line", words.empty()}, {"reason", words.empty() ? "as the others" : words}});
                    database_obstacle_ = words;
                    boost::asio::post(context_, [this] { judge_service(); });
                },
            .keep =
                [this](const json& copy) {
                    if (const Status kept = prepared_.runtime.remember_databases(copy.dump()); !kept) {
                        log::warning("remembered_databases",
                                     {{"problem", kept.error().text},
                                      {"next", "after a restart the table comes from the other nodes"}});
                    }
                },
            .primary_changed = [this] { boost::asio::post(context_, [this] { note_primary(); }); },
            .name_of = [this](NodeId node) { return prepared_.settings.name_of(node); }};
}

/// `prefer_primary`: the place of the primary database counts for more than any priority.
void Watchdog::note_primary() {
    const bool near =
        databases_ && is_near_primary(prepared_.settings, prepared_.run.self, databases_->shared().table());
    if (std::exchange(near_primary_, near) != near) {
        step(adjusted(prepared_.settings, prepared_.run.self, near));
    }
}

/// After each step of the election: who holds decides who gives the database nodes their order.
void Watchdog::tell_databases_holder() {
    if (databases_) {
        const Instant now = boot_now();
        databases_->holder(election_.holder(now), election_.holder_term(now));
    }
}

void Watchdog::tell_databases_peers() {
    if (!databases_) {
        return;
    }
    std::set<NodeId> joined;
    for (const info::PeerReport& peer : info_report_.peers) {
        if (peer.joined) {
            joined.insert(peer.id);
        }
    }
    databases_->peers(joined);
}

void Watchdog::take_view(pgpool::View view) {
    if (databases_) {
        databases_->looked(std::move(view));
    }
}

/// Guarded service and database nodes together: both must be good before this node may hold the VIPs.
void Watchdog::judge_service() {
    if (!health_) {
        return;
    }
    const std::string obstacle = database_obstacle_.empty() ? query_obstacle() : database_obstacle_;
    const bool good = health_->healthy && obstacle.empty();
    step(core::ServiceChanged{.condition = {.good = good, .detail = health_->healthy ? obstacle : health_->detail}});
}

void Watchdog::hear_databases(NodeId peer, const json& request, const info::Reply& reply) {
    const auto message = request.find("message");
    if (!databases_ || message == request.end()) {
        reply({{"error", "this node shares no database nodes: its configuration has no [pgpool] section"}});
        return;
    }
    reply({{"taken", true}});
    if (const Status heard = databases_->heard(peer, *message); !heard) {
        log::warning(
            "database_message",
            {{"peer", prepared_.settings.name_of(peer)}, {"problem", heard.error().text}, {"next", "ignoring it"}});
    }
}

} // namespace belay::daemon
