#pragma once
// The commands of a scenario file, carried out on a World. `src/README.md` and tests/README.md list them.

#include "../sim/world.hpp"

#include <memory>
#include <string>
#include <vector>

namespace belay::scenario {

class Stage {
public:
    /// Carries out one command and gives back the lines that it and the world print. Throws std::runtime_error with the
    /// reason when there is no such command or its words are off: a scenario file is part of the test.
    [[nodiscard]] std::vector<std::string> run(const std::string& command);

    /// Nothing was built yet, or no rule was broken so far.
    [[nodiscard]] bool clean() const { return !world_ || world_->violations() == 0; }

private:
    using Words = std::vector<std::string>;

    void make_cluster(const Words& words);
    bool run_host_command(const Words& words);
    bool run_network_command(const Words& words, std::vector<std::string>& out);
    bool run_operator_command(const Words& words);
    void cut_path(const Words& words, bool cut);
    void for_all_paths_of(const std::string& node, bool incoming, bool outgoing, bool cut);

    std::vector<std::string> names_;
    core::Parameters parameters_;
    std::unique_ptr<sim::World> world_;
};

} // namespace belay::scenario
