// A queue of wishes and one coroutine that fulfils them in order. Each wish has a timer of its own from the moment it
// was made: a wish that waits its time away behind another one fails by itself, and for the one at the front the
// connection closes under its feet, so that its late answer cannot be taken for that of the next.

#include "belay/pgpool/pcp_client.hpp"

#include "belay/pgpool/pcp_keeping.hpp"
#include "belay/pgpool/pcp_taken.hpp"
#include "pcp_connection.hpp"
#include "pcp_talk.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <exception>
#include <utility>

namespace belay::pgpool {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t waiting_max = 64;
constexpr int connections_max = 3; ///< for one wish

struct Look {};

struct Reload {};

using Wanted = std::variant<Look, Command, Reload>;
using Nodes = std::vector<Backend>;

/// One wish. All finish alike; those that are no looks with an empty list.
struct Wish {
    Wish(asio::io_context& loop, Wanted it, Duration time, PcpClient::Done<Nodes> done)
        : wanted(std::move(it))
        , allowed(time)
        , finish(std::move(done))
        , deadline(loop) {}

    Wanted wanted;
    Duration allowed;
    PcpClient::Done<Nodes> finish;
    asio::steady_timer deadline;
};

PcpClient::Done<Nodes> without_nodes(PcpClient::Done<void> done) {
    return [done = std::move(done)](const Result<Nodes>& outcome) {
        done(outcome ? Status() : Status(std::unexpected(outcome.error())));
    };
}

std::unexpected<Error> not_asked(std::string text) {
    return std::unexpected(Error{.text = std::move(text), .code = not_taken});
}

std::string address_text(const std::variant<Endpoint, std::string>& address) {
    const auto* endpoint = std::get_if<Endpoint>(&address);
    return endpoint != nullptr ? to_text(*endpoint) : std::get<std::string>(address);
}

} // namespace

class PcpClient::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::io_context& loop, PcpSetup setup)
        : loop_(loop)
        , setup_(std::move(setup))
        , connection_(loop)
        , keeping_(setup_.keeping, Clock::now())
        , idle_(loop) {}

    void submit(Wanted wanted, Duration allowed, Done<Nodes> finish);

    [[nodiscard]] Duration timeout() const noexcept { return setup_.timeout; }

    /// Nothing is called from here on.
    void end();

private:
    static PcpTask<void> work(std::shared_ptr<Impl> self);
    PcpTask<PcpAnswer<Nodes>> fulfil(const Wanted& wanted);
    PcpTask<PcpAnswer<Nodes>> attempt(const Wanted& wanted);
    PcpTask<PcpAnswer<Nodes>> say(const Wanted& wanted);
    void late(const std::shared_ptr<Wish>& wish);
    void settle();
    [[nodiscard]] Error error_of(const Wish& wish, const PcpTrouble& trouble) const;

    asio::io_context& loop_;
    PcpSetup setup_;
    PcpConnection connection_;
    PcpKeeping keeping_;
    PcpTaken taken_;
    asio::steady_timer idle_; ///< closes a kept connection that nobody uses
    std::deque<std::shared_ptr<Wish>> waiting_;
    std::shared_ptr<Wish> current_;
    bool working_ = false;
    bool ended_ = false;
};

void PcpClient::Impl::submit(Wanted wanted, Duration allowed, Done<Nodes> finish) {
    if (waiting_.size() >= waiting_max) {
        asio::post(loop_, [weak = weak_from_this(), finish = std::move(finish)] {
            if (const auto self = weak.lock(); self && !self->ended_) {
                finish(not_asked(fmt::format("PCP at {}: {} requests wait already", address_text(self->setup_.address),
                                             waiting_max)));
            }
        });
        return;
    }
    auto wish = std::make_shared<Wish>(loop_, std::move(wanted), allowed, std::move(finish));
    waiting_.push_back(wish);
    wish->deadline.expires_after(allowed);
    wish->deadline.async_wait([weak = weak_from_this(), weak_wish = std::weak_ptr(wish)](const error_code& cancelled) {
        const auto self = weak.lock();
        const auto it = weak_wish.lock();
        if (self && it && !cancelled && !self->ended_) {
            self->late(it);
        }
    });
    if (!working_) {
        working_ = true;
        idle_.cancel();
        asio::post(loop_, [weak = weak_from_this()] {
            if (const auto self = weak.lock(); self && !self->ended_) {
                asio::co_spawn(self->loop_, work(self), [](const std::exception_ptr& thrown) {
                    if (thrown) { // from a callback: its owner runs the loop
                        std::rethrow_exception(thrown);
                    }
                });
            }
        });
    }
}

void PcpClient::Impl::late(const std::shared_ptr<Wish>& wish) {
    if (wish == current_) {
        connection_.expire();
        return;
    }
    if (std::erase(waiting_, wish) > 0) {
        wish->finish(not_asked(fmt::format("PCP at {}: not asked within {}, the requests before took that long",
                                           address_text(setup_.address), belay::to_text(wish->allowed))));
    }
}

