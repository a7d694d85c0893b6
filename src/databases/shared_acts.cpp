// What operators ask with `belay db`: detach and attach are changes of the table like any other; promotion and online
// recovery are carried out by one pgpool-II, that of the active, and what comes of them is seen there.

#include "belay/databases/shared.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace belay::databases {

using Act = ActAsked::Act;
using message::Report;

namespace {

bool is_order(Act act) {
    return act == Act::promote || act == Act::recover;
}

/// Why the table makes the wish senseless; empty: it does not.
std::string objection(const ActAsked& asked, const Table& table, bool has_holder) {
    if (!table.version.known()) {
        return has_holder ? "the database nodes are not known yet; try again in a moment"
                          : "there is no active node, and the database nodes are not known yet";
    }
    const Entry* const entry = table.find(asked.id);
    if (entry == nullptr) {
        return fmt::format("there is no database {}; `belay db` lists them", asked.id);
    }
    if (asked.act == Act::promote && table.primary == asked.id) {
        return fmt::format("database {} is the primary already", asked.id);
    }
    if (asked.act == Act::promote && !entry->attached) {
        return fmt::format("database {} is detached; attach it first", asked.id);
    }
    if (asked.act == Act::recover && entry->attached) {
        return fmt::format("database {} is attached; detach it first", asked.id);
    }
    return {};
}

/// Whether the table shows what was wished.
bool is_fulfilled(const ActAsked& asked, const Table& table) {
    const Entry* const entry = table.find(asked.id);
    if (asked.act == Act::promote) {
        return table.primary == asked.id;
    }
    return entry != nullptr && entry->attached == (asked.act != Act::detach);
}

std::string fulfilled_text(const ActAsked& asked) {
    switch (asked.act) {
    case Act::detach:
        return fmt::format("database {} is detached", asked.id);
    case Act::attach:
        return fmt::format("database {} is attached", asked.id);
    case Act::promote:
        return fmt::format("database {} is the primary", asked.id);
    case Act::recover:
        return fmt::format("database {} is recovered and attached", asked.id);
    }
    return {};
}

} // namespace

void Shared::answer_wish(const Wish& wish, bool good, std::string text) {
    actions_.emplace_back(action::AnswerAct{.request = wish.asked.request, .good = good, .text = std::move(text)});
}

void Shared::handle(const ActAsked& asked) {
    Wish wish{.asked = asked};
    if (std::string why_not = objection(asked, table(), holder_.has_value()); !why_not.empty()) {
        answer_wish(wish, false, std::move(why_not));
        return;
    }
    if (!is_order(asked.act)) {
        if (is_fulfilled(asked, table())) {
            answer_wish(wish, true, fulfilled_text(asked) + " already");
            return;
        }
        reports_.add(now_.boot, {.kind = asked.act == Act::attach ? Report::Kind::attached : Report::Kind::detached,
                                 .id = asked.id,
                                 .base = table().find(asked.id)->changed,
                                 .operator_asked = true});
        wishes_.push_back(wish);
        return;
    }
    if (!holder_ || (!leads() && !peers_.contains(*holder_))) {
        answer_wish(wish, false,
                    holder_ ? "the active node is not reached on the info channel; ask on that node itself"
                            : "there is no active node, whose pgpool-II would do it; try again when there is one");
        return;
    }
    wish.number = reports_.next_number();
    wishes_.push_back(wish);
    const message::Order order{.number = wish.number,
                               .act = asked.act == Act::promote ? message::Order::Act::promote
                                                                : message::Order::Act::recover,
                               .id = asked.id};
    if (leads()) {
        carry_out(setup_.self, order);
    } else {
        deliver(*holder_, order);
    }
}

void Shared::carry_out(NodeId for_node, const message::Order& order) {
    if (!leads() || !has_pgpool_) {
        const message::Verdict no{.number = order.number, .text = "that node is not active any more"};
        if (for_node == setup_.self) {
            settle_order(no);
        } else {
            deliver(for_node, no);
        }
        return;
    }
    const std::uint64_t number = reports_.next_number();
    const pgpool::Command command = order.act == message::Order::Act::promote
                                        ? pgpool::Command(pgpool::command::SwitchOver{.id = order.id})
                                        : pgpool::Command(pgpool::command::Recover{.id = order.id});
    carrying_.push_back({.tell = number, .for_node = for_node, .number = order.number});
    tells_.emplace(number, command);
    actions_.emplace_back(action::Tell{.number = number, .command = command});
}

void Shared::handle(const Told& told) {
    const auto command = tells_.extract(told.number);
    if (command.empty()) {
        return;
    }
    const auto carried = std::ranges::find(carrying_, told.number, &Carrying::tell);
    if (carried == carrying_.end()) {
        alignment_.told(now_.boot, command.mapped(), told.problem, told.maybe_taken);
        return;
    }
    const message::Verdict verdict{
        .number = carried->number, .accepted = told.problem.empty(), .version = {}, .text = told.problem};
    const auto* const recovered = std::get_if<pgpool::command::Recover>(&command.mapped());
    const Entry* const entry = recovered == nullptr ? nullptr : table().find(recovered->id);
    if (told.problem.empty() && entry != nullptr && !entry->attached) {
        reports_.add(now_.boot,
                     {.kind = Report::Kind::attached, .id = entry->id, .base = entry->changed, .operator_asked = true});
    }
    const NodeId to = carried->for_node;
    carrying_.erase(carried);
    if (to == setup_.self) {
        settle_order(verdict);
    } else {
        deliver(to, verdict);
    }
}

void Shared::settle_order(const message::Verdict& verdict) {
    const auto wish = std::ranges::find_if(
        wishes_, [&](const Wish& one) { return is_order(one.asked.act) && one.number == verdict.number; });
    if (wish == wishes_.end()) {
        return;
    }
    wish->taken = true;
    if (!verdict.accepted) {
        answer_wish(*wish, false, fmt::format("the active node's pgpool-II refused: {}", verdict.text));
        wishes_.erase(wish);
    }
}

void Shared::refuse_wish(const Report& report, const std::string& text) {
    std::erase_if(wishes_, [&](const Wish& wish) {
        const bool attach = report.kind == Report::Kind::attached;
        const bool concerned = wish.asked.id == report.id && wish.asked.act == (attach ? Act::attach : Act::detach);
        if (concerned) {
            answer_wish(wish, false, text);
        }
        return concerned;
    });
}

void Shared::settle_wishes() {
    std::erase_if(wishes_, [this](const Wish& wish) {
        if (is_fulfilled(wish.asked, table())) {
            answer_wish(wish, true, fulfilled_text(wish.asked));
            return true;
        }
        if (now_.boot < wish.asked.deadline) {
            return false;
        }
        if (wish.taken && is_order(wish.asked.act)) {
            answer_wish(wish, false, "pgpool-II took the order, but its effect is not seen yet; watch `belay db`");
        } else {
            if (!is_order(wish.asked.act)) {
                reports_.drop({.kind = Subject::Kind::status, .id = wish.asked.id});
            }
            answer_wish(wish, false,
                        holder_ ? "the active node has not done it in time; watch `belay db`"
                                : "there is no active node, so nothing was changed; try again when there is one");
        }
        return true;
    });
}

} // namespace belay::databases
