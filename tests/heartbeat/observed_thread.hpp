#pragma once
// A heartbeat thread whose output can be waited for, with a deadline. No test waits for a time.

#include "belay/heartbeat/thread.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace belay::heartbeat::test {

constexpr std::chrono::seconds deadline(10); ///< far more than anything needs; a failure, not a time that is measured

/// Shared by all observed threads of a test: any output wakes whoever waits.
struct Observer {
    std::mutex mutex;
    std::condition_variable changed;
};

class ObservedThread {
public:
    ObservedThread(Observer& observer, Setup setup)
        : observer_(observer) {
        Handlers handlers{.received = [this](std::vector<Received> batch) { take(std::move(batch)); },
                          .report = [this](Report latest) { take(std::move(latest)); }};
        auto started = Thread::start(std::move(setup), std::move(handlers));
        BOOST_REQUIRE(started.has_value());
        thread_ = std::move(*started);
    }

    Thread& operator*() { return *thread_; }

    Thread* operator->() { return thread_.get(); }

    /// All that follows is for holders of Observer::mutex.
    std::vector<Received> received;
    Report report; ///< the last one
    std::vector<Note> notes;
    std::function<void()> on_received; ///< on the heartbeat thread, without the mutex

private:
    void take(std::vector<Received> batch) {
        std::function<void()> act;
        {
            const std::lock_guard lock(observer_.mutex);
            received.insert(received.end(), batch.begin(), batch.end());
            act = on_received;
        }
        observer_.changed.notify_all();
        if (act) {
            act();
        }
    }

    void take(Report latest) {
        {
            const std::lock_guard lock(observer_.mutex);
            notes.insert(notes.end(), latest.notes.begin(), latest.notes.end());
            report = std::move(latest);
        }
        observer_.changed.notify_all();
    }

    Observer& observer_;
    std::unique_ptr<Thread> thread_;
};

/// Does `act` again and again, about each heartbeat interval, until `reached` (called with the mutex held).
inline bool repeat_until(Observer& observer, const std::function<void()>& act, const std::function<bool()>& reached) {
    const auto give_up = std::chrono::steady_clock::now() + deadline;
    while (std::chrono::steady_clock::now() < give_up) {
        act();
        std::unique_lock lock(observer.mutex);
        if (observer.changed.wait_for(lock, std::chrono::milliseconds(20), reached)) {
            return true;
        }
    }
    return false;
}

inline bool wait_until(Observer& observer, const std::function<bool()>& reached) {
    std::unique_lock lock(observer.mutex);
    return observer.changed.wait_for(lock, deadline, reached);
}

} // namespace belay::heartbeat::test
