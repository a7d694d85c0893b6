#include "belay/pgpool/pcp_client.hpp"

#include "belay/pgpool/pcp_keeping.hpp"
#include "pcp_connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>

namespace belay::pgpool {

namespace {

namespace asio = boost::asio;
template <typename T>
using Task = asio::awaitable<T>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t queue_max = 256; // a caller that asks for more than that waits for nothing

struct Look {
    PcpClient::Done<std::vector<Backend>> done;
};

struct Tell {
    Command command;
    PcpClient::Done<void> done;
};

struct Reload {
    PcpClient::Done<void> done;
};

struct Job {
    std::variant<Look, Tell, Reload> what;
    Duration deadline{};
};

/// Whether that database node is so already, so that pgpool-II's refusal is no failure.
bool is_so(const Command& command, const std::vector<Backend>& backends) {
    const auto attached = [&backends](std::uint32_t id) -> std::optional<bool> {
        for (const Backend& backend : backends) {
            if (backend.id == id) {
                return backend.attached();
            }
        }
        return std::nullopt;
    };
    if (const auto* const detach = std::get_if<command::Detach>(&command)) {
        return attached(detach->id) == false;
    }
    const auto* const attach = std::get_if<command::Attach>(&command);
    return attach != nullptr && attached(attach->id) == true;
}

} // namespace

/// Held by shared_ptr: coroutines of the loop may come back after the client is gone.
class PcpClient::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::io_context& loop, PcpSetup setup)
        : loop_(loop)
        , setup_(std::move(setup))
        , connection_(loop, setup_)
        , keeping_({}, Clock::now())
        , deadline_(loop)
        , idle_(loop) {}

    void add(Job job) {
        if (queue_.size() >= queue_max) {
            asio::post(loop_, [self = shared_from_this(), refused = std::move(job)] {
                self->fail_job(refused, "too many requests wait for pgpool-II's answer");
            });
            return;
        }
        queue_.push_back(std::move(job));
        if (!std::exchange(working_, true)) {
            asio::post(loop_, [self = shared_from_this()] {
                asio::co_spawn(self->loop_, [self] { return self->work(); }, asio::detached);
            });
        }
    }

    [[nodiscard]] Duration timeout() const noexcept { return setup_.timeout; }

    void stop() noexcept {
        stopped_ = true;
        queue_.clear();
        connection_.leave();
        try {
            deadline_.cancel();
            idle_.cancel();
        } catch (const boost::system::system_error&) {
            return; // their handlers find stopped_ set
        }
    }

