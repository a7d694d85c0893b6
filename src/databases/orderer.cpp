// Leading, reading, writing: how a table comes to count. What becomes of a report is in orderer_reports.cpp.

#include "belay/databases/orderer.hpp"

#include "belay/core/quorum.hpp"

#include <algorithm>
#include <utility>

namespace belay::databases {

namespace {

constexpr Duration repeat_after = std::chrono::milliseconds(300); // to a node that has not answered
constexpr Duration tell_interval = std::chrono::seconds(1);       // which version counts, to whoever missed it
constexpr Duration gathering_max = std::chrono::seconds(3);       // for the pgpool-IIs' words at the very first start

} // namespace

void Orderer::lead(Moment now, core::Term term) {
    const bool goes_on = leading();
    term_ = term;
    if (!replica_.bind(term)) {
        stop(); // somebody holds by a newer term: this node's own holding is about to end
        return;
    }
    if (goes_on) {
        return; // nobody else can have led in between
    }
    phase_ = Phase::reading;
    read_ = {{setup_.self, replica_.accepted().version}};
    newest_ = replica_.accepted();
    sightings_.clear();
    read_again(now);
    consider_reading(now);
}

void Orderer::stop() {
    phase_ = Phase::idle;
    dirty_ = false;
    owed_.clear();
    writing_.reset();
    votes_.clear();
}

void Orderer::connected(Moment now, const std::set<NodeId>& peers) {
    const std::set<NodeId> before = std::exchange(peers_, peers);
    if (!leading()) {
        return;
    }
    for (const NodeId peer : peers_) {
        if (before.contains(peer)) {
            continue;
        }
        if (!ordering()) {
            send(peer, message::Read{.term = term_});
            continue;
        }
        send(peer, message::Commit{.version = replica_.committed().version, .table = {}});
        if (writing_) {
            send(peer, message::Write{.term = term_, .table = replica_.accepted()});
        }
    }
    tick(now);
}

void Orderer::own_sightings(const std::optional<Sightings>& sightings) {
    own_ = sightings;
}

/// A majority of all nodes, witnesses included. Of two nodes the active goes on alone, as its lease does (DESIGN
/// section 3.7).
std::size_t Orderer::quorum() const {
    return setup_.nodes.size() == 2 && peers_.empty() ? 1 : core::majority(setup_.nodes.size());
}

void Orderer::send(NodeId to, Message message) {
    out_.push_back({.to = to, .message = std::move(message)});
}

void Orderer::send_to_peers(const Message& message) {
    for (const NodeId peer : peers_) {
        send(peer, message);
    }
}

void Orderer::read_again(Moment now) {
    asked_at_ = now.boot;
    for (const NodeId peer : peers_) {
        const bool missing = phase_ == Phase::reading ? !read_.contains(peer) : !sightings_.contains(peer);
        if (missing) {
            send(peer, message::Read{.term = term_});
        }
    }
}

void Orderer::take(Moment now, NodeId from, const message::State& state) {
    if (!leading() || ordering() || state.term != term_) {
        return;
    }
    read_[from] = state.accepted.version;
    if (newest_.version < state.accepted.version) {
        newest_ = state.accepted;
    }
    if (state.sightings) {
        sightings_[from] = *state.sightings;
    }
    consider_reading(now);
    consider_gathering(now);
}

void Orderer::consider_reading(Moment now) {
    if (phase_ != Phase::reading || read_.size() < quorum()) {
        return;
    }
    draft_ = newest_;
    votes_.clear();
    if (!draft_.version.known()) {
        phase_ = Phase::gathering;
        gathering_since_ = now.boot;
        consider_gathering(now);
        return;
    }
    phase_ = Phase::ordering;
    dirty_ = true; // in this term's name: what an older active had only begun counts from now on, or never
    write(now);
}

/// Nobody has a table: this is the first start.
void Orderer::consider_gathering(Moment now) {
    if (phase_ != Phase::gathering) {
        return;
    }
    if (own_) {
        sightings_[setup_.self] = *own_;
    }
    const bool everybody = std::ranges::all_of(setup_.members, [this](NodeId member) {
        return sightings_.contains(member) || (member != setup_.self && !peers_.contains(member));
    });
    if (sightings_.empty() || (!everybody && now.boot - gathering_since_ < gathering_max)) {
        return;
    }
    draft_ = first_table(sightings_, setup_.self);
    const Version first{.term = term_, .number = 1};
    const std::int64_t unix_ms = to_ms(now.unix_time);
    for (Entry& entry : draft_.entries) {
        entry.changed = first;
        entry.since_unix_ms = unix_ms;
        entry.by = setup_.self;
        entry.why = "so said the pgpool-IIs when the cluster started";
    }
    for (const Entry& entry : draft_.entries) {
        // Nothing happened, so there is nothing to run, also when a pgpool-II is brought in line later.
        draft_.grant(entry.attached ? CommandKind::failback : CommandKind::failover, entry.id, NodeId{});
        draft_.grants.back().state = CommandState::done;
    }
    draft_.primary_changed = first;
    draft_.primary_since_unix_ms = unix_ms;
    draft_.primary_by = setup_.self;
    phase_ = Phase::ordering;
    dirty_ = true;
    write(now);
}

void Orderer::write(Moment now) {
    if (!ordering() || !dirty_ || writing_) {
        return;
    }
    draft_.version = {.term = term_, .number = replica_.accepted().version.number + 1};
    if (!replica_.accept(term_, draft_)) {
        stop();
        return;
    }
    dirty_ = false;
    writing_ = Writing{
        .version = draft_.version, .acks = {setup_.self}, .sent_at = now.boot, .owed = std::exchange(owed_, {})};
    send_to_peers(message::Write{.term = term_, .table = draft_});
    settle(now);
}

void Orderer::take(Moment now, NodeId from, const message::Ack& ack) {
    if (writing_ && ack.term == term_ && ack.version == writing_->version) {
        writing_->acks.insert(from);
        settle(now);
    }
}

void Orderer::settle(Moment now) {
    if (!writing_ || writing_->acks.size() < quorum()) {
        return;
    }
    const Writing done = std::move(*writing_);
    writing_.reset();
    const message::Commit commit{.version = done.version, .table = {}};
    static_cast<void>(replica_.commit(commit));
    told_at_ = now.boot;
    send_to_peers(commit);
    for (const Owed& owed : done.owed) {
        send(owed.to, message::Verdict{.number = owed.number, .accepted = true, .version = done.version});
    }
    write(now);
}

void Orderer::take(Moment /*now*/, NodeId from, const message::Behind& behind) {
    const Table& committed = replica_.committed();
    if (ordering() && behind.version < committed.version) {
        send(from, message::Commit{.version = committed.version, .table = committed});
    }
}

void Orderer::tick(Moment now) {
    if (!leading()) {
        return;
    }
    if (!ordering()) {
        consider_reading(now);
        consider_gathering(now);
        if (!ordering() && now.boot - asked_at_ >= repeat_after) {
            read_again(now);
        }
    }
    if (writing_ && now.boot - writing_->sent_at >= repeat_after) {
        writing_->sent_at = now.boot;
        for (const NodeId peer : peers_) {
            if (!writing_->acks.contains(peer)) {
                send(peer, message::Write{.term = term_, .table = replica_.accepted()});
            }
        }
        settle(now); // of two nodes the other one may be gone
    }
    if (ordering() || phase_ == Phase::gathering) {
        count_votes(now);
        if (now.boot - told_at_ >= tell_interval) {
            told_at_ = now.boot;
            send_to_peers(message::Commit{.version = replica_.committed().version, .table = {}});
        }
    }
}

} // namespace belay::databases
