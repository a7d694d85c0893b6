#pragma once
// One simulated host: its kernel and clocks, which go on by themselves, what survives a daemon, and the daemon that
// runs on it now. The daemon is the real election and the real contacts; around them stands a model of src/daemon: a
// queue of events, actions done in order, and an executor that waits for the kernel.

#include "host_clock.hpp"
#include "kernel.hpp"

#include "belay/core/election.hpp"
#include "belay/vip/lifetime.hpp"
#include "belay/vip/prober.hpp"
#include "belay/wire/contact.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace belay::sim {

/// What a start reads from the configuration file.
struct FileSettings {
    Duration lease = std::chrono::milliseconds(500);
    Duration heartbeat_interval = std::chrono::milliseconds(100);
    std::uint64_t digest = 1;
    std::int32_t priority = 100;
};

/// What the executor is busy with. It starts nothing else and takes no event meanwhile.
enum class Task : std::uint8_t {
    none,
    clean_up,    ///< of a start: fence closed, left-overs removed
    add_address, ///< of Serve, behind a fence that is armed
    refresh,     ///< the lifetime of the address
    ticket,      ///< first batch of arming
    think,       ///< between reading the clock and sending the second batch
    arm,         ///< second batch
    close,       ///< the fence
    remove,      ///< of Withdraw: the address and the fence
};

enum class Life : std::uint8_t { off, starting, running };

/// What one host says to others on the segment of the VIPs, as ARP.
enum class Frame : std::uint8_t { gateway_question, gateway_answer, vip_question, vip_answer };

/// The number of a frame's event: the host it came from, times this, and what it says.
inline constexpr std::size_t frames_apart = 16;

/// What the event loop of a daemon with a gateway finds ready besides messages (src/daemon/upstream_prober.cpp).
enum class Ready : std::uint8_t {
    gateway_due,    ///< timers
    vip_due,        ///<
    claim_due,      ///<
    ask_gateway,    ///< what a timer's handler does after the core has been told
    ask_for_vip,    ///<
    gateway_answer, ///< frames
    vip_question,   ///<
    vip_answer,     ///<
};

/// The questions of one daemon to the gateway and for the VIPs.
struct Questions {
    std::optional<Instant> gateway_asked_at; ///< of a question that is open
    std::optional<Instant> vip_asked_at;
    Duration vip_interval{}; ///< zero: the VIPs are not asked for
    vip::Prober claim{vip::ProbePace{}};
    std::deque<Ready> ready; ///< in the order in which it became so; waits while the daemon is stopped
};

struct Waiting {
    std::size_t flight = 0;
    WorldTime arrived;
};

struct Host {
    Host(HostClock host_clock, Kernel host_kernel)
        : clock(host_clock)
        , kernel(host_kernel) {}

    std::uint8_t number = 0;
    std::string name;
    NodeId id;
    bool witness = false;

    HostClock clock;
    Duration wall_ahead{}; ///< its wall clock minus the world's time
    WorldTime wall_set_at{};
    Kernel kernel;
    bool frozen = false; ///< the whole host is paused
    WorldTime frozen_until{};
    WorldTime off_until{};     ///< it boots
    WorldTime tainted_until{}; ///< after a pause of the whole host G1 does not hold for this long (DESIGN section 1)
    std::uint64_t commit_number = 0;
    bool commit_running = false; ///< a batch waits in the kernel, perhaps of a daemon that is dead
    Task commit_task = Task::none;
    Duration commit_timeout{};
    Duration kernel_slow{}; ///< extra time that a batch may wait for the commit lock
    bool removal_fails = false;
    bool on_segment = true; ///< reaches the network of the VIPs: the gateway, and what others ask and answer there
    bool kept_off = false;  ///< by an operator who vouched for it

    FileSettings file;
    Duration remembered_span{}; ///< the longest promise: the runtime directory; a reboot empties it
    std::uint64_t boot = 1;
    bool service_good = true;
    bool links_good = true;

    Life life = Life::off;
    bool stopped = false; ///< SIGSTOP
    WorldTime stopped_at{};
    std::uint64_t run = 0;
    Instant started;
    Incarnation incarnation;
    std::unique_ptr<core::Election> election;
    std::vector<wire::Contact> contacts; ///< by host; the own one is unused
    std::deque<Waiting> socket;          ///< packets that came while the daemon was stopped
    std::deque<core::Event> inbox;
    core::Actions actions;
    std::size_t next_action = 0;
    Instant deadline;
    Instant stepped_at; ///< the last step, on the clock that the daemon reads
    WorldTime wake_at{};
    std::uint64_t wake_number = 0;

    Task task = Task::none;
    bool task_ready = false; ///< the daemon can go on as soon as it runs
    bool task_good = false;  ///< what the kernel answered
    std::uint64_t think_number = 0;
    Instant fence_until; ///< the lease that is to be armed
    core::Ballot withdrawn;
    bool holding = false;       ///< between Serve and Withdraw
    bool address_added = false; ///< of that Serve
    vip::RefreshSchedule refreshes{std::chrono::milliseconds(500)};
    Questions questions;
    std::array<std::uint64_t, 3> timer_numbers{}; ///< of the last setting of each timer of `questions`
    unsigned trap = 0;                            ///< stops the daemon after so many steps of the executor
    Duration trap_span{};

    core::Ballot held; ///< the last one, for the checks
    Instant held_until;

    [[nodiscard]] bool runs() const noexcept { return life != Life::off && !stopped && !frozen; }
};

} // namespace belay::sim
