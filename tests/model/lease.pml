/* The lease protocol (DESIGN section 3) for three nodes, each acceptor and candidate: at most one of them is served by
 * its kernel at any instant, and a term has one winner. README.md here maps each part to the code and states the bounds.
 *
 * Time. Each node has a clock of its own; a tick of it is one action (tick). No clock is ever more than one tick ahead of
 * another one, so that an interval that one node measures as d ticks is at least d - 2 ticks to another one: this stands
 * for drift and fence slack, and LEASE_TICKS = PROMISE_TICKS - 2 is what the real lease subtracts. All times are kept as
 * what remains or as an age, never as a date, so histories have no end in time.
 *
 * Network. What was sent stays deliverable, or never comes: requests, votes, answers and releases may be lost, late,
 * doubled and overtaken in every way. What could only bind an acceptor longer is left to loss (README.md).
 *
 * Each BREAK_... macro takes one rule away; tests/model/check demands that spin then finds a violation.
 */

#ifndef BALLOTS
#define BALLOTS 3   /* candidacies in one history; at most 3 */
#endif
#ifndef RESTARTS
#define RESTARTS 1  /* daemons killed and started again in one history; at most 3 */
#endif

#define MAJORITY(set)  ((set) == 3 || (set) >= 5)   /* two of three, as a set of bits */
#define BIT(n)         (1 << (n))
#define NONE           3                            /* no ballot */

#define PROMISE_TICKS     4  /* L, as the acceptor counts it */
#ifdef BREAK_DRIFT_IGNORED
#define LEASE_TICKS       4
#else
#define LEASE_TICKS       2  /* L less drift and slack, as the holder counts it */
#endif
#ifndef ROUND_TICKS
#define ROUND_TICKS       1  /* W less drift: a candidate counts no vote later than this */
#endif
#ifdef WALL_TICKS          /* wall clocks are right within so many ticks; undefined: set to anything */
#define OLD_TICKS         WALL_TICKS
#else
#define OLD_TICKS         0
#endif
#define RENEWALS_AFTER    (ROUND_TICKS + 2)  /* W: after a start no renewal is answered earlier */

typedef Ballot {
    unsigned owner : 2;
    unsigned incarnation : 2;       /* with owner: the incarnation that made it */
    unsigned term : 2;
    unsigned old : 2;       /* full ticks since it was made, up to WALL_TICKS */
    unsigned won : 1;
    unsigned released : 1;  /* its maker says that nobody holds by it */
    unsigned votes : 3;     /* votes on the way to the open round: who gave one */
    unsigned asked_0 : 1;   /* a heartbeat that asks for renewal was composed 0 or 1 ticks ago */
    unsigned asked_1 : 1;
    unsigned answers_0 : 3; /* answers to the heartbeats composed 0 or 1 ticks ago: who gave one */
    unsigned answers_1 : 3
};

typedef Node {
    unsigned ahead : 1;     /* its clock is one tick ahead of the slowest one */
    unsigned up : 1;
    unsigned incarnation : 2;
    unsigned serving : 3;   /* ticks for which its kernel still serves: the fence. Survives the daemon */
    /* the acceptor: core/acceptor.hpp */
    unsigned abstains : 3;  /* ticks until it votes */
    unsigned silent : 3;    /* ticks until it answers renewals */
    unsigned promised : 2;  /* the last promise, run out or not */
    unsigned bound : 3;     /* ticks for which it still binds */
    unsigned highest : 2;   /* highest term promised or released */
    /* the candidate: core/round.hpp */
    unsigned round : 2;
    unsigned round_left : 2;
    unsigned got : 3;       /* votes that were counted */
    /* the holder: core/lease.hpp, core/election_holder.cpp */
    unsigned held : 2;
    unsigned held_left : 3;
    unsigned fresh_0 : 3;   /* acceptors whose answer to a heartbeat of 0 or 1 ticks ago was counted */
    unsigned fresh_1 : 3;
    unsigned withdrawing : 1;
    unsigned spent : 3      /* ballots to release when the kernel has acknowledged the removal: a set of bits */
};

Ballot ballot[3];
Node node[3];
byte made;      /* ballots made */
byte restarts;

/* Scratch of one action, no part of the state. */
hidden byte k_;
hidden byte owner_;
hidden byte left_;

