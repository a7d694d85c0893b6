#pragma once
// Requests that wait for the peer's answer on one session: each is settled exactly once, by its answer, by its deadline
// or by the end of the session. Info thread only.

#include "belay/info/asio.hpp"
#include "belay/info/thread.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace belay::info {

inline constexpr std::size_t asks_outstanding_max = 64; ///< on one session, each way

/// Made by std::make_shared only; must not outlive the io_context.
class Asks : public std::enable_shared_from_this<Asks> {
public:
    explicit Asks(asio::io_context& io)
        : io_(io) {}

    [[nodiscard]] bool full() const noexcept { return waiting_.size() >= asks_outstanding_max; }

    /// Waits for the answer to the id that it returns. Only when not full().
    [[nodiscard]] std::uint64_t add(Duration deadline, Done done);

    /// Calls `done` of that id and forgets it; an id that is not (or no longer) waiting is ignored.
    void settle(std::uint64_t id, Result<nlohmann::json> answer);

    /// Settles all with an error.
    void fail_all(const std::string& why);

private:
    struct Waiting {
        Done done;
        asio::steady_timer deadline;
    };

    asio::io_context& io_;
    std::map<std::uint64_t, Waiting> waiting_;
    std::uint64_t last_id_ = 0;
};

} // namespace belay::info
