#pragma once
// A cluster in virtual time: the election and the contacts of the product on hosts that are models (host.hpp), over a
// network that loses, delays, doubles, reorders and repeats. Deterministic: all chance comes from one seed. One thread.
//
// Where is what: cluster.cpp time and hosts; cluster_daemon.cpp the daemon's loop; cluster_executor.cpp what it asks of
// the kernel; cluster_network.cpp packets; cluster_segment.cpp the gateway and ARP; cluster_check.cpp what must hold.

#include "event_queue.hpp"
#include "host.hpp"
#include "oracle.hpp"
#include "packet_pool.hpp"
#include "random.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace belay::sim {

/// The network from one host to another.
struct Link {
    bool cut = false;
    std::uint64_t loss_permille = 0;
    Duration delay_more{}; ///< at the most
};

/// The network of the VIPs, with its gateway. Whoever reaches the gateway reaches the other host's ARP, too: that is
/// what `tiebreaker = upstream` assumes (DESIGN section 1). A host is on it or not, and loss is that of a bad cable.
struct Segment {
    bool gateway_up = true;
    std::uint64_t loss_permille = 0;
    Duration delay_least = std::chrono::microseconds(50);
    Duration delay_most = std::chrono::milliseconds(1);
};

/// What stays the same for a run.
struct Layout {
    std::size_t node_count = 3;
    std::size_t witness_count = 0; ///< of them
    bool upstream = false;         ///< of two nodes: a gateway is the tiebreaker (DESIGN section 3.7)
    Fence fence = Fence::nftables;
    FileSettings file;
    Duration delay_least = std::chrono::microseconds(50);
    Duration delay_most = std::chrono::milliseconds(1);
    std::uint64_t late_permille = 0; ///< packets that take up to `late_most`
    Duration late_most = std::chrono::seconds(2);
    std::uint64_t double_permille = 0;
    Duration jiffy = std::chrono::milliseconds(4);
    std::int64_t rate_ppm_max = 5'000; ///< of each clock; two differ by twice as much
    bool rates_at_limit = false;       ///< each clock is as fast or as slow as it may be
    bool wall_is_set = false;          ///< wall clocks are wrong by more than a terms' uniqueness can bear
};

class Cluster {
public:
    Cluster(const Layout& layout, std::uint64_t seed, std::size_t lines_kept);

    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    void run_until(WorldTime end);

    void at(WorldTime when, std::function<void()> happen) { events_.plan(when, std::move(happen)); }

    // Hosts, by number.
    void start(std::size_t number);
    void kill(std::size_t number); ///< SIGKILL: the kernel keeps what it holds
    void reboot(std::size_t number);
    void stop_process(std::size_t number);
    void continue_process(std::size_t number);
    void freeze(std::size_t number, Duration span);
    void set_rate(std::size_t number, std::int64_t rate_ppm);
    void set_wall(std::size_t number, Duration ahead);
    /// An event of the daemon's own host: service, links, operators.
    void feed(std::size_t number, core::Event event);

    // Network.
    [[nodiscard]] Link& link(std::size_t from, std::size_t to) { return links_[(from * hosts_.size()) + to]; }

    [[nodiscard]] Segment& segment() noexcept { return segment_; }

    void heal();
    /// Sends up to `count` of the recorded packets again.
    void replay(std::size_t count);

    [[nodiscard]] std::vector<Host>& hosts() noexcept { return hosts_; }

    [[nodiscard]] const Layout& layout() const noexcept { return layout_; }

    [[nodiscard]] Random& random() noexcept { return random_; }

    [[nodiscard]] Oracle& oracle() noexcept { return oracle_; }

    [[nodiscard]] WorldTime now() const noexcept { return now_; }

    /// For how long an acceptor of this configuration promises.
    [[nodiscard]] Duration promise_of(const FileSettings& file) const;

    /// Who serves; the number of hosts when nobody does.
    [[nodiscard]] std::size_t serving() const;

private:
    [[nodiscard]] Instant local(const Host& host) const { return host.clock.at(now_); }

    [[nodiscard]] Moment moment(Host& host) const;

    // cluster.cpp
    void happen(const Planned& event);
    [[nodiscard]] core::Setup setup_of(const Host& host) const;
    [[nodiscard]] core::Parameters parameters_of(const FileSettings& file) const;

    // cluster_daemon.cpp
    void begin_run(Host& host);
    void pump(Host& host);
    void step(Host& host, const core::Event& event);
    void plan_wake(Host& host);
    void execute(Host& host, core::Action& action);
    void trace(const Host& host, const core::Action& action);
    [[nodiscard]] bool trapped(Host& host);

    // cluster_executor.cpp
    void submit(Host& host, Task task, Duration timeout = {});
    void commit(Host& host);
    bool apply(Host& host);
    void go_on(Host& host);
    void begin_arming(Host& host);
    void read_clock_and_think(Host& host);
    void reconcile(Host& host);
    void removed(Host& host);
    void remove_again(Host& host, const core::Ballot& ballot, std::uint64_t run);

    // cluster_network.cpp
    void transmit(Host& from, std::size_t to, std::size_t place);
    void fly(std::size_t place);
    void arrive(std::size_t place);
    void receive(Host& host, std::size_t place, WorldTime arrived);
    void fill(const Host& from, const Host& to, const wire::Outgoing& outgoing, wire::Header& header) const;
    void record(const Flight& flight);
    void drain(Host& host);

    // cluster_segment.cpp
    void open_questions(Host& host);
    void take_ready(Host& host);
    void ask_gateway(Host& host);
    void ask_for_vip(Host& host);
    void vip_heard(Host& host, bool only_asks);
    void probe_vips(Host& host, const core::action::ProbeVips& probe);
    void claim_first(Host& host);
    void claim_turn(Host& host);
    void announce(Host& host);
    void set_timer(Host& host, Ready timer, Instant at);
    void timer_fires(Host& host, std::uint64_t number);
    void say_to_segment(Host& from, Frame frame);
    void say_frame(Host& to, Frame frame, std::size_t from);
    void frame_arrives(Host& host, Frame frame, std::size_t from);

    // cluster_check.cpp
    void check_serving();
    void check_lease(Host& host, Instant stepped_at);
    void check_release(const Host& host, const core::Message& message);
    void check_digest(const Host& host, const wire::Packet& packet);

    Layout layout_;
    Random random_;
    Oracle oracle_;
    std::vector<Host> hosts_;
    std::vector<Link> links_;
    Segment segment_;
    EventQueue events_;
    PacketPool pool_;
    std::vector<Flight> records_;
    std::map<core::Term, core::Ballot> winners_;
    WorldTime now_{};
    bool overlapping_ = false;
};

} // namespace belay::sim