PcpTask<void> PcpClient::Impl::work(std::shared_ptr<Impl> self) {
    while (!self->ended_ && !self->waiting_.empty()) {
        self->current_ = std::move(self->waiting_.front());
        self->waiting_.pop_front();
        const std::shared_ptr<Wish> wish = self->current_;
        auto answer = co_await self->fulfil(wish->wanted);
        if (self->ended_) {
            co_return;
        }
        self->current_.reset();
        wish->deadline.cancel();
        self->settle();
        Result<Nodes> outcome =
            answer ? Result<Nodes>(*std::move(answer)) : std::unexpected(self->error_of(*wish, answer.error()));
        wish->finish(std::move(outcome)); // may ask for more, or destroy the client
    }
    self->working_ = false;
}

/// pgpool-II restarts its PCP process in each failover and failback, and with that resets connections which it had just
/// taken. So a connection that was lost before anything can have come of it is made again, at once: the next one waits
/// for the new process.
PcpTask<PcpAnswer<Nodes>> PcpClient::Impl::fulfil(const Wanted& wanted) {
    if (!std::holds_alternative<Look>(wanted) || !keeping_.may_keep(Clock::now())) {
        connection_.leave();
    }
    for (int connections = 1;; ++connections) {
        auto answer = co_await attempt(wanted);
        const bool lost = !answer && answer.error().kind == PcpTrouble::Kind::lost && !answer.error().maybe_taken;
        if (!lost || connections == connections_max) {
            co_return answer;
        }
    }
}

/// An idle connection may have been closed by the server long ago, which shows only when it is used: whatever it says
/// then, it is lost. Only looks use one that was kept.
PcpTask<PcpAnswer<Nodes>> PcpClient::Impl::attempt(const Wanted& wanted) {
    const bool kept = connection_.is_open();
    if (!kept) {
        auto opened = co_await connection_.open(setup_);
        if (!opened) {
            co_return std::unexpected(std::move(opened).error());
        }
        keeping_.opened(Clock::now());
    }
    auto answer = co_await say(wanted);
    if (kept && !answer && answer.error().kind != PcpTrouble::Kind::late && !connection_.is_open()) {
        answer.error().kind = PcpTrouble::Kind::lost;
    }
    co_return answer;
}

PcpTask<PcpAnswer<Nodes>> PcpClient::Impl::say(const Wanted& wanted) {
    if (std::holds_alternative<Look>(wanted)) {
        auto nodes = co_await look(connection_);
        if (!nodes) {
            co_return std::unexpected(std::move(nodes).error());
        }
        keeping_.saw(*nodes, Clock::now());
        Nodes backends;
        std::ranges::transform(*nodes, std::back_inserter(backends), &PcpNode::backend);
        co_return backends;
    }
    PcpAnswer<void> done;
    if (const auto* command = std::get_if<Command>(&wanted)) {
        done = co_await pgpool::tell(connection_, *command, taken_, Clock::now());
    } else {
        done = co_await pgpool::reload(connection_);
    }
    keeping_.changed(Clock::now());
    if (!done) {
        co_return std::unexpected(std::move(done).error());
    }
    co_return Nodes{};
}

/// After each wish: whether the connection waits for the next one.
void PcpClient::Impl::settle() {
    if (!keeping_.may_keep(Clock::now())) {
        connection_.leave();
    }
    if (connection_.is_open() && waiting_.empty()) {
        idle_.expires_after(keeping_.idle_max());
        idle_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
            if (const auto self = weak.lock(); self && !cancelled && !self->working_) {
                self->connection_.leave();
            }
        });
    }
}

Error PcpClient::Impl::error_of(const Wish& wish, const PcpTrouble& trouble) const {
    const auto* command = std::get_if<Command>(&wish.wanted);
    const std::string about = command != nullptr                            ? to_text(*command) + ": "
                              : std::holds_alternative<Reload>(wish.wanted) ? "reload: "
                                                                            : "";
    const std::string what = trouble.kind == PcpTrouble::Kind::late
                                 ? fmt::format("{} within {}", trouble.text, belay::to_text(wish.allowed))
                                 : trouble.text;
    return {.text = fmt::format("PCP at {}: {}{}", address_text(setup_.address), about, what),
            .code = trouble.maybe_taken ? 0 : not_taken};
}

void PcpClient::Impl::end() {
    ended_ = true;
    for (const auto& wish : waiting_) {
        wish->deadline.cancel();
    }
    if (current_) {
        current_->deadline.cancel();
    }
    waiting_.clear();
    idle_.cancel();
    if (working_) {
        connection_.close();
    } else {
        connection_.leave();
    }
}

PcpClient::PcpClient(asio::io_context& loop, PcpSetup setup)
    : impl_(std::make_shared<Impl>(loop, std::move(setup))) {}

PcpClient::~PcpClient() {
    impl_->end();
}

void PcpClient::backends(Done<std::vector<Backend>> done) {
    impl_->submit(Look{}, impl_->timeout(), std::move(done));
}

void PcpClient::tell(const Command& command, Done<void> done) {
    tell(command, impl_->timeout(), std::move(done));
}

void PcpClient::tell(const Command& command, Duration deadline, Done<void> done) {
    impl_->submit(command, deadline, without_nodes(std::move(done)));
}

void PcpClient::reload(Done<void> done) {
    impl_->submit(Reload{}, impl_->timeout(), without_nodes(std::move(done)));
}

} // namespace belay::pgpool
