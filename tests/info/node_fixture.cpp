#include "node_fixture.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <stdexcept>

namespace belay::info::test {

namespace {

using namespace std::chrono_literals;

constexpr auto wait_max = 30s;
const std::vector<std::string> names{"alpha", "beta", "gamma"};

} // namespace

ClusterKeys keys_of(std::initializer_list<std::uint8_t> fills) {
    ClusterKeys keys;
    for (const std::uint8_t fill : fills) {
        keys.emplace_back(std::vector<std::uint8_t>(32, fill));
    }
    return keys;
}

Endpoint endpoint_of(std::uint8_t host) {
    Endpoint endpoint{.address = parse_ip("127.0.0.0").value(), .port = 7941};
    endpoint.address.bytes[3] = host;
    return endpoint;
}

Timing quick_timing() {
    Timing timing;
    timing.handshake_max = 1s;
    timing.join_max = 1s;
    timing.frame_max = 1s;
    timing.idle_max = 10s;
    timing.ping_interval = 500ms;
    timing.retry_min = 20ms;
    timing.retry_max = 200ms;
    timing.refused_retry = 300ms;
    timing.listen_retry = 50ms;
    return timing;
}

Setup setup_of(const std::string& name, const std::string& incarnation) {
    Setup setup;
    setup.cluster_name = "pgha";
    setup.node_name = name;
    setup.self = node_id(name);
    setup.keys = keys_of({1});
    setup.timing = quick_timing();
    for (std::size_t index = 0; index < names.size(); ++index) {
        const Endpoint endpoint = endpoint_of(static_cast<std::uint8_t>(index + 1));
        if (names[index] == name) {
            setup.listen = endpoint;
        } else {
            setup.peers.push_back({.id = node_id(names[index]), .name = names[index], .info = endpoint});
        }
    }
    setup.own = {.card = {}, .vip_digest = 17, .config_digest = 34, .fence = "nftables"};
    setup.own.card.name = name;
    setup.own.card.incarnation = incarnation;
    setup.own.card.version = "0.1.0";
    setup.own.card.status = "standby";
    return setup;
}

TestNode::TestNode(Setup setup) {
    Handlers handlers;
    handlers.joined = [this](NodeId peer, const Join& join) {
        const std::scoped_lock lock(mutex_);
        joins_.emplace_back(peer, join);
        changed_.notify_all();
    };
    handlers.card = [this](NodeId peer, const NodeCard& card) {
        const std::scoped_lock lock(mutex_);
        cards_.emplace_back(peer, card);
        changed_.notify_all();
    };
    handlers.request = [this](NodeId peer, const nlohmann::json& request, Reply reply) {
        if (on_request) {
            on_request(peer, request, std::move(reply));
        }
    };
    handlers.report = [this](const Report& report) {
        const std::scoped_lock lock(mutex_);
        report_ = report;
        changed_.notify_all();
    };
    auto started = Thread::start(std::move(setup), std::move(handlers));
    BOOST_REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error().text));
    thread_ = *std::move(started);
}

template <typename Condition>
void TestNode::wait(const char* what, Condition condition) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, wait_max, condition)) {
        std::string journal;
        for (const auto& [peer, join] : joins_) {
            journal += fmt::format("\n  {} {} {} {} '{}'", join.name, join.address, to_text(join.direction),
                                   to_text(join.verdict), join.reason);
        }
        throw std::runtime_error(fmt::format("waited in vain for: {}; verdicts so far:{}", what, journal));
    }
}

Join TestNode::wait_join(NodeId peer, const std::function<bool(const Join&)>& matches) {
    Join found;
    wait("a verdict", [&] {
        return std::ranges::any_of(joins_, [&](const auto& entry) {
            found = entry.second;
            return entry.first == peer && matches(entry.second);
        });
    });
    return found;
}

Join TestNode::wait_verdict(const std::string& peer, Verdict verdict, Direction direction) {
    return wait_join(node_id(peer),
                     [&](const Join& join) { return join.verdict == verdict && join.direction == direction; });
}

Join TestNode::wait_stranger(Verdict verdict) {
    return wait_join(NodeId{}, [&](const Join& join) { return join.verdict == verdict; });
}

NodeCard TestNode::wait_card(const std::string& peer, const std::function<bool(const NodeCard&)>& matches) {
    NodeCard found;
    wait("a card", [&] {
        return std::ranges::any_of(cards_, [&](const auto& entry) {
            found = entry.second;
            return entry.first == node_id(peer) && matches(entry.second);
        });
    });
    return found;
}

void TestNode::wait_joined(const std::string& peer) {
    wait_verdict(peer, Verdict::accepted, Direction::dialled);
    wait_verdict(peer, Verdict::accepted, Direction::accepted);
}

Report TestNode::wait_report(const std::function<bool(const Report&)>& matches) {
    const auto deadline = std::chrono::steady_clock::now() + wait_max;
    for (;;) {
        {
            const std::scoped_lock lock(mutex_);
            report_.reset();
        }
        thread_->request_report();
        wait("a report", [&] { return report_.has_value(); });
        const std::scoped_lock lock(mutex_);
        if (matches(*report_)) {
            return *report_;
        }
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("waited in vain for a report");
        }
    }
}

Result<nlohmann::json> TestNode::ask(const std::string& peer, const nlohmann::json& request, Duration deadline) {
    const auto outcome = std::make_shared<std::optional<Result<nlohmann::json>>>(); // may come after we gave up
    thread_->ask(node_id(peer), request, deadline, [this, outcome](Result<nlohmann::json> answer) {
        const std::scoped_lock lock(mutex_);
        *outcome = std::move(answer);
        changed_.notify_all();
    });
    wait("the end of a request", [&] { return outcome->has_value(); });
    const std::scoped_lock lock(mutex_);
    return **outcome;
}

std::size_t TestNode::count_verdicts(const std::string& peer, Verdict verdict) {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count_if(
        joins_, [&](const auto& entry) { return entry.first == node_id(peer) && entry.second.verdict == verdict; }));
}

void TestNode::forget() {
    const std::scoped_lock lock(mutex_);
    joins_.clear();
    cards_.clear();
}

} // namespace belay::info::test
