#pragma once
// Who follows the role of this node on the control socket (`belay run-on`), and whose word the daemon may wait for
// (`[hooks] confirm`). The daemon starts no process: what has to run runs there.

#include "belay/base/time.hpp"
#include "belay/control/request.hpp"
#include "belay/control/server.hpp"
#include "belay/daemon/role_feed.hpp"

#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace boost::asio {
class io_context;
}

namespace belay::daemon {

/// How the wait for a follower's word ended.
enum class FollowersWord : std::uint8_t {
    confirmed,
    failed, ///< its command did
    none,   ///< nothing in time
    late,   ///< a newer change has come: this one does not matter any more
};

/// One thread, the watchdog, which is the one of the io_context. Its timers end with it.
class RoleFollowers {
public:
    using Settled = std::function<void(FollowersWord)>;

    /// More than these wait at once: the one that waits longest is answered with nothing, and may ask again.
    static constexpr std::size_t waiting_max = 16;

    /// `about` is told with each answer: the names of this run, the node, the cluster, and the VIPs.
    RoleFollowers(boost::asio::io_context& context, nlohmann::json about, std::uint64_t first_number);
    ~RoleFollowers();
    RoleFollowers(const RoleFollowers&) = delete;
    RoleFollowers& operator=(const RoleFollowers&) = delete;

    /// A change of this node's own role: told to all who wait for one.
    void tell(Duration unix_time, const core::action::RoleChanged& change);

    /// Before the next change is told: `settled` is called once, from the event loop or from within confirm() or
    /// another await(), when a follower has said how its command for that change ended, or after `patience`.
    void await_word(Duration patience, Settled settled);

    /// No wait lasts longer than this from now on, because the daemon stops.
    void hurry(Duration patience_max);

    // What followers ask.
    void answer(const control::request::Follow& request, const control::ReplyFunction& reply);
    void answer(const control::request::Confirm& request, const control::ReplyFunction& reply);

private:
    struct Waiting {
        std::optional<std::uint64_t> after;
        control::ReplyFunction reply;
        boost::asio::steady_timer deadline;
    };

    struct Awaited {
        std::uint64_t number;
        Settled settled;
        boost::asio::steady_timer deadline;
    };

    [[nodiscard]] nlohmann::json reply_to(std::optional<std::uint64_t> after) const;
    void settle(FollowersWord word);
    void watch_deadline(Awaited& awaited);

    boost::asio::io_context& context_;
    nlohmann::json about_;
    RoleFeed feed_;
    std::list<std::shared_ptr<Waiting>> waiting_; ///< the longest first
    std::optional<Awaited> awaited_;
};

} // namespace belay::daemon
