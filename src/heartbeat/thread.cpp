#include "belay/heartbeat/thread.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/heartbeat/channels.hpp"
#include "belay/heartbeat/exchange.hpp"
#include "belay/heartbeat/journal.hpp"
#include "belay/heartbeat/news.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cassert>
#include <csignal>
#include <mutex>
#include <openssl/rand.h>
#include <pthread.h>
#include <system_error>
#include <thread>

namespace belay::heartbeat {

namespace {

namespace asio = boost::asio;

/// Batches that a readable socket may read before others have their turn: a flood must not keep us from sending.
constexpr std::size_t batches_per_turn = 2;
/// More packets than a receive buffer holds, so that draining reads all that was there and yet ends in a flood.
constexpr std::size_t batches_per_drain = 4096 / ChannelSocket::batch_max;
constexpr Duration report_interval = std::chrono::seconds(1);

/// None when the generator fails: nothing is asked then, rather than something predictable.
wire::Nonce random_nonce() {
    wire::Nonce nonce;
    if (RAND_bytes(nonce.bytes.data(), static_cast<int>(nonce.bytes.size())) != 1) {
        return {};
    }
    return nonce;
}

} // namespace

/// All that the thread owns. Every member function but the constructor runs on it; members live until it was joined.
class Thread::Loop {
public:
    Loop(const Setup& setup, Handlers handlers, Exchange exchange)
        : heartbeat_interval_(setup.heartbeat_interval)
        , handlers_(std::move(handlers))
        , exchange_(std::move(exchange))
        , channels_(setup)
        , watches_(setup.channels.size())
        , news_((setup.peers.size() + 1) / 2) {}

    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    ~Loop() {
        for (Watch& watch : watches_) {
            unwatch(watch);
        }
    }

    Status run_on_new_thread();
    void stop();

    template <typename Act>
    void post(Act act) {
        asio::post(context_, std::move(act));
    }

    void send(const std::vector<Outbound>& messages);
    void drain();

    void replace_keys(wire::Keyring keys) { exchange_.replace_keys(std::move(keys)); }

private:
    /// Waits for the socket of a channel; does not own its descriptor.
    using Watch = std::optional<asio::posix::stream_descriptor>;

    void run();
    void tick();
    void each_second();
    void open_channels();
    void wait_readable(std::size_t channel);
    void read(std::size_t channel, std::size_t batches_max);
    void take(const Datagram& datagram);
    void deliver();
    void judge_channels();
    void report();
    [[nodiscard]] ChannelReport report_channel(std::size_t peer, std::size_t channel) const;
    static void unwatch(Watch& watch);

    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    asio::steady_timer report_timer_{context_};
    Duration heartbeat_interval_;
    Instant ticked_at_; ///< when tick() ran last
    Handlers handlers_;
    Exchange exchange_;
    Channels channels_;
    std::vector<Watch> watches_; ///< one a channel
    Journal journal_;
    News news_;
    std::vector<Received> accepted_; ///< not delivered yet
    bool urgent_ = false;            ///< one of them cannot wait for the next tick
    std::thread thread_;
    std::once_flag stopped_;
};

Status Thread::Loop::run_on_new_thread() {
    // Signals are the watchdog thread's business: a new thread inherits the mask.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    Status started;
    try {
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error& error) {
        started = fail_errno(error.code().value(), "cannot start the heartbeat thread");
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return started;
}

void Thread::Loop::run() {
    ::pthread_setname_np(::pthread_self(), "belay-hb");
    each_second();
    context_.run();
}

void Thread::Loop::stop() {
    std::call_once(stopped_, [this] {
        context_.stop();
        if (thread_.joinable()) {
            thread_.join();
        }
    });
}

/// Once a heartbeat: at our own, for which this thread is awake anyway, and each second in any case.
void Thread::Loop::tick() {
    ticked_at_ = boot_now();
    drain(); // before anyone is found silent: we may have been the ones who slept
    judge_channels();
}

void Thread::Loop::each_second() {
    open_channels();
    tick();
    journal_.flush(boot_now());
    report();
    report_timer_.expires_after(report_interval);
    report_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            each_second();
        }
    });
}

void Thread::Loop::open_channels() {
    for (const std::size_t channel : channels_.open_missing()) {
        boost::system::error_code error;
        Watch& watch = watches_.at(channel);
        watch.emplace(context_);
        watch->assign(channels_.socket(channel)->descriptor(), error);
        if (error) {
            watch.reset();
            channels_.close(channel, {.text = "cannot watch its socket: " + error.message(), .code = error.value()});
            continue;
        }
        wait_readable(channel);
    }
}

void Thread::Loop::wait_readable(std::size_t channel) {
    auto& watch = watches_.at(channel);
    assert(watch);
    watch->async_wait(asio::posix::descriptor_base::wait_read, [this, channel](const boost::system::error_code& error) {
        if (error) {
            return; // unwatched
        }
        read(channel, batches_per_turn);
        if (urgent_) {
            deliver();
        } else if (journal_.has_notes()) {
            report();
        }
        if (watches_.at(channel)) {
            wait_readable(channel);
        }
    });
}

void Thread::Loop::read(std::size_t channel, std::size_t batches_max) {
    for (std::size_t batch = 0; batch < batches_max; ++batch) {
        ChannelSocket* const socket = channels_.socket(channel);
        if (socket == nullptr) {
            return;
        }
        const auto count = socket->read([this, channel](const RawDatagram& raw) {
            take({.bytes = raw.bytes, .channel = channel, .source = raw.source, .heard_at = raw.heard_at});
        });
        if (!count) {
            unwatch(watches_.at(channel));
            channels_.close(channel, count.error());
            return;
        }
        if (*count < ChannelSocket::batch_max) {
            return;
        }
    }
}

