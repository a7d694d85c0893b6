#pragma once
// Nodes for the tests: real info threads on loopback addresses, whose handlers write into a journal that a test waits
// on. A wait ends when the journal says what is expected, or fails at its deadline; nothing sleeps.

#include "belay/info/thread.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace belay::info::test {

/// 32 bytes of that value.
[[nodiscard]] ClusterKeys keys_of(std::initializer_list<std::uint8_t> fills);

/// Loopback address 127.0.0.`host`, port 7941.
[[nodiscard]] Endpoint endpoint_of(std::uint8_t host);

/// Deadlines short enough for tests, long enough for a busy machine.
[[nodiscard]] Timing quick_timing();

/// alpha, beta and gamma at 127.0.0.1 to .3, as `name` would be configured. Adjust before start().
[[nodiscard]] Setup setup_of(const std::string& name, const std::string& incarnation = "run-1");

class TestNode {
public:
    explicit TestNode(Setup setup);

    /// Waits until a verdict about that peer (or stranger: zero) is as `matches` says; gives it back.
    Join wait_join(NodeId peer, const std::function<bool(const Join&)>& matches);
    Join wait_verdict(const std::string& peer, Verdict verdict, Direction direction);
    Join wait_stranger(Verdict verdict);
    NodeCard wait_card(const std::string& peer, const std::function<bool(const NodeCard&)>& matches);
    /// Both directions.
    void wait_joined(const std::string& peer);
    /// Asks for reports until one is as `matches` says.
    Report wait_report(const std::function<bool(const Report&)>& matches);
    /// The outcome of an ask, waited for.
    Result<nlohmann::json> ask(const std::string& peer, const nlohmann::json& request, Duration deadline);
    /// How many verdicts of that kind about that peer were told since forget().
    std::size_t count_verdicts(const std::string& peer, Verdict verdict);
    /// Forgets what was told, so that the next wait sees only what is new.
    void forget();

    void stop() { thread_.reset(); }

    Thread& thread() { return *thread_; }

    /// Called for each request; set before any comes.
    std::function<void(NodeId, const nlohmann::json&, Reply)> on_request;

private:
    template <typename Condition>
    void wait(const char* what, Condition condition);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::pair<NodeId, Join>> joins_;
    std::vector<std::pair<NodeId, NodeCard>> cards_;
    std::optional<Report> report_;
    std::unique_ptr<Thread> thread_; ///< last: its handlers write to the above
};

} // namespace belay::info::test
