#pragma once
// The watchdog thread (DESIGN section 7): it owns the election core, the VIPs, netlink, the packet sockets, the control
// socket and the signals. Everything that happens becomes an event for the core; what the core answers is done here, in
// order. The other threads post to it and are posted to; nothing is shared.
//
// Where is what: src/daemon/watchdog.cpp the loop and the events; executor.cpp the core's actions; commands.cpp the
// operator's requests; database_commands.cpp those about database nodes, which database_wiring.cpp connects;
// role_wiring.cpp the followers of the role; reload.cpp the configuration's changes; upstream_wiring.cpp what two nodes
// need besides.

#include "belay/base/result.hpp"
#include "belay/control/access.hpp"
#include "belay/control/request.hpp"
#include "belay/control/server.hpp"
#include "belay/core/election.hpp"
#include "belay/core/history.hpp"
#include "belay/daemon/boot_timer.hpp"
#include "belay/daemon/database_partner.hpp"
#include "belay/daemon/fence_keeper.hpp"
#include "belay/daemon/queried.hpp"
#include "belay/daemon/role_followers.hpp"
#include "belay/daemon/startup.hpp"
#include "belay/daemon/status.hpp"
#include "belay/daemon/upstream_prober.hpp"
#include "belay/daemon/vip_keeper.hpp"
#include "belay/heartbeat/thread.hpp"
#include "belay/info/thread.hpp"
#include "belay/lifecheck/thread.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace belay::daemon {

class Watchdog {
public:
    /// Removes the left-overs of an earlier run, then starts the other threads and the control socket. An error means
    /// that the daemon cannot run here; nothing is left behind.
    [[nodiscard]] static Result<std::unique_ptr<Watchdog>> make(Prepared prepared);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// Runs until the daemon has stopped in good order. On the thread that made it.
    void run();

private:
    /// An operator waits until the VIPs have moved.
    struct PendingSwitchover {
        control::ReplyFunction reply;
        NodeId from;
        std::optional<NodeId> to;
        std::unique_ptr<boost::asio::steady_timer> deadline;
    };

    explicit Watchdog(Prepared prepared);

    // watchdog.cpp
    [[nodiscard]] Status begin();
    [[nodiscard]] Status open_fence();
    void remove_fence();
    [[nodiscard]] Status open_vips();
    [[nodiscard]] Status start_threads();
    [[nodiscard]] Status open_control();
    void restore_maintenance();
    void watch_signals();
    void announce_ready();
    void beat();
    void step(const core::Event& event);
    void arm();
    void deadline_reached(Instant planned);
    void hear(const std::vector<heartbeat::Received>& received);
    void take_report(heartbeat::Report report);
    void take_join(NodeId peer, const info::Join& join);
    void take_info_report(const info::Report& report);
    void take_health(lifecheck::Health health);
    void update_card();
    void end();

    // executor.cpp
    void execute(std::vector<core::Action> actions);
    void execute(const core::action::Serve& serve);
    void execute(const core::action::Extended& extended);
    void execute(const core::action::Withdraw& withdraw);
    void execute(const core::action::RoleChanged& changed);
    void execute(const core::action::Reply& reply);
    void execute(const core::action::Noticed& noticed);
    void execute(const core::action::Stopped& stopped);
    [[nodiscard]] bool take_down();
    void abstention_over();
    void send_all(std::vector<heartbeat::Outbound> outbound);

    // commands.cpp
    [[nodiscard]] control::AccessRules access_rules() const;
    void serve(const control::Request& request, control::ReplyFunction reply);
    void answer(const control::request::Status& request, const control::ReplyFunction& reply);
    void answer(const control::request::Nodes& request, const control::ReplyFunction& reply);
    void answer(const control::request::Vips& request, const control::ReplyFunction& reply);
    void answer(const control::request::Events& request, const control::ReplyFunction& reply);
    void answer(const control::request::Switchover& request, const control::ReplyFunction& reply);
    void answer(const control::request::Maintenance& request, const control::ReplyFunction& reply);
    void answer(const control::request::Reload& request, const control::ReplyFunction& reply);
    void answer(const control::request::Version& request, const control::ReplyFunction& reply);
    void serve_peer(NodeId peer, const nlohmann::json& request, const info::Reply& reply);
    [[nodiscard]] core::action::Reply switch_over(const std::optional<NodeId>& to);
    void switch_over_elsewhere(NodeId holder, const control::request::Switchover& request,
                               const control::ReplyFunction& reply);
    void switchover_accepted(NodeId from, const control::request::Switchover& request, nlohmann::json result,
                             const control::ReplyFunction& reply);
    void settle_switchovers(NodeId new_holder);
    [[nodiscard]] StatusSource source() const;
    [[nodiscard]] std::map<std::string, std::uint64_t> own_counters() const;

