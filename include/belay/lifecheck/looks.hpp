#pragma once
// Looks at one thing again and again: every `interval`, counted from start to start, and each look with a deadline.
// While something healthy is in doubt it is looked at four times as often, at most every 50 ms, so that `fall` costs
// little time. What a look is (a connection, a query, a request by PCP) is its maker's affair.

#include "belay/base/time.hpp"
#include "belay/config/settings.hpp"
#include "belay/lifecheck/finding.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace belay::lifecheck {

/// One look under way. Destroying it ends it at once, whatever it waits for: nothing blocks, and nothing is called any
/// more.
class Look {
public:
    Look() = default;
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;
    Look(Look&&) = delete;
    Look& operator=(Look&&) = delete;
    virtual ~Look() = default;

    /// What it is at now, for the words about a missed deadline: "logging in". Empty: there is but one thing to wait
    /// for.
    [[nodiscard]] virtual std::string_view stage() const { return {}; }
};

/// What came of a look, in words for an operator; empty for a good one. Called at most once, from the loop and never
/// from within the call that began the look; it may destroy the look.
using LookDone = std::function<void(const std::string& problem)>;
using BeginLook = std::function<std::unique_ptr<Look>(LookDone done)>;

/// How often, how long, and how many decide: belay.ini(5), [service].
struct Pace {
    Duration interval{};
    Duration timeout{};
    std::uint32_t rise = 1;
    std::uint32_t fall = 1;
};

[[nodiscard]] Pace pace_of(const config::Service& service);

/// Begins at once and looks until it is destroyed; `told` is called after each look and may destroy it. On the thread
/// of the loop, which must outlive it.
class Looks {
public:
    Looks(boost::asio::io_context& loop, const Pace& pace, BeginLook begin, std::function<void(const Finding&)> told);
    Looks(const Looks&) = delete;
    Looks& operator=(const Looks&) = delete;
    Looks(Looks&&) = delete;
    Looks& operator=(Looks&&) = delete;
    ~Looks();

private:
    class Impl;
    std::shared_ptr<Impl> impl_; ///< handlers of the loop hold it weakly
};

} // namespace belay::lifecheck
