#include "breaks.hpp"

#include <algorithm>

namespace belay::sim {

using sabotage::Break;

const std::vector<NamedBreak>& breaks() {
    static const std::vector<NamedBreak> all{
        {Break::no_abstention, "no_abstention", "3.1", "process"},
        {Break::renewals_at_once, "renewals_at_once", "3.1", ""},
        {Break::lease_forgotten, "lease_forgotten", "3.1", ""},
        {Break::runs_unordered, "runs_unordered", "2, 6", ""},
        {Break::clone_releases, "clone_releases", "3.5", ""},
        {Break::echo_unchecked, "echo_unchecked", "6", ""},
        {Break::contact_unproved, "contact_unproved", "6", ""},
        {Break::replays_taken, "replays_taken", "6", ""},
        {Break::bare_term, "bare_term", "2, 3.2", "mixed"},
        {Break::two_votes_in_term, "two_votes_in_term", "3.4", ""},
        {Break::promise_ignored, "promise_ignored", "3.4", "network"},
        {Break::promise_unrecorded, "promise_unrecorded", "3.4", "network"},
        {Break::wall_clock_promise, "wall_clock_promise", "3, clock", ""},
        {Break::lease_from_receipt, "lease_from_receipt", "3.3", "network"},
        {Break::lease_from_last_ask, "lease_from_last_ask", "3.4", ""},
        {Break::minority_renews, "minority_renews", "3.3", "network"},
        {Break::drift_ignored, "drift_ignored", "3.3", "limit"},
        {Break::slack_ignored, "slack_ignored", "3.3", "limit"},
        {Break::late_answer_revives, "late_answer_revives", "3.3", ""},
        {Break::upgrade_released, "upgrade_released", "3.3", ""},
        {Break::pre_vote_binds, "pre_vote_binds", "3.4", "network"},
        {Break::late_votes_count, "late_votes_count", "3.4", ""},
        {Break::foreign_answers, "foreign_answers", "3.4", ""},
        {Break::release_first, "release_first", "3.5", "operator"},
        {Break::release_unasked, "release_unasked", "3.5", "operator"},
        {Break::release_of_any, "release_of_any", "3.5", "mixed"},
        {Break::renewal_after_release, "renewal_after_release", "3.5", ""},
        {Break::tiebreaker_unprobed, "tiebreaker_unprobed", "3.7", ""},
        {Break::probing_ends, "probing_ends", "3.7", ""},
        {Break::probing_pause_counts, "probing_pause_counts", "3.7", ""},
        {Break::rival_ignored, "rival_ignored", "3.7", ""},
        {Break::right_after_vote, "right_after_vote", "3.7", ""},
        {Break::right_after_release, "right_after_release", "3.7", ""},
        {Break::right_by_silence, "right_by_silence", "3.7", "pair"},
        {Break::farewell_votes, "farewell_votes", "3.7", ""},
        {Break::farewell_stays, "farewell_stays", "3.7", ""},
        {Break::operator_word_stays, "operator_word_stays", "3.7", ""},
        {Break::digest_ignored, "digest_ignored", "3.8", "operator"},
        {Break::fence_without_ticket, "fence_without_ticket", "4", "process"},
        {Break::timeout_zero, "timeout_zero", "4", "process"},
        {Break::fence_full_lease, "fence_full_lease", "4", "process"},
        {Break::short_promise, "short_promise", "4.3", "address"},
        {Break::left_overs_kept, "left_overs_kept", "4, start", "process"},
    };
    return all;
}

std::optional<NamedBreak> find_break(std::string_view name) {
    const auto found = std::ranges::find(breaks(), name, &NamedBreak::name);
    return found == breaks().end() ? std::nullopt : std::optional(*found);
}

} // namespace belay::sim