private:
    Task<void> work() {
        const auto self = shared_from_this();
        idle_.cancel();
        while (!stopped_ && !queue_.empty()) {
            const Job job = std::move(queue_.front());
            queue_.pop_front();
            arm(job.deadline);
            co_await std::visit([this](const auto& what) { return run(what); }, job.what);
            deadline_.cancel();
        }
        working_ = false;
        rest();
    }

    void arm(Duration deadline) {
        expired_ = false;
        deadline_.expires_after(deadline);
        deadline_.async_wait([self = shared_from_this(), deadline](const boost::system::error_code& cancelled) {
            if (!cancelled) {
                self->expired_ = true;
                self->expired_after_ = deadline;
                self->connection_.close(); // what comes later would answer another request
            }
        });
    }

    /// Between requests the connection stays only while it holds nothing up (PcpKeeping).
    void rest() {
        if (stopped_ || !connection_.is_open()) {
            return;
        }
        if (!keeping_.may_keep(Clock::now())) {
            connection_.leave();
            return;
        }
        idle_.expires_after(keeping_.idle_max());
        idle_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
            if (!cancelled && !self->working_) {
                self->connection_.leave();
            }
        });
    }

    [[nodiscard]] Error error_of(const PcpFailure& failure) const {
        const std::string text = expired_ ? "no answer within " + belay::to_text(expired_after_) : failure.text;
        return {.text = connection_.where() + ": " + text};
    }

    void fail_job(const Job& job, const std::string& text) {
        if (!stopped_) {
            const Error error{.text = connection_.where() + ": " + text};
            std::visit([&error](const auto& what) { what.done(std::unexpected(error)); }, job.what);
        }
    }

    Task<PcpResult<void>> ensure_open() {
        if (connection_.is_open()) {
            co_return PcpResult<void>();
        }
        auto opened = co_await connection_.open();
        if (opened) {
            keeping_.opened(Clock::now());
        }
        co_return opened;
    }

    Task<PcpResult<std::vector<PcpNode>>> look() {
        PcpRequest count_request = ask_count(); // named: gcc 12 destroys a temporary of a co_await twice
        auto counted = co_await connection_.ask(std::move(count_request));
        if (!counted) {
            co_return std::unexpected(std::move(counted).error());
        }
        const auto count = parse_count(*counted);
        std::vector<PcpNode> nodes;
        for (std::uint32_t id = 0; count && id < *count; ++id) {
            PcpRequest request = ask_node(id);
            auto told = co_await connection_.ask(std::move(request));
            if (!told) {
                co_return std::unexpected(std::move(told).error());
            }
            auto node = parse_node(*told, id);
            if (!node) {
                connection_.close();
                co_return std::unexpected(PcpFailure{.text = node.error().text});
            }
            nodes.push_back(*std::move(node));
        }
        if (!count) {
            connection_.close();
            co_return std::unexpected(PcpFailure{.text = count.error().text});
        }
        keeping_.saw(nodes, Clock::now());
        co_return nodes;
    }

    /// A kept connection that pgpool-II has closed meanwhile is made again, once.
    Task<PcpResult<std::vector<PcpNode>>> look_with_retry() {
        const bool kept = connection_.is_open();
        if (auto opened = co_await ensure_open(); !opened) {
            co_return std::unexpected(std::move(opened).error());
        }
        auto nodes = co_await look();
        if (nodes || !kept || nodes.error().kind != PcpFailure::Kind::closed) {
            co_return nodes;
        }
        if (auto opened = co_await ensure_open(); !opened) {
            co_return std::unexpected(std::move(opened).error());
        }
        co_return co_await look();
    }

    static std::vector<Backend> backends_of(const std::vector<PcpNode>& nodes) {
        std::vector<Backend> backends;
        backends.reserve(nodes.size());
        for (const PcpNode& node : nodes) {
            backends.push_back(node.backend);
        }
        return backends;
    }

    Task<void> run(const Look& what) {
        auto nodes = co_await look_with_retry();
        if (stopped_) {
            co_return;
        }
        if (nodes) {
            what.done(backends_of(*nodes));
        } else {
            what.done(std::unexpected(error_of(nodes.error())));
        }
    }

    /// On a connection of its own: a PCP worker judges by the states of the moment when it began.
    Task<void> run(const Tell& what) {
        connection_.leave();
        auto told = co_await command(what.command);
        if (!stopped_) {
            what.done(told ? Status() : std::unexpected(error_of(told.error())));
        }
    }

    Task<PcpResult<void>> command(const Command& command) {
        if (auto opened = co_await ensure_open(); !opened) {
            co_return std::unexpected(std::move(opened).error());
        }
        keeping_.changed(Clock::now());
        PcpRequest request = command_request(command);
        auto answer = co_await connection_.ask(std::move(request));
        keeping_.changed(Clock::now());
        if (answer) {
            const Status done = parse_done(*answer);
            co_return done ? PcpResult<void>() : std::unexpected(PcpFailure{.text = done.error().text});
        }
        PcpFailure failure = std::move(answer).error();
        if (failure.kind == PcpFailure::Kind::refused) {
            const auto nodes = co_await look_with_retry();
            if (nodes && is_so(command, backends_of(*nodes))) {
                co_return PcpResult<void>();
            }
        }
        co_return std::unexpected(std::move(failure));
    }

    Task<void> run(const Reload& what) {
        connection_.leave();
        auto opened = co_await ensure_open();
        PcpResult<void> reloaded = opened;
        if (opened) {
            PcpRequest request = ask_reload();
            auto answer = co_await connection_.ask(std::move(request));
            if (!answer) {
                reloaded = std::unexpected(std::move(answer).error());
            }
        }
        if (!stopped_) {
            what.done(reloaded ? Status() : std::unexpected(error_of(reloaded.error())));
        }
    }

    asio::io_context& loop_;
    PcpSetup setup_;
    PcpConnection connection_;
    PcpKeeping keeping_;
    asio::steady_timer deadline_;
    asio::steady_timer idle_;
    std::deque<Job> queue_;
    bool working_ = false;
    bool stopped_ = false;
    bool expired_ = false;
    Duration expired_after_{};
};

PcpClient::PcpClient(asio::io_context& loop, PcpSetup setup)
    : impl_(std::make_shared<Impl>(loop, std::move(setup))) {}

PcpClient::~PcpClient() {
    impl_->stop();
}

void PcpClient::backends(Done<std::vector<Backend>> done) {
    impl_->add({.what = Look{.done = std::move(done)}, .deadline = impl_->timeout()});
}

void PcpClient::tell(const Command& command, Done<void> done) {
    tell(command, impl_->timeout(), std::move(done));
}

void PcpClient::tell(const Command& command, Duration deadline, Done<void> done) {
    impl_->add({.what = Tell{.command = command, .done = std::move(done)}, .deadline = deadline});
}

void PcpClient::reload(Done<void> done) {
    impl_->add({.what = Reload{.done = std::move(done)}, .deadline = impl_->timeout()});
}

} // namespace belay::pgpool