void Thread::Loop::take(const Datagram& datagram) {
    const Instant now = boot_now();
    Outcome outcome = exchange_.receive(now, datagram);
    if (outcome.suspicious) {
        journal_.bad_packet(outcome.refused.value_or(wire::Reject::repeated), datagram, now);
    }
    if (outcome.proved && outcome.peer) {
        journal_.proved(exchange_, *outcome.peer);
    }
    if (outcome.rival && outcome.peer) {
        journal_.rival(exchange_, *outcome.peer, *outcome.rival);
    }
    if (outcome.received) {
        urgent_ = news_.is_news(*outcome.received) || urgent_;
        accepted_.push_back(std::move(*outcome.received));
    }
    if (outcome.reply) {
        if (const auto packet = exchange_.compose(now, *outcome.reply)) {
            channels_.send(outcome.reply->to, *packet, now);
        }
    }
}

void Thread::Loop::deliver() {
    if (!accepted_.empty() && handlers_.received) {
        handlers_.received(std::exchange(accepted_, {}));
    }
    accepted_.clear();
    urgent_ = false;
    if (journal_.has_notes()) {
        report();
    }
}

void Thread::Loop::drain() {
    for (std::size_t channel = 0; channel < channels_.count(); ++channel) {
        read(channel, batches_per_drain);
    }
    deliver();
}

void Thread::Loop::judge_channels() {
    const Instant now = boot_now();
    const std::vector<ChannelChange> changes = exchange_.judge_channels(now);
    for (const ChannelChange& change : changes) {
        journal_.channel_changed(exchange_, change, now);
    }
    if (!changes.empty()) {
        report();
    }
}

void Thread::Loop::send(const std::vector<Outbound>& messages) {
    for (const Outbound& outbound : messages) {
        const auto peer = exchange_.index_of(outbound.to);
        if (!peer) {
            continue;
        }
        const Instant now = boot_now();
        const auto packet = exchange_.compose(now, *peer, outbound.message);
        if (!packet) {
            log::error(
                "heartbeat_not_sent",
                {{"peer", exchange_.peer(*peer).name}, {"error", packet.error().text}, {"next", "the next one"}});
            continue;
        }
        channels_.send(*peer, *packet, now);
    }
    if (boot_now() - ticked_at_ >= heartbeat_interval_ / 2) {
        tick();
    }
}

void Thread::Loop::report() {
    Report report{
        .made_at = boot_now(), .peers = {}, .strangers = exchange_.strangers(), .notes = journal_.take_notes()};
    for (std::size_t index = 0; index < exchange_.peer_count(); ++index) {
        const wire::Contact& contact = exchange_.contact(index);
        PeerReport peer{.id = exchange_.peer(index).id,
                        .name = exchange_.peer(index).name,
                        .incarnation = contact.established(),
                        .last_heard = contact.last_heard(),
                        .channels = {}};
        for (std::size_t channel = 0; channel < exchange_.channels(index).size(); ++channel) {
            peer.channels.push_back(report_channel(index, channel));
        }
        report.peers.push_back(std::move(peer));
    }
    if (handlers_.report) {
        handlers_.report(std::move(report));
    }
}

ChannelReport Thread::Loop::report_channel(std::size_t peer, std::size_t channel) const {
    const wire::ChannelStats& stats = exchange_.channels(peer).at(channel);
    const SendState& sending = channels_.sending(peer, channel);
    const std::string& socket_trouble = channels_.trouble(channel);
    return {.own = channels_.own(channel),
            .peer = exchange_.peer(peer).channels.at(channel),
            .state = stats.state(),
            .last_heard = stats.last_heard(),
            .counts = stats.counts(),
            .sent = sending.sent,
            .send_failures = sending.failures,
            .trouble = socket_trouble.empty() ? sending.trouble : socket_trouble};
}

void Thread::Loop::unwatch(Watch& watch) {
    if (watch) {
        watch->release(); // the descriptor is the socket's to close; waits on it end with an error
        watch.reset();
    }
}

Thread::Thread(std::unique_ptr<Loop> loop)
    : loop_(std::move(loop)) {}

Thread::~Thread() {
    stop();
}

Result<std::unique_ptr<Thread>> Thread::start(const Setup& setup, Handlers handlers) {
    auto exchange = Exchange::make(setup, random_nonce, boot_now());
    if (!exchange) {
        return std::unexpected(exchange.error());
    }
    auto loop = std::make_unique<Loop>(setup, std::move(handlers), std::move(*exchange));
    if (const Status started = loop->run_on_new_thread(); !started) {
        return std::unexpected(started.error());
    }
    return std::unique_ptr<Thread>(new Thread(std::move(loop)));
}

void Thread::send(std::vector<Outbound> messages) {
    loop_->post([loop = loop_.get(), messages = std::move(messages)] { loop->send(messages); });
}

void Thread::drain(std::function<void()> done) {
    loop_->post([loop = loop_.get(), done = std::move(done)] {
        loop->drain();
        done();
    });
}

Status Thread::replace_keys(const ClusterKeys& keys) {
    auto keyring = wire::Keyring::make(keys);
    if (!keyring) {
        return std::unexpected(keyring.error());
    }
    loop_->post([loop = loop_.get(), ready = std::move(*keyring)]() mutable { loop->replace_keys(std::move(ready)); });
    return {};
}

void Thread::stop() {
    loop_->stop();
}

} // namespace belay::heartbeat