/* ---- which ballot is meant ------------------------------------------------------------------------------------- */

#ifdef BREAK_BARE_TERM
#define SAME(x, y)  ((x) != NONE && (y) != NONE && ballot[x].term == ballot[y].term)
#else
#define SAME(x, y)  ((x) == (y))
#endif
#define SAME_RUN(x, y)  (ballot[x].owner == ballot[y].owner && ballot[x].incarnation == ballot[y].incarnation)
#define OF_THIS_RUN(n, k)  (ballot[k].owner == (n) && ballot[k].incarnation == node[n].incarnation)

/* ---- the acceptor: core/acceptor.cpp --------------------------------------------------------------------------- */

#define BOUND_TO(a, k)  (node[a].bound > 0 && SAME(node[a].promised, k))
#define OTHER_REFUSED(a, k) \
    ((node[a].bound > 0 && !SAME_RUN(node[a].promised, k)) || ballot[k].term <= node[a].highest)
#define VOTES_FOR(a, k) \
    (node[a].up && node[a].abstains == 0 && (BOUND_TO(a, k) || !OTHER_REFUSED(a, k)))
#define RENEWS(a, k) \
    (node[a].up && node[a].silent == 0 && \
     ((node[a].promised != NONE && SAME(node[a].promised, k)) || !OTHER_REFUSED(a, k)))

inline promise(a, k) {
#ifdef BREAK_PROMISE_NOT_RECORDED
    skip
#else
    node[a].promised = k;
    node[a].bound = PROMISE_TICKS;
    if
    :: ballot[k].term > node[a].highest -> node[a].highest = ballot[k].term
    :: else
    fi
#endif
}

/* A repeated request gets the same answer and no longer promise. */
inline give_vote(a, k) {
    if
    :: BOUND_TO(a, k)
    :: else -> promise(a, k)
    fi
}

inline accept_release(a, k) {
    if
    :: ballot[k].term > node[a].highest -> node[a].highest = ballot[k].term
    :: else
    fi;
    if
    :: SAME(node[a].promised, k) -> node[a].promised = NONE; node[a].bound = 0
    :: else
    fi
}

/* ---- what must hold -------------------------------------------------------------------------------------------- */

inline check_one_holder() {
    assert((node[0].serving > 0) + (node[1].serving > 0) + (node[2].serving > 0) <= 1)
}

/* A run that forgot its terms needs the wall clock to choose a new one; until then terms are safe by themselves. */
inline check_against(other, k) {
    assert(other >= made || other == k || !ballot[other].won || ballot[other].term != ballot[k].term)
}

inline check_one_winner(k) {
#ifndef WALL_TICKS
    if
    :: restarts > 0
    :: else ->
#endif
    check_against(0, k);
    check_against(1, k);
    check_against(2, k)
#ifdef REACH_SUCCESSOR  /* not a rule: shows that a history gets as far as the rules matter */
    ;
    assert(restarts < RESTARTS || !ballot[0].won || !ballot[1].won || ballot[0].owner == ballot[1].owner)
#endif
#ifndef WALL_TICKS
    fi
#endif
}

/* ---- the holder ------------------------------------------------------------------------------------------------ */

inline serve(n, ticks) {
    node[n].held_left = ticks;
    node[n].serving = ticks;   /* the fence is armed with each extension */
    check_one_holder()
}

inline give_up(n, k) {
    ballot[k].released = 1;
    accept_release(n, k)
}

inline give_up_if_spent(n, k) {
    if
    :: node[n].spent & BIT(k) -> give_up(n, k)
    :: else
    fi
}

inline give_up_spent(n) {
    give_up_if_spent(n, 0);
    give_up_if_spent(n, 1);
    give_up_if_spent(n, 2);
    node[n].spent = 0
}

inline end_round(n) {
    ballot[node[n].round].votes = 0;
    node[n].round = NONE;
    node[n].round_left = 0;
    node[n].got = 0
}

