#pragma once
// One node's copy of the table: what it has accepted and what counts. The rules are those of a replicated register: a
// new active reads a majority first, and by that binds it against older ones; a table counts when a majority has
// accepted it; so a change that counted is found by every later active. Pure.

#include "belay/databases/message.hpp"

#include <optional>

namespace belay::databases {

class Replica {
public:
    Replica() = default;

    /// As an earlier run of this node on this boot left it.
    Replica(core::Term bound, Table accepted, Table committed);

    /// Binds this node to `term`. Nothing: it is bound to a newer one.
    [[nodiscard]] bool bind(core::Term term);

    /// Takes a table of the active of `term`. False: bound to a newer one.
    [[nodiscard]] bool accept(core::Term term, const Table& table);

    /// Whether something new counts now. False as well when `commit` names a table that is not here; then behind().
    [[nodiscard]] bool commit(const message::Commit& commit);

    [[nodiscard]] bool behind(const Version& version) const noexcept { return committed_.version < version; }

    [[nodiscard]] core::Term bound() const noexcept { return bound_; }

    [[nodiscard]] const Table& accepted() const noexcept { return accepted_; }

    [[nodiscard]] const Table& committed() const noexcept { return committed_; }

private:
    core::Term bound_ = 0;
    Table accepted_;
    Table committed_;
};

} // namespace belay::databases
