#pragma once
// A cluster in virtual time: nodes that share database nodes, each with an imitated pgpool-II, over a network that may
// delay, lose and repeat messages. The holder is set by the test, as the election would.

#include "belay/databases/shared.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace belay::databases {

/// One pgpool-II: carries out what it is told one after another, runs a hook for each change, and waits for its guard.
struct FakePgpool {
    std::vector<pgpool::Backend> backends;
    std::deque<pgpool::Command> queue;
    bool waits_for_guard = false;
    bool hooks = true; ///< failover_command and failback_command go through `belay guard`
    bool refuses = false;
    bool searches = false; ///< for a primary: it carries out nothing else until it has found one

    [[nodiscard]] pgpool::Backend& backend(std::uint32_t id);
    [[nodiscard]] bool attached(std::uint32_t id);
};

class World {
public:
    explicit World(std::size_t count, Rules rules = {}, std::uint32_t seed = 1);

    // What happens.
    void hold(std::size_t node);
    void nobody_holds();
    void cut(std::size_t node);
    void heal(std::size_t node);
    /// The daemon begins anew, with its kept copy.
    void restart(std::size_t node);
    /// Its pgpool-II finds a database node failed, or gets it back.
    void sees(std::size_t node, std::uint32_t id, bool attached);
    void sees_primary(std::size_t node, std::uint32_t id);
    std::uint64_t act(std::size_t node, ActAsked::Act act, std::uint32_t id, Duration wait = std::chrono::seconds(5));
    std::uint64_t guard(std::size_t node, CommandKind kind, std::uint32_t id,
                        std::optional<std::uint32_t> new_main = {});
    void pass(Duration time);
    /// Until it is so; false when it is not within ten seconds.
    [[nodiscard]] bool until(const std::function<bool()>& condition);

    // What came of it.
    [[nodiscard]] Shared& shared(std::size_t node) { return *nodes_.at(node).shared; }

    [[nodiscard]] FakePgpool& pgpool(std::size_t node) { return nodes_.at(node).pgpool; }

    /// Every pgpool-II that is not cut off has that database node attached, or none has.
    [[nodiscard]] bool all_have(std::uint32_t id, bool attached);
    [[nodiscard]] bool all_in_line();
    /// How often a guarded command was run, over all nodes.
    [[nodiscard]] std::size_t runs(CommandKind kind, std::uint32_t id) const;

    [[nodiscard]] std::size_t tells(std::size_t node) const { return nodes_.at(node).tells; }

    std::map<std::uint64_t, action::AnswerAct> acts;
    std::map<std::uint64_t, GuardAnswer> guards;
    std::map<std::pair<CommandKind, std::uint32_t>, std::map<Version, std::set<std::size_t>>> ran; ///< who ran what
    std::vector<std::pair<CommandKind, std::uint32_t>> run_log;

    int loss_percent = 0;
    int repeat_percent = 0;
    Duration delay_max = std::chrono::milliseconds(2);
    bool commands_end = true; ///< a command that runs ends at once

    std::mt19937 random;

private:
    struct Node {
        NodeId id;
        FakePgpool pgpool;
        std::unique_ptr<Shared> shared;
        bool is_cut = false;
        std::size_t tells = 0;
        bool look_due = true;
        Replica kept;
    };

    struct Letter {
        Instant at;
        std::size_t from = 0;
        std::size_t to = 0;
        Message message;
    };

    void make(std::size_t node);
    void step(std::size_t node, const Event& event);
    void connect();
    void do_action(std::size_t node, const Action& action);
    void send(std::size_t node, const action::Send& send);
    void answer_guard(std::size_t node, const GuardAnswer& answer);
    void work(std::size_t node);
    void change(std::size_t node, std::uint32_t id, bool attached);
    [[nodiscard]] Moment moment() const;
    [[nodiscard]] std::size_t index_of(NodeId id) const;
    [[nodiscard]] bool chance(int percent);

    Rules rules_;
    std::vector<Node> nodes_;
    std::vector<Letter> letters_;
    std::optional<std::size_t> holder_;
    core::Term term_ = 0;
    Instant now_{std::chrono::seconds(100)};
    std::uint64_t next_request_ = 0;
    std::map<std::uint64_t, std::pair<std::size_t, GuardRequest>> asked_;
};

} // namespace belay::databases
