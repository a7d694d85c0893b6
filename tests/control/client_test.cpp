#include "belay/control/client.hpp"

#include "support.hpp"

#include <future>
#include <poll.h>
#include <sys/un.h>

using namespace belay::control;
using namespace belay::control::testing;
using namespace std::chrono_literals;
using boost::asio::io_context;

namespace {

using Answer = std::expected<Reply, CallError>;

/// Calls from another thread while `context` runs here.
Answer call_while_running(io_context& context, const std::string& path, const Request& request,
                          belay::Duration timeout) {
    auto pending = std::async(std::launch::async, [&] { return call(path, request, timeout); });
    BOOST_TEST(run_until(context, [&] { return pending.wait_for(0s) == std::future_status::ready; }));
    return pending.get();
}

/// Something that is not belayd: takes one connection, says `text`, and hangs up.
Answer call_impostor(const std::string& text) {
    const Directory directory;
    auto file = SocketFile::create(directory.path, std::nullopt);
    BOOST_REQUIRE(file.has_value());
    const int listener = file->release_fd();
    auto pending = std::async(std::launch::async, [&] { return call(directory.socket(), request::Status{}, 20s); });
    pollfd ready{.fd = listener, .events = POLLIN, .revents = 0};
    BOOST_REQUIRE(::poll(&ready, 1, 20'000) == 1);
    const int connection = ::accept(listener, nullptr, nullptr);
    ready.fd = connection;
    BOOST_REQUIRE(::poll(&ready, 1, 20'000) == 1);
    BOOST_TEST(::send(connection, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
    ::close(connection);
    ::close(listener);
    return pending.get();
}

CallFailure failure_of(const Answer& answer) {
    BOOST_REQUIRE(!answer.has_value());
    return answer.error().failure;
}

} // namespace

BOOST_AUTO_TEST_SUITE(control_client)

BOOST_AUTO_TEST_CASE(brings_answers_and_refusals_home) {
    const Directory directory;
    io_context context;
    const auto server = open_server(context, options_for(directory), [](const Request& request, const auto& reply) {
        if (right_for(request) == Right::change) {
            reply(error_reply("not now"));
            return;
        }
        reply(ok_reply({{"filling", std::string(std::size_t{1} << 20U, 'x')}}));
    });
    const Answer good = call_while_running(context, directory.socket(), request::Status{}, 20s);
    BOOST_REQUIRE(good.has_value());
    BOOST_TEST(good->ok);
    BOOST_TEST(good->result.at("filling").get<std::string>().size() == std::size_t{1} << 20U);
    const Answer refused = call_while_running(context, directory.socket(), request::Reload{}, 20s);
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST(!refused->ok);
    BOOST_TEST(refused->error == "not now");
}

BOOST_AUTO_TEST_CASE(absent_daemon_is_not_reachable) {
    const Directory directory;
    const Answer nothing = call(directory.socket(), request::Status{}, 20s);
    BOOST_TEST((failure_of(nothing) == CallFailure::not_reachable));
    BOOST_TEST(nothing.error().text == "no daemon can be reached at " + directory.socket() +
                                           ": No such file or directory; is belayd running? systemctl status belayd");
    auto dead = SocketFile::create(directory.path, std::nullopt);
    ::close(dead->release_fd());
    BOOST_TEST((failure_of(call(directory.socket(), request::Status{}, 20s)) == CallFailure::not_reachable));
    BOOST_TEST(
        (failure_of(call("/tmp/" + std::string(200, 'x'), request::Status{}, 20s)) == CallFailure::not_reachable));
}

BOOST_AUTO_TEST_CASE(hung_daemon_times_out) {
    const Directory directory;
    auto file = SocketFile::create(directory.path, std::nullopt); // listens, and nobody ever accepts
    const Answer hung = call(directory.socket(), request::Status{}, 50ms);
    BOOST_TEST((failure_of(hung) == CallFailure::timeout));
    BOOST_TEST(hung.error().text.contains("did not answer within 50ms"));
    const int listener = file->release_fd();
    ::listen(listener, 0);
    const RawClient fills_the_queue(directory.socket());
    const RawClient fills_it_more(directory.socket());
    BOOST_TEST((failure_of(call(directory.socket(), request::Status{}, 50ms)) == CallFailure::timeout));
    ::close(listener);
}

BOOST_AUTO_TEST_CASE(daemon_that_ends_meanwhile_is_not_reachable) {
    BOOST_TEST((failure_of(call_impostor("")) == CallFailure::not_reachable));
    BOOST_TEST((failure_of(call_impostor("{\"ok\":true")) == CallFailure::not_reachable));
}

BOOST_AUTO_TEST_CASE(impostor_is_a_bad_answer) {
    for (const char* text : {"220 mail ready\r\n", "{}\n", "{\"ok\":true,\"result\":7}\n", "\n"}) {
        BOOST_TEST((failure_of(call_impostor(text)) == CallFailure::bad_answer), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
