#pragma once
// A pgpool-II as PCP shows it, played by the test: it answers at once, late, with an error, or not at all.

#include "belay/lifecheck/pcp_access.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace belay::test {

/// What the test holds and changes, while the code under test owns the access to it.
struct FakePgpool {
    std::vector<pgpool::Backend> backends;
    std::string problem;     ///< not empty: the answer to everything is this error
    bool holds_back = false; ///< answers to questions wait for release()
    int asked = 0;
    std::vector<std::string> told;                                                    ///< commands, in words
    std::deque<std::pair<boost::asio::io_context*, std::function<void()>>> held_back; ///< answers that wait

    void release() {
        while (!held_back.empty()) {
            boost::asio::post(*held_back.front().first, std::move(held_back.front().second));
            held_back.pop_front();
        }
    }
};

class FakePcp final : public lifecheck::PcpAccess {
public:
    FakePcp(boost::asio::io_context& loop, FakePgpool& pgpool)
        : loop_(loop)
        , pgpool_(pgpool) {}

    void backends(BackendsDone done) override {
        ++pgpool_.asked;
        const auto answer = [this, alive = std::weak_ptr(alive_), done = std::move(done)] {
            if (alive.expired()) {
                return;
            }
            if (pgpool_.problem.empty()) {
                done(pgpool_.backends);
            } else {
                done(std::unexpected(Error{.text = pgpool_.problem}));
            }
        };
        if (pgpool_.holds_back) {
            pgpool_.held_back.emplace_back(&loop_, answer);
        } else {
            boost::asio::post(loop_, answer);
        }
    }

    void tell(const pgpool::Command& command, TellDone done) override {
        pgpool_.told.push_back(pgpool::to_text(command));
        boost::asio::post(loop_, [this, alive = std::weak_ptr(alive_), done = std::move(done)] {
            if (!alive.expired()) {
                done(pgpool_.problem.empty() ? Status() : std::unexpected(Error{.text = pgpool_.problem}));
            }
        });
    }

private:
    boost::asio::io_context& loop_;
    FakePgpool& pgpool_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace belay::test