    // database_commands.cpp
    void answer(const control::request::Db& request, const control::ReplyFunction& reply);
    void answer(const control::request::DbAct& request, const control::ReplyFunction& reply);
    void answer(const control::request::Guard& request, const control::ReplyFunction& reply);
    void answer(const control::request::GuardDone& request, const control::ReplyFunction& reply);

    // role_wiring.cpp
    void open_followers();
    void tell_followers(const core::action::RoleChanged& changed);
    void release(const core::action::Withdraw& withdraw);
    void note_word(FollowersWord word, core::Role became, std::string_view next) const;
    void answer(const control::request::Follow& request, const control::ReplyFunction& reply);
    void answer(const control::request::Confirm& request, const control::ReplyFunction& reply);

    // upstream_wiring.cpp
    [[nodiscard]] Status open_upstream();
    void execute(const core::action::ProbeVips& probe);
    void answer(const control::request::Takeover& request, const control::ReplyFunction& reply);

    // database_wiring.cpp
    [[nodiscard]] Status open_databases();
    [[nodiscard]] DatabasePartner::Wires database_wires();
    void note_primary();
    void tell_databases_holder();
    void tell_databases_peers();
    void take_view(pgpool::View view);
    void judge_service();
    void hear_databases(NodeId peer, const nlohmann::json& request, const info::Reply& reply);

    // query_wiring.cpp
    void take_peer_health(std::vector<lifecheck::PeerHealth> peers);
    void tell_queried();
    void hear_queried(NodeId peer, const nlohmann::json& request, const info::Reply& reply);
    [[nodiscard]] std::string query_obstacle() const;

    // reload.cpp
    [[nodiscard]] Result<std::vector<std::string>> reload();
    [[nodiscard]] Status apply(Configuration wanted);

    Prepared prepared_;
    boost::asio::io_context context_{1};
    core::Election election_;
    core::History history_;
    std::unique_ptr<FenceKeeper> fence_;
    std::unique_ptr<VipKeeper> vips_;
    std::unique_ptr<UpstreamProber> upstream_; ///< with `tiebreaker = upstream`
    std::unique_ptr<BootTimer> timer_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer beat_timer_;
    boost::asio::steady_timer end_timer_; ///< bounds a stop
    std::unique_ptr<boost::asio::steady_timer> withdraw_timer_;
    std::unique_ptr<heartbeat::Thread> heartbeat_;
    std::unique_ptr<info::Thread> info_;
    std::unique_ptr<lifecheck::Thread> lifecheck_;
    std::unique_ptr<control::Server> control_;
    std::unique_ptr<DatabasePartner> databases_; ///< with a [pgpool] section
    std::unique_ptr<RoleFollowers> followers_;   ///< of this node's own role
    std::string database_obstacle_;              ///< why this node may not stand, as far as its database nodes go
    bool near_primary_ = false;                  ///< the primary database is on this host

    std::deque<core::Event> follow_ups_; ///< events that actions of the running step caused
    bool nothing_left_ = false;          ///< the kernel said that no VIP is on this host, and none was put there since
    bool ready_said_ = false;
    bool stepping_ = false;
    bool ending_ = false;
    bool draining_ = false; ///< the heartbeat thread reads its sockets before the core looks at the time
    std::optional<core::action::Reply> last_reply_;
    std::vector<std::shared_ptr<PendingSwitchover>> pending_switchovers_;
    heartbeat::Report heartbeat_report_;
    info::Report info_report_;
    std::map<NodeId, std::string> rivals_;
    std::optional<lifecheck::Health> health_;
    std::vector<lifecheck::PeerHealth> peer_health_; ///< what the other nodes' services answer here (`query_peers`)
    QueriedBy queried_by_;                           ///< what this node's service answers there
    std::set<NodeId> told_queried_;                  ///< peers that know peer_health_
    std::uint64_t stalls_ = 0;                       ///< times that this thread came late to a deadline
    Duration stall_max_{};
    bool lease_trimmed_ = false; ///< the remembered lease is the configured one again
};

} // namespace belay::daemon