/* One path out, whatever the cause: nothing is held any more, and what was asked for is released after the removal. */
inline withdraw(n) {
    node[n].spent = node[n].spent | BIT(node[n].held);
    if
    :: node[n].round != NONE -> node[n].spent = node[n].spent | BIT(node[n].round); end_round(n)
    :: else
    fi;
#ifndef BREAK_LATE_ANSWER_REVIVES
    ballot[node[n].held].answers_0 = 0;
    ballot[node[n].held].answers_1 = 0;
    node[n].fresh_0 = 0;
    node[n].fresh_1 = 0;
#endif
    node[n].held = NONE;
    node[n].held_left = 0;
    node[n].withdrawing = 1;
#ifdef BREAK_RELEASE_BEFORE_REMOVAL
    give_up_spent(n)
#endif
}

inline count_fresh(n, a) {
    node[n].fresh_0 = node[n].fresh_0 | BIT(a);
    node[n].fresh_1 = node[n].fresh_1 & ~BIT(a)
}

/* The lease rests on the second youngest of the counted answers. */
inline extend(n) {
    left_ = 0;
    if
    :: MAJORITY(node[n].fresh_0) -> left_ = LEASE_TICKS
    :: else ->
        if
        :: MAJORITY(node[n].fresh_0 | node[n].fresh_1) -> left_ = LEASE_TICKS - 1
        :: else
        fi
    fi;
#ifdef BREAK_LEASE_FROM_RECEIPT
    if
    :: left_ > 0 -> left_ = LEASE_TICKS
    :: else
    fi;
#endif
    if
    :: left_ > node[n].held_left -> serve(n, left_)
    :: else
    fi
}

inline become_active(n) {
    k_ = node[n].round;
#ifdef BREAK_LEASE_FROM_RECEIPT
    left_ = LEASE_TICKS;
#else
    left_ = LEASE_TICKS - (ROUND_TICKS - node[n].round_left);  /* counts from before the first request */
#endif
    end_round(n);
    if
    :: node[n].held != NONE ->
        node[n].spent = node[n].spent | BIT(node[n].held);
        ballot[node[n].held].answers_0 = 0;
        ballot[node[n].held].answers_1 = 0
    :: else
    fi;
    node[n].held = k_;
    node[n].fresh_0 = 0;
    node[n].fresh_1 = 0;
    ballot[k_].won = 1;
    if
    :: left_ > node[n].held_left -> serve(n, left_)
    :: else -> check_one_holder()
    fi;
    check_one_winner(node[n].held)
}

/* ---- actions of a node ----------------------------------------------------------------------------------------- */

/* Not holding: whoever voted is freed at once. Holding by an older ballot: a voter that moved its promise still protects
 * that lease, so the new ballot is released together with it. */
inline lose_round(n) {
    k_ = node[n].round;
    end_round(n);
    if
#ifndef BREAK_LOST_UPGRADE_RELEASED
    :: node[n].held != NONE -> node[n].spent = node[n].spent | BIT(k_)
#endif
    :: else -> give_up(n, k_)
    fi
}

inline count_down(timer) {
    if
    :: timer > 0 -> timer--
    :: else
    fi
}

inline age_messages(n, k) {
    if
    :: k < made && ballot[k].owner == n ->
        ballot[k].asked_1 = ballot[k].asked_0;
        ballot[k].asked_0 = 0;
        ballot[k].answers_1 = ballot[k].answers_0;
        ballot[k].answers_0 = 0
    :: else
    fi
}

inline age_ballot(k) {
    if
    :: k < made && ballot[k].old < OLD_TICKS -> ballot[k].old++
    :: else
    fi
}

inline everybody_ticked() {
    node[0].ahead = 0;
    node[1].ahead = 0;
    node[2].ahead = 0;
    age_ballot(0);
    age_ballot(1);
    age_ballot(2)
}

inline tick(n) {
    d_step {
        !node[n].ahead ->
        node[n].ahead = 1;
        count_down(node[n].serving);
        count_down(node[n].abstains);
        count_down(node[n].silent);
        count_down(node[n].bound);
        age_messages(n, 0);
        age_messages(n, 1);
        age_messages(n, 2);
        node[n].fresh_1 = node[n].fresh_0;
        node[n].fresh_0 = 0;
        if
        :: node[n].held != NONE ->
            node[n].held_left--;
            if
            :: node[n].held_left == 0 -> withdraw(n)
            :: else
            fi
        :: else
        fi;
        if
        :: node[n].round != NONE ->
            node[n].round_left--;
            if
            :: node[n].round_left == 0 -> lose_round(n)
            :: else
            fi
        :: else
        fi;
        if
        :: node[0].ahead && node[1].ahead && node[2].ahead -> everybody_ticked()
        :: else
        fi
    }
}

