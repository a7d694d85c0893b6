#include "belay/lifecheck/database_watch.hpp"

#include "belay/lifecheck/file_watch.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace belay::lifecheck {

namespace {

using namespace std::chrono_literals;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

/// The pauses between looks after something happened; the last one goes on for as long as need be.
constexpr std::array<Duration, 5> quick_pauses{5ms, 10ms, 20ms, 50ms, 100ms};
constexpr Duration command_effect_max = 2s;    ///< from then on the usual interval will do
constexpr Duration change_settles_max = 500ms; ///< after a failover that pgpool-II began itself, or after news of it

const pgpool::Backend* find(const pgpool::View& view, std::uint32_t id) {
    const auto found = std::ranges::find(view.backends, id, &pgpool::Backend::id);
    return found == view.backends.end() ? nullptr : &*found;
}

struct IsDone {
    const pgpool::View& view;

    bool operator()(const pgpool::command::Detach& detach) const {
        const pgpool::Backend* const backend = find(view, detach.id);
        return backend != nullptr && !backend->attached();
    }

    bool operator()(const pgpool::command::Attach& attach) const { return attached(attach.id); }

    bool operator()(const pgpool::command::Claim& claim) const { return primary(claim.id); }

    bool operator()(const pgpool::command::SwitchOver& switch_over) const { return primary(switch_over.id); }

    bool operator()(const pgpool::command::Recover& recover) const { return attached(recover.id); }

private:
    [[nodiscard]] bool attached(std::uint32_t id) const {
        const pgpool::Backend* const backend = find(view, id);
        return backend != nullptr && backend->attached();
    }

    [[nodiscard]] bool primary(std::uint32_t id) const {
        return attached(id) && find(view, id)->role == pgpool::BackendRole::primary;
    }
};

} // namespace

bool is_done(const pgpool::Command& command, const pgpool::View& view) {
    return view.reachable && std::visit(IsDone{view}, command);
}

class DatabaseWatch::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(boost::asio::io_context& loop, Setup setup, std::unique_ptr<PcpAccess> pcp,
         std::function<void(const pgpool::View&)> told)
        : setup_(std::move(setup))
        , pcp_(std::move(pcp))
        , told_(std::move(told))
        , pause_(loop) {}

    void start(boost::asio::io_context& loop) {
        if (!setup_.status_file.empty()) {
            status_file_ = std::make_shared<FileWatch>(loop, setup_.status_file, FileWatch::News::written,
                                                       [weak = weak_from_this()] {
                                                           if (const auto self = weak.lock()) {
                                                               self->hurry(change_settles_max);
                                                               self->look();
                                                           }
                                                       });
        }
        look();
    }

    void look() {
        if (std::exchange(looking_, true)) {
            once_more_ = true;
            return;
        }
        pause_.cancel();
        began_ = Clock::now();
        if (status_file_) {
            status_file_->arm(); // before the question, so that no change is lost
        }
        pcp_->backends([weak = weak_from_this()](const Result<std::vector<pgpool::Backend>>& backends) {
            if (const auto self = weak.lock()) {
                self->take(backends);
            }
        });
    }

    void tell(const pgpool::Command& command, std::function<void(Status)> done) {
        pcp_->tell(command, [weak = weak_from_this(), command, done = std::move(done)](const Status& status) {
            const auto self = weak.lock();
            if (!self) {
                return;
            }
            if (status) {
                self->expected_.push_back({.command = command, .until = Clock::now() + command_effect_max});
                self->hurry(0ms);
            }
            self->look(); // a refusal too: it says that the last view is not what pgpool-II sees
            done(status);
        });
    }

private:
    struct Expected {
        pgpool::Command command;
        Clock::time_point until;
    };

    /// Short pauses from the first one on, until then at least.
    void hurry(Duration time) {
        hurry_until_ = std::max(hurry_until_, Clock::now() + time);
        quick_ = 0;
    }

    void take(const Result<std::vector<pgpool::Backend>>& backends) {
        looking_ = false;
        pgpool::View view;
        view.reachable = backends.has_value();
        if (backends) {
            view.backends = *backends;
        } else {
            view.problem = backends.error().text;
            view.backends = said_ ? said_->backends : std::vector<pgpool::Backend>();
        }
        const bool news = said_ != view;
        if (news && said_ && view.reachable) {
            hurry(change_settles_max);
        }
        said_ = view;
        std::erase_if(expected_,
                      [&](const Expected& one) { return is_done(one.command, view) || Clock::now() >= one.until; });
        if (std::exchange(once_more_, false)) {
            look();
        } else {
            rest();
        }
        if (news) {
            told_(view); // last: it may destroy the watch
        }
    }

    /// Until the next look. The usual interval counts from start to start.
    void rest() {
        const bool hurried = !expected_.empty() || Clock::now() < hurry_until_;
        const Clock::time_point usual = began_ + setup_.poll_interval;
        if (hurried) {
            const Duration pause = quick_pauses.at(std::min(quick_, quick_pauses.size() - 1));
            ++quick_;
            pause_.expires_at(std::min<Clock::time_point>(usual, Clock::now() + pause));
        } else {
            pause_.expires_at(usual);
        }
        pause_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
            if (const auto self = weak.lock(); self && !cancelled) {
                self->look();
            }
        });
    }

    Setup setup_;
    std::unique_ptr<PcpAccess> pcp_;
    std::function<void(const pgpool::View&)> told_;
    std::shared_ptr<FileWatch> status_file_;
    boost::asio::steady_timer pause_;
    Clock::time_point began_;
    bool looking_ = false;
    bool once_more_ = false; ///< asked for during a look
    std::optional<pgpool::View> said_;
    std::vector<Expected> expected_; ///< commands that were taken and are not seen done
    Clock::time_point hurry_until_;
    std::size_t quick_ = 0; ///< pauses since the last reason to hurry
};

DatabaseWatch::DatabaseWatch(boost::asio::io_context& loop, const Setup& setup, std::unique_ptr<PcpAccess> pcp,
                             std::function<void(const pgpool::View&)> told)
    : impl_(std::make_shared<Impl>(loop, setup, std::move(pcp), std::move(told))) {
    impl_->start(loop);
}

DatabaseWatch::~DatabaseWatch() = default;

void DatabaseWatch::look() {
    impl_->look();
}

void DatabaseWatch::tell(const pgpool::Command& command, std::function<void(Status)> done) {
    impl_->tell(command, std::move(done));
}

} // namespace belay::lifecheck
