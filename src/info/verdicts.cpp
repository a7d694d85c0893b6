#include "belay/info/verdicts.hpp"

#include "belay/base/log.hpp"

namespace belay::info {

namespace {

constexpr std::size_t strangers_remembered_max = 64;

log::Level level_of(Verdict verdict) {
    const bool refused = verdict == Verdict::refused_by_peer || verdict == Verdict::refused_by_us;
    return refused ? log::Level::warning : log::Level::notice;
}

} // namespace

void Verdicts::note(NodeId peer, const Join& join) {
    if (silent_) {
        return;
    }
    const auto [entry, is_new] = last_.try_emplace({peer, join.direction}, join);
    if (!is_new && entry->second == join) {
        return;
    }
    entry->second = join;
    tell(peer, join);
}

void Verdicts::note_stranger(const Join& join) {
    if (silent_) {
        return;
    }
    if (stranger_reasons_.size() >= strangers_remembered_max && !stranger_reasons_.contains(join.address)) {
        stranger_reasons_.clear();
    }
    std::string& reason = stranger_reasons_[join.address];
    if (reason == join.reason) {
        return;
    }
    reason = join.reason;
    tell(NodeId{}, join);
}

std::optional<Join> Verdicts::last(NodeId peer, Direction direction) const {
    const auto found = last_.find({peer, direction});
    return found == last_.end() ? std::nullopt : std::optional(found->second);
}

void Verdicts::tell(NodeId peer, const Join& join) const {
    log::line(level_of(join.verdict), "info_join",
              {{"peer", join.name},
               {"address", join.address},
               {"direction", to_text(join.direction)},
               {"verdict", to_text(join.verdict)},
               {"reason", join.reason}});
    if (handlers_.joined) {
        handlers_.joined(peer, join);
    }
}

} // namespace belay::info
