#pragma once
// Runs a check on a loop of the test's own thread, and keeps what it reports.

#include "belay/lifecheck/check.hpp"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace belay::lifecheck {

struct Bench {
    boost::asio::io_context loop;
    std::vector<Health> heard;
    std::unique_ptr<Check> check;

    void watch(const config::Service& service) {
        check = make_check(loop, service, std::nullopt, [this](const Health& health) { heard.push_back(health); });
    }

    /// Runs the loop until the last report satisfies `wanted`; false when that takes longer than the deadline.
    template <typename Predicate>
    bool until(Predicate wanted, std::chrono::milliseconds deadline = std::chrono::seconds(5)) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        while (heard.empty() || !wanted(heard.back())) {
            loop.restart();
            if (loop.run_one_until(end) == 0) {
                return false;
            }
        }
        return true;
    }

    bool until_said(bool healthy, std::string_view words,
                    std::chrono::milliseconds deadline = std::chrono::seconds(5)) {
        return until(
            [=](const Health& health) {
                return health.healthy == healthy && health.detail.find(words) != std::string::npos;
            },
            deadline);
    }
};

} // namespace belay::lifecheck