/* With wall clocks that are right within WALL_TICKS a new term is above those of all older ballots; otherwise it is only
 * above what the node itself promised. */
#ifdef WALL_TICKS
#define BELOW(k, t)  (made <= (k) || ballot[k].old < WALL_TICKS || ballot[k].term < (t))
#define CLOCK_GIVES(t)  (BELOW(0, t) && BELOW(1, t) && BELOW(2, t))
#else
#define CLOCK_GIVES(t)  true
#endif

/* The nodes are alike, so they are numbered by their first candidacy. */
#define ASKED(n)  (made > 0 && (ballot[0].owner == (n) || (made > 1 && ballot[1].owner == (n))))
#define IN_ORDER(n)  ((n) == 0 || ASKED((n) - 1))

/* Free to compete, or holding by an older ballot. */
#define MAY_ASK(n) \
    (node[n].up && node[n].round == NONE && node[n].abstains == 0 && IN_ORDER(n) && \
     (node[n].held != NONE || (!node[n].withdrawing && node[n].bound == 0)))

inline ask_for_votes(n, t) {
    d_step {
        made < BALLOTS && t <= BALLOTS && MAY_ASK(n) && t > node[n].highest && CLOCK_GIVES(t) ->
        k_ = made;
        made++;
        ballot[k_].owner = n;
        ballot[k_].incarnation = node[n].incarnation;
        ballot[k_].term = t;
        node[n].round = k_;
        node[n].round_left = ROUND_TICKS;
        if
        :: VOTES_FOR(n, k_) -> give_vote(n, k_); node[n].got = BIT(n)
        :: else
        fi
    }
}

inline count_vote(k, a) {
    d_step {
        k < made && (ballot[k].votes & BIT(a)) && node[ballot[k].owner].round == k ->
        ballot[k].votes = ballot[k].votes & ~BIT(a);
        owner_ = ballot[k].owner;
        node[owner_].got = node[owner_].got | BIT(a);
        if
        :: MAJORITY(node[owner_].got) -> become_active(owner_)
        :: else
        fi
    }
}

inline heartbeat(n) {
    d_step {
        node[n].held != NONE && !ballot[node[n].held].asked_0 ->
        ballot[node[n].held].asked_0 = 1;
        if
        :: RENEWS(n, node[n].held) ->
            promise(n, node[n].held);
            count_fresh(n, n);
            extend(n)
        :: else
        fi
    }
}

/* An operator, a failed service, a higher term that was heard: a holder may always stop. */
inline step_down(n) {
    d_step { node[n].held != NONE -> withdraw(n) }
}

inline removed(n) {
    d_step {
        node[n].withdrawing ->
        node[n].serving = 0;
        node[n].withdrawing = 0;
        give_up_spent(n)
    }
}

/* The daemon is gone, what the kernel was told stays. */
inline crash(n) {
    d_step {
        node[n].up && restarts < RESTARTS && made > 0 ->
        restarts++;
        if
        :: node[n].round != NONE -> end_round(n)
        :: else
        fi;
        if
        :: node[n].held != NONE -> ballot[node[n].held].answers_0 = 0; ballot[node[n].held].answers_1 = 0
        :: else
        fi;
        node[n].up = 0;
        node[n].abstains = 0;
        node[n].silent = 0;
        node[n].promised = NONE;
        node[n].bound = 0;
        node[n].highest = 0;
        node[n].held = NONE;
        node[n].held_left = 0;
        node[n].fresh_0 = 0;
        node[n].fresh_1 = 0;
        node[n].withdrawing = 0;
        node[n].spent = 0
    }
}

inline release_earlier(n, k) {
    if
    :: k < made && ballot[k].owner == n -> ballot[k].released = 1
    :: else
    fi
}

/* The fence is closed first; only then the others learn of the new run, and free what the earlier one held. After a new
 * boot they do not: the same as news that never comes. */
inline restart(n) {
    d_step {
        !node[n].up ->
        node[n].up = 1;
        node[n].incarnation++;
#ifndef BREAK_LEFT_OVERS_STAY
        node[n].serving = 0;
#endif
#ifndef BREAK_NO_ABSTENTION
        node[n].abstains = PROMISE_TICKS;
        node[n].silent = RENEWALS_AFTER;
#endif
        release_earlier(n, 0);
        release_earlier(n, 1);
        release_earlier(n, 2)
    }
}

