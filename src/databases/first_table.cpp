#include "belay/databases/first_table.hpp"

#include <algorithm>
#include <cassert>

namespace belay::databases {

namespace {

const Sighting* sighting_of(const Sightings& sightings, std::uint32_t id) {
    const auto found = std::ranges::find(sightings.backends, id, &Sighting::id);
    return found == sightings.backends.end() ? nullptr : &*found;
}

bool most_say_attached(const std::map<NodeId, Sightings>& all, std::uint32_t id, NodeId own) {
    std::size_t attached = 0;
    std::size_t detached = 0;
    for (const auto& [node, sightings] : all) {
        if (const Sighting* const sighting = sighting_of(sightings, id)) {
            ++(sighting->attached ? attached : detached);
        }
    }
    if (attached != detached) {
        return attached > detached;
    }
    const auto mine = all.find(own);
    const Sighting* const sighting = mine == all.end() ? nullptr : sighting_of(mine->second, id);
    return sighting != nullptr && sighting->attached;
}

std::optional<std::uint32_t> most_named_primary(const std::map<NodeId, Sightings>& all, NodeId own) {
    std::map<std::uint32_t, std::size_t> votes;
    for (const auto& [node, sightings] : all) {
        if (sightings.primary) {
            // One's own word decides where the others are even.
            votes[*sightings.primary] += node == own ? std::size_t{3} : 2;
        }
    }
    const auto most = std::ranges::max_element(votes, {}, &std::pair<const std::uint32_t, std::size_t>::second);
    return most == votes.end() ? std::nullopt : std::optional(most->first);
}

} // namespace

Table first_table(const std::map<NodeId, Sightings>& all, NodeId own) {
    assert(!all.empty());
    Table table;
    for (const auto& [node, sightings] : all) {
        for (const Sighting& sighting : sightings.backends) {
            if (table.find(sighting.id) == nullptr) {
                Entry& entry = table.add(sighting.id);
                entry.host = sighting.host;
                entry.port = sighting.port;
                entry.attached = most_say_attached(all, sighting.id, own);
            }
        }
    }
    table.primary = most_named_primary(all, own);
    return table;
}

std::size_t votes_needed(Consensus consensus, std::size_t members) noexcept {
    switch (consensus) {
    case Consensus::none:
        return 1;
    case Consensus::half:
        return std::max<std::size_t>(1, (members + 1) / 2);
    case Consensus::majority:
        return (members / 2) + 1;
    }
    return 1;
}

} // namespace belay::databases
