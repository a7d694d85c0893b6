#include "world.hpp"

#include "belay/databases/json.hpp"

#include <algorithm>
#include <stdexcept>

namespace belay::databases {

using std::chrono::milliseconds;

pgpool::Backend& FakePgpool::backend(std::uint32_t id) {
    return *std::ranges::find(backends, id, &pgpool::Backend::id);
}

bool FakePgpool::attached(std::uint32_t id) {
    return backend(id).attached();
}

World::World(std::size_t count, Rules rules, std::uint32_t seed)
    : random(seed)
    , rules_(rules)
    , nodes_(count) {
    for (std::size_t number = 0; number < count; ++number) {
        Node& node = nodes_[number];
        node.id = NodeId{number + 1};
        for (std::uint32_t id = 0; id < 3; ++id) {
            node.pgpool.backends.push_back(
                {.id = id,
                 .host = "10.77.0.5" + std::to_string(id),
                 .port = 5432,
                 .status = pgpool::BackendStatus::up,
                 .role = id == 0 ? pgpool::BackendRole::primary : pgpool::BackendRole::standby});
        }
    }
    for (std::size_t number = 0; number < count; ++number) {
        make(number);
    }
    connect();
}

void World::make(std::size_t node) {
    Setup setup{.self = nodes_[node].id, .nodes = {}, .members = {}, .rules = rules_};
    for (const Node& one : nodes_) {
        setup.nodes.push_back(one.id);
        setup.members.push_back(one.id);
    }
    nodes_[node].shared = std::make_unique<Shared>(setup, true, nodes_[node].kept, next_request_ += 1'000'000, now_);
    nodes_[node].look_due = true;
}

Moment World::moment() const {
    return {.boot = now_, .unix_time = now_.time_since_epoch()};
}

std::size_t World::index_of(NodeId id) const {
    return static_cast<std::size_t>(std::ranges::find(nodes_, id, &Node::id) - nodes_.begin());
}

bool World::chance(int percent) {
    return std::uniform_int_distribution<int>(0, 99)(random) < percent;
}

void World::step(std::size_t node, const Event& event) {
    for (const Action& action : nodes_[node].shared->step(moment(), event)) {
        do_action(node, action);
    }
}

void World::connect() {
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
        std::set<NodeId> peers;
        for (std::size_t other = 0; other < nodes_.size(); ++other) {
            if (other != node && !nodes_[node].is_cut && !nodes_[other].is_cut) {
                peers.insert(nodes_[other].id);
            }
        }
        const bool sees_holder = holder_ && (*holder_ == node || (!nodes_[node].is_cut && !nodes_[*holder_].is_cut));
        step(node,
             HolderChanged{.holder = sees_holder ? std::optional(nodes_[*holder_].id) : std::nullopt, .term = term_});
        step(node, PeersChanged{.peers = peers});
    }
}

void World::hold(std::size_t node) {
    nobody_holds();
    holder_ = node;
    ++term_;
    connect();
}

void World::nobody_holds() {
    holder_.reset();
    connect();
}

void World::cut(std::size_t node) {
    nodes_[node].is_cut = true;
    if (holder_ == node) {
        holder_.reset();
    }
    connect();
}

void World::heal(std::size_t node) {
    nodes_[node].is_cut = false;
    connect();
}

void World::restart(std::size_t node) {
    if (holder_ == node) {
        holder_.reset();
    }
    std::erase_if(letters_, [node](const Letter& letter) { return letter.to == node; });
    std::erase_if(asked_, [node](const auto& one) { return one.second.first == node; });
    nodes_[node].pgpool.waits_for_guard = false;
    // What is kept goes through its form on disk.
    const auto kept = replica_from_json(to_json(nodes_[node].kept));
    if (!kept) {
        throw std::runtime_error(kept.error().text);
    }
    nodes_[node].kept = *kept;
    make(node);
    connect();
}

void World::do_action(std::size_t node, const Action& action) {
    if (const auto* const letter = std::get_if<action::Send>(&action)) {
        send(node, *letter);
    } else if (const auto* const tell = std::get_if<action::Tell>(&action)) {
        ++nodes_[node].tells;
        FakePgpool& pgpool = nodes_[node].pgpool;
        if (!pgpool.refuses) {
            pgpool.queue.push_back(tell->command);
        }
        step(node, Told{.number = tell->number,
                        .problem = pgpool.refuses ? "ERROR: not now" : "",
                        .maybe_taken = !pgpool.refuses});
    } else if (const auto* const guard = std::get_if<action::AnswerGuard>(&action)) {
        answer_guard(node, guard->answer);
    } else if (const auto* const act = std::get_if<action::AnswerAct>(&action)) {
        acts[act->request] = *act;
    } else if (std::get_if<action::Keep>(&action) != nullptr || std::get_if<action::TableChanged>(&action) != nullptr) {
        nodes_[node].kept = nodes_[node].shared->replica();
    }
}

