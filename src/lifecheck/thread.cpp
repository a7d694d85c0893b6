#include "belay/lifecheck/thread.hpp"

#include "belay/lifecheck/check.hpp"

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
    Impl(const config::Service& service, std::function<void(Health)> changed)
        : changed_(std::move(changed))
        , work_(boost::asio::make_work_guard(loop_)) {
        replace(service);
        const AllSignalsBlocked blocked;
        thread_ = std::thread([this] { run(); });
    }

    /// Owner's thread.
    void replace(const config::Service& service) {
        boost::asio::post(loop_, [this, service] { check(service); });
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
            check_.reset();
        } catch (const std::exception& error) {
            // No memory, most likely. A service that nobody looks at must not count as healthy.
            changed_({.healthy = false, .detail = fmt::format("the service check ended: {}", error.what())});
        }
    }

    void check(const config::Service& service) {
        if (service_ == service) {
            return;
        }
        check_.reset();
        service_ = service;
        check_ = make_check(loop_, service, [this](const Health& health) { say(health); });
    }

    void say(const Health& health) {
        if (said_ != health) {
            said_ = health;
            changed_(health);
        }
    }

    std::function<void(Health)> changed_;
    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
    // From here on the lifecheck thread's own.
    std::optional<config::Service> service_;
    std::optional<Health> said_;
    std::unique_ptr<Check> check_;
};

Thread::Thread(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

Thread::~Thread() {
    stop();
}

Result<std::unique_ptr<Thread>> Thread::start(const config::Service& service, std::function<void(Health)> changed) {
    if (const Status known = can_check(service); !known) {
        return std::unexpected(known.error());
    }
    try {
        return std::unique_ptr<Thread>(new Thread(std::make_unique<Impl>(service, std::move(changed))));
    } catch (const std::exception& error) { // no epoll descriptor for the loop, or no thread
        return fail("cannot start the service check: {}", error.what());
    }
}

Status Thread::replace(const config::Service& service) {
    if (Status known = can_check(service); !known) {
        return known;
    }
    impl_->replace(service);
    return {};
}

void Thread::stop() {
    impl_->stop();
}

} // namespace belay::lifecheck
