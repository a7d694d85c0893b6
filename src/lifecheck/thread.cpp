#include "belay/lifecheck/thread.hpp"

#include "belay/lifecheck/check.hpp"
#include "belay/lifecheck/database_watch.hpp"
#include "belay/lifecheck/pcp_access.hpp"
#include "belay/lifecheck/postgres_look.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <exception>
#include <optional>
#include <pthread.h>
#include <thread>
#include <utility>

namespace belay::lifecheck {

namespace {

/// Signals are the main thread's: a new thread begins with the mask of the one that makes it.
class AllSignalsBlocked {
public:
    AllSignalsBlocked() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }

    AllSignalsBlocked(const AllSignalsBlocked&) = delete;
    AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;
    AllSignalsBlocked(AllSignalsBlocked&&) = delete;
    AllSignalsBlocked& operator=(AllSignalsBlocked&&) = delete;

    ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

} // namespace

class Thread::Impl {
public:
    Impl(Setup setup, Handlers handlers)
        : pgpool_(std::move(setup.pgpool))
        , handlers_(std::move(handlers))
        , work_(boost::asio::make_work_guard(loop_)) {
        if (pgpool_) {
            boost::asio::post(loop_, [this, pgpool = *pgpool_] { watch_databases(pgpool); });
        }
        replace(setup.service, std::move(setup.peers));
        const AllSignalsBlocked blocked;
        thread_ = std::thread([this] { run(); });
    }

    /// What was given at the start. Any thread: it does not change.
    [[nodiscard]] const std::optional<config::Pgpool>& pgpool() const { return pgpool_; }

    /// Owner's thread.
    void replace(const config::Service& service, std::vector<PeerService> peers) {
        boost::asio::post(loop_, [this, service, peers = std::move(peers)]() mutable {
            check(service);
            ask_peers(service, std::move(peers));
            service_ = service;
        });
    }

    /// Owner's thread.
    void tell(pgpool::Command command, std::function<void(Status)> done) {
        boost::asio::post(loop_, [this, command, done = std::move(done)]() mutable {
            if (databases_) {
                databases_->tell(command, std::move(done));
            } else {
                done(fail("this node has no [pgpool] section, so there is no pgpool-II to tell to {}",
                          pgpool::to_text(command)));
            }
        });
    }

    /// Owner's thread.
    void look() {
        boost::asio::post(loop_, [this] {
            if (databases_) {
                databases_->look();
            }
        });
    }

    /// Owner's thread.
    void stop() {
        loop_.stop();
        if (thread_.joinable()) {
            thread_.join();
        }
    }

private:
    void run() {
        ::pthread_setname_np(::pthread_self(), "belay-life");
        try {
            loop_.run();
            databases_.reset();
            peers_.reset();
            check_.reset();
        } catch (const std::exception& error) {
            // No memory, most likely. A service that nobody looks at must not count as healthy.
            say({.healthy = false, .detail = fmt::format("the service check ended: {}", error.what())});
        }
    }

    void watch_databases(const config::Pgpool& pgpool) {
        databases_ = std::make_unique<DatabaseWatch>(
            loop_, DatabaseWatch::Setup{.poll_interval = pgpool.poll_interval, .status_file = pgpool.status_file},
            open_pcp(loop_, pgpool, pgpool.pcp_timeout), [this](const pgpool::View& view) {
                if (handlers_.databases) {
                    handlers_.databases(view);
                }
            });
    }

    void check(const config::Service& service) {
        if (service_ == service) {
            return;
        }
        check_.reset();
        check_ = make_check(loop_, service, pgpool_, [this](const Health& health) { say(health); });
    }

    /// Before service_ becomes the new one.
    void ask_peers(const config::Service& service, std::vector<PeerService> peers) {
        using enum config::ServiceKind;
        const bool answers_queries = service.kind == postgres || service.kind == pgpool;
        if (!answers_queries || service.query_peers == config::PeerQueries::off) {
            peers.clear();
        }
        if (service_ == service && asked_ == peers) {
            return;
        }
        peers_.reset();
        asked_ = peers;
        if (peers.empty()) {
            say_of_peers({});
        } else {
            peers_ =
                std::make_unique<PeerQueries>(loop_, service, std::move(peers),
                                              [this](const std::vector<PeerHealth>& known) { say_of_peers(known); });
        }
    }

    void say(const Health& health) {
        if (said_ != health) {
            said_ = health;
            if (handlers_.health) {
                handlers_.health(health);
            }
        }
    }

    void say_of_peers(const std::vector<PeerHealth>& known) {
        if (said_of_peers_ != known) {
            said_of_peers_ = known;
            if (handlers_.peers) {
                handlers_.peers(known);
            }
        }
    }

    std::optional<config::Pgpool> pgpool_;
    Handlers handlers_;
    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
    // From here on the lifecheck thread's own.
    std::optional<config::Service> service_;
    std::optional<Health> said_;
    std::unique_ptr<Check> check_;
    std::vector<PeerService> asked_;
    std::vector<PeerHealth> said_of_peers_;
    std::unique_ptr<PeerQueries> peers_;
    std::unique_ptr<DatabaseWatch> databases_;
};

Thread::Thread(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

Thread::~Thread() {
    stop();
}

Result<std::unique_ptr<Thread>> Thread::start(Setup setup, Handlers handlers) {
    if (const Status known = can_check(setup.service, setup.pgpool); !known) {
        return std::unexpected(known.error());
    }
    forget_postgres_environment();
    try {
        return std::unique_ptr<Thread>(new Thread(std::make_unique<Impl>(std::move(setup), std::move(handlers))));
    } catch (const std::exception& error) { // no epoll descriptor for the loop, or no thread
        return fail("cannot start the service check: {}", error.what());
    }
}

Status Thread::replace(const Setup& setup) {
    if (Status known = can_check(setup.service, impl_->pgpool()); !known) {
        return known;
    }
    impl_->replace(setup.service, setup.peers);
    return {};
}

void Thread::tell(pgpool::Command command, std::function<void(Status)> done) {
    impl_->tell(command, std::move(done));
}

void Thread::look() {
    impl_->look();
}

void Thread::stop() {
    impl_->stop();
}

} // namespace belay::lifecheck
