#include "belay/lifecheck/looks.hpp"

#include "belay/lifecheck/rise_fall.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <fmt/format.h>
#include <utility>

namespace belay::lifecheck {

namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr Duration recheck_interval_min = std::chrono::milliseconds(50);

} // namespace

class Looks::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(boost::asio::io_context& loop, const Pace& pace, BeginLook begin, std::function<void(const Finding&)> told)
        : pace_(pace)
        , begin_(std::move(begin))
        , told_(std::move(told))
        , verdict_(pace.rise, pace.fall)
        , deadline_(loop)
        , pause_(loop) {}

    void look() {
        began_ = Clock::now();
        const std::uint64_t round = ++round_;
        deadline_.expires_after(pace_.timeout);
        deadline_.async_wait([weak = weak_from_this(), round](const error_code&) {
            if (const auto self = weak.lock()) {
                self->finish(round, self->late());
            }
        });
        look_ = begin_([weak = weak_from_this(), round](const std::string& problem) {
            if (const auto self = weak.lock()) {
                self->finish(round, problem);
            }
        });
    }

private:
    std::string late() {
        const std::string_view stage = look_ ? look_->stage() : std::string_view();
        return fmt::format("no answer within {}{}", to_text(pace_.timeout),
                           stage.empty() ? "" : fmt::format(" ({})", stage));
    }

    /// The first of answer and deadline ends a round; the other one finds its round over. The words are a copy, because
    /// those of an answer may belong to the look.
    void finish(std::uint64_t round, std::string problem) {
        if (round != round_) {
            return;
        }
        ++round_;
        look_.reset();
        deadline_.cancel();
        verdict_.observe(problem.empty());
        const Duration pause = verdict_.in_doubt()
                                   ? std::min(pace_.interval, std::max(pace_.interval / 4, recheck_interval_min))
                                   : pace_.interval;
        pause_.expires_at(began_ + pause); // already past when the look took longer: then at once
        pause_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
            if (const auto self = weak.lock(); self && !cancelled) {
                self->look();
            }
        });
        told_({.healthy = verdict_.healthy(),
               .problem = std::move(problem),
               .in_a_row = verdict_.in_a_row(),
               .needed = verdict_.needed()}); // last: it may destroy the looks
    }

    Pace pace_;
    BeginLook begin_;
    std::function<void(const Finding&)> told_;
    RiseFall verdict_;
    std::unique_ptr<Look> look_;
    boost::asio::steady_timer deadline_;
    boost::asio::steady_timer pause_;
    Clock::time_point began_;
    std::uint64_t round_ = 0;
};

Pace pace_of(const config::Service& service) {
    return {.interval = service.interval, .timeout = service.timeout, .rise = service.rise, .fall = service.fall};
}

Looks::Looks(boost::asio::io_context& loop, const Pace& pace, BeginLook begin, std::function<void(const Finding&)> told)
    : impl_(std::make_shared<Impl>(loop, pace, std::move(begin), std::move(told))) {
    impl_->look();
}

Looks::~Looks() = default;

} // namespace belay::lifecheck