/// Each message goes through its form on the wire.
void World::send(std::size_t node, const action::Send& send) {
    const std::size_t to = index_of(send.to);
    for (int copy = chance(repeat_percent) ? 2 : 1; copy > 0; --copy) {
        if (nodes_[node].is_cut || nodes_.at(to).is_cut || chance(loss_percent)) {
            continue;
        }
        const auto read = message_from_json(to_json(send.message));
        if (!read) {
            throw std::runtime_error(read.error().text);
        }
        const std::chrono::nanoseconds delay(
            std::uniform_int_distribution<std::int64_t>(100'000, delay_max.count())(random));
        letters_.push_back({.at = now_ + delay, .from = node, .to = to, .message = *read});
    }
}

void World::answer_guard(std::size_t node, const GuardAnswer& answer) {
    guards[answer.request] = answer;
    const auto asked = asked_.find(answer.request);
    if (asked == asked_.end()) {
        return;
    }
    const GuardRequest request = asked->second.second;
    asked_.erase(asked);
    nodes_[node].pgpool.waits_for_guard = false;
    if (answer.verdict == GuardVerdict::run) {
        const auto change = shared(node).table().change_of(request.kind, request.id);
        ran[{request.kind, request.id}][change.value_or(Version{})].insert(node);
        run_log.emplace_back(request.kind, request.id);
        if (commands_end) {
            step(node, GuardEnded{.ticket = answer.ticket, .exit_code = 0});
        }
    }
}

void World::change(std::size_t node, std::uint32_t id, bool attached) {
    FakePgpool& pgpool = nodes_[node].pgpool;
    if (pgpool.attached(id) == attached) {
        return;
    }
    pgpool.backend(id).status = attached ? pgpool::BackendStatus::up : pgpool::BackendStatus::down;
    nodes_[node].look_due = true;
    if (pgpool.hooks) {
        pgpool.waits_for_guard = true;
        static_cast<void>(guard(node, attached ? CommandKind::failback : CommandKind::failover, id));
    }
}

void World::sees(std::size_t node, std::uint32_t id, bool attached) {
    change(node, id, attached);
}

void World::sees_primary(std::size_t node, std::uint32_t id) {
    for (pgpool::Backend& backend : nodes_[node].pgpool.backends) {
        backend.role = backend.id == id ? pgpool::BackendRole::primary : pgpool::BackendRole::standby;
    }
    nodes_[node].look_due = true;
}

std::uint64_t World::act(std::size_t node, ActAsked::Act act, std::uint32_t id, Duration wait) {
    const std::uint64_t request = ++next_request_;
    step(node, ActAsked{.request = request, .act = act, .id = id, .deadline = now_ + wait});
    return request;
}

std::uint64_t World::guard(std::size_t node, CommandKind kind, std::uint32_t id,
                           std::optional<std::uint32_t> new_main) {
    const GuardRequest request{.request = ++next_request_,
                               .kind = kind,
                               .id = id,
                               .new_main = new_main,
                               .deadline = now_ + std::chrono::seconds(3)};
    asked_[request.request] = {node, request};
    step(node, GuardAsked{.request = request});
    return request.request;
}

/// One thing at a time, and nothing while a hook runs.
void World::work(std::size_t node) {
    FakePgpool& pgpool = nodes_[node].pgpool;
    while (!pgpool.waits_for_guard && !pgpool.searches && !pgpool.queue.empty()) {
        const pgpool::Command command = pgpool.queue.front();
        pgpool.queue.pop_front();
        const std::uint32_t id = std::visit([](const auto& told) { return told.id; }, command);
        if (std::holds_alternative<pgpool::command::Claim>(command)) {
            sees_primary(node, id);
            continue;
        }
        if (std::holds_alternative<pgpool::command::SwitchOver>(command)) {
            const std::vector<pgpool::Backend> backends = pgpool.backends;
            for (const pgpool::Backend& backend : backends) {
                if (backend.role == pgpool::BackendRole::primary) {
                    change(node, backend.id, false);
                }
            }
            sees_primary(node, id);
            continue;
        }
        change(node, id, !std::holds_alternative<pgpool::command::Detach>(command));
    }
}

void World::pass(Duration time) {
    const Instant end = now_ + time;
    while (now_ < end) {
        now_ += milliseconds(1);
        std::vector<Letter> due;
        std::erase_if(letters_, [&](const Letter& letter) {
            if (letter.at <= now_) {
                due.push_back(letter);
            }
            return letter.at <= now_;
        });
        for (const Letter& letter : due) {
            if (!nodes_[letter.from].is_cut && !nodes_[letter.to].is_cut) {
                step(letter.to, MessageHeard{.from = nodes_[letter.from].id, .message = letter.message});
            }
        }
        for (std::size_t node = 0; node < nodes_.size(); ++node) {
            work(node);
            if (std::exchange(nodes_[node].look_due, false)) {
                step(node,
                     Looked{.view = {.reachable = true, .problem = {}, .backends = nodes_[node].pgpool.backends}});
            }
            if (nodes_[node].shared->next_deadline() <= now_) {
                step(node, TimePassed{});
            }
        }
    }
}

bool World::until(const std::function<bool()>& condition) {
    for (int tries = 0; tries < 2'000; ++tries) {
        if (condition()) {
            return true;
        }
        pass(milliseconds(5));
    }
    return condition();
}

bool World::all_have(std::uint32_t id, bool attached) {
    return std::ranges::all_of(nodes_, [&](Node& node) { return node.is_cut || node.pgpool.attached(id) == attached; });
}

bool World::all_in_line() {
    return std::ranges::all_of(nodes_, [&](const Node& node) {
        return node.is_cut || (node.shared->table().version.known() &&
                               node.shared->table().version == nodes_.at(holder_.value_or(0)).shared->table().version &&
                               node.shared->alignment().in_line(node.shared->table()) &&
                               node.shared->reports().pending().empty() && !node.pgpool.waits_for_guard);
    });
}

std::size_t World::runs(CommandKind kind, std::uint32_t id) const {
    return static_cast<std::size_t>(std::ranges::count(run_log, std::pair{kind, id}));
}

} // namespace belay::databases