/* ---- packets that arrive --------------------------------------------------------------------------------------- */

#define OPEN(k)  (node[ballot[k].owner].round == (k))

inline vote_request(k, a) {
    d_step {
        k < made && ballot[k].owner != a && VOTES_FOR(a, k) ->
        give_vote(a, k);
        if
        :: OPEN(k) && !(node[ballot[k].owner].got & BIT(a)) -> ballot[k].votes = ballot[k].votes | BIT(a)
        :: else
        fi
    }
}

#ifdef BREAK_LATE_ANSWER_REVIVES
#define TAKES_ANSWERS(k) \
    (ballot[k].won && node[ballot[k].owner].up && OF_THIS_RUN(ballot[k].owner, k) && \
     (node[ballot[k].owner].held == (k) || node[ballot[k].owner].held == NONE))
#else
#define TAKES_ANSWERS(k)  (node[ballot[k].owner].held == (k))
#endif

inline renewal_request_0(k, a) {
    d_step {
        k < made && ballot[k].asked_0 && ballot[k].owner != a && RENEWS(a, k) ->
        promise(a, k);
        if
        :: TAKES_ANSWERS(k) -> ballot[k].answers_0 = ballot[k].answers_0 | BIT(a)
        :: else
        fi
    }
}

inline renewal_request_1(k, a) {
    d_step {
        k < made && ballot[k].asked_1 && ballot[k].owner != a && RENEWS(a, k) ->
        promise(a, k);
        if
        :: TAKES_ANSWERS(k) -> ballot[k].answers_1 = ballot[k].answers_1 | BIT(a)
        :: else
        fi
    }
}

inline answer_counts(k) {
    extend(owner_);
#ifdef BREAK_LATE_ANSWER_REVIVES
    if
    :: node[owner_].held_left > 0 -> node[owner_].held = k
    :: else
    fi
#endif
}

inline answer_0(k, a) {
    d_step {
        k < made && (ballot[k].answers_0 & BIT(a)) && TAKES_ANSWERS(k) ->
        ballot[k].answers_0 = ballot[k].answers_0 & ~BIT(a);
        owner_ = ballot[k].owner;
        count_fresh(owner_, a);
        answer_counts(k)
    }
}

inline answer_1(k, a) {
    d_step {
        k < made && (ballot[k].answers_1 & BIT(a)) && TAKES_ANSWERS(k) ->
        ballot[k].answers_1 = ballot[k].answers_1 & ~BIT(a);
        owner_ = ballot[k].owner;
        if
        :: node[owner_].fresh_0 & BIT(a)
        :: else -> node[owner_].fresh_1 = node[owner_].fresh_1 | BIT(a)
        fi;
        answer_counts(k)
    }
}

inline release(k, a) {
    d_step {
        k < made && ballot[k].released && node[a].up &&
        SAME(node[a].promised, k) ->
        accept_release(a, k)
    }
}

/* ---- all that may happen --------------------------------------------------------------------------------------- */

#define NODE_ACTIONS(n) \
    :: tick(n) :: ask_for_votes(n, 1) :: ask_for_votes(n, 2) :: ask_for_votes(n, 3) \
    :: heartbeat(n) :: step_down(n) :: removed(n) :: crash(n) :: restart(n)
#define PACKET(k, a) \
    :: vote_request(k, a) :: count_vote(k, a) :: release(k, a) \
    :: renewal_request_0(k, a) :: renewal_request_1(k, a) \
    :: answer_0(k, a) :: answer_1(k, a)
#define PACKETS(k)  PACKET(k, 0) PACKET(k, 1) PACKET(k, 2)

inline begin(n) {
    node[n].up = 1;
    node[n].promised = NONE;
    node[n].round = NONE;
    node[n].held = NONE
}

init {
    d_step { begin(0); begin(1); begin(2) }
    do
    NODE_ACTIONS(0)
    NODE_ACTIONS(1)
    NODE_ACTIONS(2)
    PACKETS(0)
#if BALLOTS > 1
    PACKETS(1)
#endif
#if BALLOTS > 2
    PACKETS(2)
#endif
    od
}
