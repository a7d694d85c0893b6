#pragma once
// One question to all nodes: a pre-vote or a vote for one ballot (DESIGN section 3.4). A round is won, lost or pending;
// answers to another ballot, kind or earlier round never count, and after its deadline none does.

#include "belay/core/message.hpp"
#include "belay/core/parameters.hpp"
#include "belay/core/quorum.hpp"

#include <cstddef>
#include <vector>

namespace belay::core {

class Round {
public:
    /// `first_asked_at` is read before the first request is composed; the lease of a won vote counts from it. The
    /// round ends W·(1−D) later, or when a lease won by it would be over.
    Round(RequestKind kind, const Ballot& ballot, Instant first_asked_at, const std::vector<Participant>& nodes,
          const Parameters& parameters);

    [[nodiscard]] RequestKind kind() const noexcept { return kind_; }

    [[nodiscard]] const Ballot& ballot() const noexcept { return ballot_; }

    [[nodiscard]] Instant first_asked_at() const noexcept { return first_asked_at_; }

    [[nodiscard]] Instant deadline() const noexcept { return deadline_; }

    /// Takes the answer of one node; false when it is not an answer to this round or came after the deadline.
    bool record(Instant now, NodeId from, const Answer& answer);

    [[nodiscard]] Outcome outcome() const noexcept;
    /// Who has not answered yet; to be asked again.
    [[nodiscard]] bool unanswered(NodeId node) const noexcept;
    /// The shortest promise among those who granted; the lease of a won vote rests on it.
    [[nodiscard]] Duration shortest_promise() const noexcept;

    /// The highest term that a refusal told.
    [[nodiscard]] Term highest_bound_term() const noexcept { return highest_bound_term_; }

    /// After a lost round: how long from now until enough refusers may grant. Zero when nobody told a time.
    [[nodiscard]] Duration wait_told() const;

private:
    enum class Vote : std::uint8_t { none, granted, refused };

    struct Voter {
        NodeId node;
        Vote vote = Vote::none;
        Duration promised{};
        Duration remaining{};
    };

    [[nodiscard]] std::size_t count(Vote vote) const noexcept;

    RequestKind kind_;
    Ballot ballot_;
    Instant first_asked_at_;
    Instant deadline_;
    std::vector<Voter> voters_;
    Term highest_bound_term_ = 0;
};

} // namespace belay::core
