#pragma once
// Faults at random times, half of them at the host that serves, each with an end of its own.

#include "profile.hpp"

namespace belay::sim {

class Chaos {
public:
    /// `cluster` must outlive this, and this the run.
    Chaos(Cluster& cluster, Plan plan);

    Chaos(const Chaos&) = delete;
    Chaos& operator=(const Chaos&) = delete;

    void begin();
    /// No fault any more; what is broken is repaired, who is down starts, with one configuration for all.
    void end();

private:
    void again();
    void strike(Fault fault);
    [[nodiscard]] std::size_t target();
    [[nodiscard]] Duration span(Duration most);
    void strike_network(Fault fault, std::size_t victim);
    void strike_process(Fault fault, std::size_t victim);
    void strike_pair(Fault fault, std::size_t victim);
    void fence_by_hand(std::size_t fenced);
    void vouch(std::size_t fenced, int words);
    void strike_operator(Fault fault, std::size_t victim);
    void cut(std::size_t from, std::size_t to);
    void set_condition(std::size_t victim, bool good, bool service);
    void reconfigure();
    /// Does it when the fault ends, unless all was repaired by then.
    void later(Duration after, std::function<void()> repair);

    Cluster& cluster_;
    Plan plan_;
    bool active_ = false;
    std::uint64_t round_ = 0;
};

} // namespace belay::sim
