#include "belay/info/thread.hpp"

#include "belay/base/log.hpp"
#include "belay/info/connection.hpp"
#include "belay/info/dialler.hpp"
#include "belay/info/hub.hpp"
#include "belay/info/listener.hpp"
#include "belay/info/report.hpp"
#include "belay/info/session.hpp" // NOLINT(misc-include-cleaner): a pointer to it is followed

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <pthread.h>
#include <system_error>
#include <thread>

namespace belay::info {

namespace {

Status check(const Setup& setup) {
    if (setup.own.card.name != setup.node_name) {
        return fail("the card is of node '{}', but this node is '{}'", setup.own.card.name, setup.node_name);
    }
    if (auto frame = encode_frame(encode(CardUpdate{.card = setup.own.card})); !frame) {
        return fail("the node card: {}", frame.error().text);
    }
    return {};
}

} // namespace

/// Everything of the thread. `io` comes first, so that it goes last: all the others hold sockets or timers of it. When
/// run() has returned, no coroutine is left.
struct Thread::Impl {
    Impl(Setup setup, Handlers handlers, std::shared_ptr<Tls> tls);

    void run();
    void begin();
    void end();
    void set_own(Own own);
    void ask(NodeId peer, const nlohmann::json& request, Duration deadline, Done done);
    void report();
    void schedule_report();
    void wake_all();

    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()}; ///< until end()
    Hub hub;
    Listener listener;
    std::map<NodeId, Dialler> diallers;
    asio::steady_timer report_timer;
    std::thread thread;
};

Thread::Impl::Impl(Setup setup, Handlers handlers, std::shared_ptr<Tls> tls)
    : hub(io, std::move(setup), std::move(handlers), std::move(tls))
    , listener(hub)
    , report_timer(io) {
    for (const Peer& peer : hub.setup.peers) {
        diallers.try_emplace(peer.id, hub, peer);
    }
    hub.wake_dialler = [this](NodeId peer) {
        if (const auto found = diallers.find(peer); found != diallers.end()) {
            found->second.wake();
        }
    };
}

void Thread::Impl::run() {
    static_cast<void>(::pthread_setname_np(::pthread_self(), "belay-info")); // only for people
    begin();
    for (;;) {
        try {
            io.run();
            return;
        } catch (const std::exception& problem) { // the handlers should not throw, but this thread must not end
            log::error("info_exception", {{"in", "event loop"}, {"text", problem.what()}, {"then", "going on"}});
        }
    }
}

void Thread::Impl::begin() {
    spawn(io, listener.run(), "listener");
    for (auto& [peer, dialler] : diallers) {
        spawn(io, dialler.run(), "dialler");
    }
    schedule_report();
}

void Thread::Impl::end() {
    hub.stopping = true;
    hub.verdicts.silence();
    listener.stop();
    report_timer.cancel();
    hub.registry.end_all("this daemon stops");
    for (Connection* const connection : hub.connections) {
        connection->close();
    }
    wake_all();
    work.reset();
}

void Thread::Impl::wake_all() {
    for (auto& [peer, dialler] : diallers) {
        dialler.wake();
    }
}

void Thread::Impl::set_own(Own own) {
    own.card.name = hub.setup.node_name;
    if (own == hub.setup.own) {
        return;
    }
    const bool joins_anew = own.vip_digest != hub.setup.own.vip_digest ||
                            own.config_digest != hub.setup.own.config_digest || own.fence != hub.setup.own.fence;
    hub.setup.own = std::move(own);
    if (joins_anew) {
        ++hub.configuration_number;
        hub.registry.end_all("the configuration of this node changed");
        wake_all();
    } else {
        hub.registry.send_to_all(CardUpdate{.card = hub.setup.own.card});
    }
}

void Thread::Impl::ask(NodeId peer, const nlohmann::json& request, Duration deadline, Done done) {
    if (const auto session = hub.registry.find(peer)) {
        session->ask(request, std::clamp<Duration>(deadline, std::chrono::milliseconds(1), ask_deadline_max),
                     std::move(done));
        return;
    }
    const auto known = std::ranges::find(hub.setup.peers, peer, &Peer::id);
    done(fail("there is no info session with '{}'", known == hub.setup.peers.end() ? "unknown node" : known->name));
}

void Thread::Impl::report() {
    if (hub.handlers.report) {
        hub.handlers.report(make_report(hub, listener));
    }
}

void Thread::Impl::schedule_report() {
    report_timer.expires_after(hub.setup.timing.report_interval);
    report_timer.async_wait([this](const ErrorCode& cancelled) {
        if (!cancelled && !hub.stopping) {
            schedule_report();
            report();
        }
    });
}

Thread::Thread(std::shared_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

Thread::~Thread() {
    stop();
}

Result<std::unique_ptr<Thread>> Thread::start(Setup setup, Handlers handlers) {
    if (const Status good = check(setup); !good) {
        return std::unexpected(good.error());
    }
    auto tls = Tls::make(setup.keys);
    if (!tls) {
        return std::unexpected(std::move(tls).error());
    }
    const auto impl = std::make_shared<Impl>(std::move(setup), std::move(handlers), *std::move(tls));
    impl->hub.life = impl;
    sigset_t all{};
    sigset_t before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before); // the new thread inherits it: signals belong to the main thread
    Status started;
    try {
        impl->thread = std::thread([loop = impl.get()] { loop->run(); });
    } catch (const std::system_error& problem) {
        started = fail_errno(problem.code().value(), "cannot start the info thread");
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (!started) {
        return std::unexpected(started.error());
    }
    return std::unique_ptr<Thread>(new Thread(impl));
}

void Thread::set_own(Own own) {
    asio::post(impl_->io, [impl = impl_.get(), own = std::move(own)]() mutable { impl->set_own(std::move(own)); });
}

void Thread::ask(NodeId peer, nlohmann::json request, Duration deadline, Done done) {
    asio::post(impl_->io, [impl = impl_.get(), peer, request = std::move(request), deadline,
                           done = std::move(done)]() mutable { impl->ask(peer, request, deadline, std::move(done)); });
}

Status Thread::replace_keys(const ClusterKeys& keys) {
    auto tls = Tls::make(keys);
    if (!tls) {
        return std::unexpected(std::move(tls).error());
    }
    asio::post(impl_->io, [impl = impl_.get(), tls = *std::move(tls)]() mutable {
        impl->hub.tls = std::move(tls);
        impl->wake_all(); // whoever was refused for the key may be let in now
    });
    return {};
}

void Thread::request_report() {
    asio::post(impl_->io, [impl = impl_.get()] { impl->report(); });
}

void Thread::stop() {
    if (!impl_->thread.joinable()) {
        return;
    }
    asio::post(impl_->io, [impl = impl_.get()] { impl->end(); });
    impl_->thread.join();
}

} // namespace belay::info
