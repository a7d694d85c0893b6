// What a node does with each message about the database nodes.

#include "belay/databases/shared.hpp"

#include <utility>

namespace belay::databases {

void Shared::take(NodeId from, const message::Read& read) {
    if (replica_.bind(read.term)) {
        deliver(from, message::State{
                          .term = read.term, .accepted = replica_.accepted(), .sightings = alignment_.sightings()});
    }
}

void Shared::take(NodeId from, const message::State& state) {
    orderer_.take(now_, from, state);
}

void Shared::take(NodeId from, const message::Write& write) {
    if (replica_.accept(write.term, write.table)) {
        deliver(from, message::Ack{.term = write.term, .version = write.table.version});
    }
}

void Shared::take(NodeId from, const message::Ack& ack) {
    orderer_.take(now_, from, ack);
}

void Shared::take(NodeId from, const message::Commit& commit) {
    const bool missed = out_of_touch_ && replica_.behind(commit.version);
    static_cast<void>(replica_.commit(commit));
    if (replica_.behind(commit.version)) {
        deliver(from, message::Behind{.version = replica_.committed().version});
        return; // what was missed comes with the table
    }
    if (missed) {
        caught_up_ = false; // something happened while this node was away
    }
    if (holder_ == from) {
        out_of_touch_ = false;
    }
}

void Shared::take(NodeId from, const message::Behind& behind) {
    orderer_.take(now_, from, behind);
}

void Shared::take(NodeId from, const message::Report& report) {
    orderer_.take(now_, from, report);
}

void Shared::take(NodeId /*from*/, const message::Verdict& verdict) {
    settle_order(verdict);
    if (verdict.accepted) {
        reports_.accept(verdict.number, verdict.version);
        return;
    }
    const auto report = reports_.refuse(verdict.number);
    if (!report) {
        return;
    }
    for (GuardAnswer& answer : guards_.refuse(*report, verdict.text)) {
        actions_.emplace_back(action::AnswerGuard{.answer = std::move(answer)});
    }
    refuse_wish(*report, verdict.text);
}

void Shared::take(NodeId from, const message::Done& done) {
    orderer_.take(now_, from, done);
}

void Shared::take(NodeId from, const message::Order& order) {
    carry_out(from, order);
}

} // namespace belay::databases
