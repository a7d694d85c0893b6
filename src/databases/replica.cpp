#include "belay/databases/replica.hpp"

#include <utility>

namespace belay::databases {

Replica::Replica(core::Term bound, Table accepted, Table committed)
    : bound_(bound)
    , accepted_(std::move(accepted))
    , committed_(std::move(committed)) {}

bool Replica::bind(core::Term term) {
    if (term < bound_) {
        return false;
    }
    bound_ = term;
    return true;
}

bool Replica::accept(core::Term term, const Table& table) {
    if (!bind(term)) {
        return false;
    }
    if (accepted_.version < table.version) {
        accepted_ = table;
    }
    return true;
}

bool Replica::commit(const message::Commit& commit) {
    if (!behind(commit.version)) {
        return false;
    }
    if (commit.table && commit.table->version == commit.version) {
        committed_ = *commit.table;
        if (accepted_.version < committed_.version) {
            accepted_ = committed_;
        }
        return true;
    }
    if (accepted_.version != commit.version) {
        return false;
    }
    committed_ = accepted_;
    return true;
}

} // namespace belay::databases
