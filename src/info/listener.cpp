#include "belay/info/listener.hpp"

#include "belay/base/log.hpp"
#include "belay/info/accepter.hpp"
#include "belay/info/hub.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

namespace belay::info {

namespace {

constexpr int backlog = 64;

std::multiset<IpAddress> addresses_of(const std::vector<Peer>& peers) {
    std::multiset<IpAddress> out;
    for (const Peer& peer : peers) {
        out.insert(peer.info.address);
    }
    return out;
}

/// Errors of accept(2) that mean the one connection, not the listener.
bool is_about_the_connection(const ErrorCode& error) {
    return error == asio::error::connection_aborted || error == asio::error::interrupted ||
           error == asio::error::network_down || error == asio::error::host_unreachable ||
           error == asio::error::network_unreachable;
}

} // namespace

Listener::Listener(Hub& hub)
    : hub_(hub)
    , slots_(addresses_of(hub.setup.peers))
    , acceptor_(hub.io)
    , retry_(hub.io) {}

Status Listener::open() {
    const Endpoint& here = hub_.setup.listen;
    const Tcp::endpoint endpoint = to_asio(here);
    const int on = 1;
    ErrorCode error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) {
        acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
    }
    if (!error && !here.address.is_v4()) {
        acceptor_.set_option(asio::ip::v6_only(true), error);
    }
    if (!error) {
        const int level = here.address.is_v4() ? IPPROTO_IP : IPPROTO_IPV6;
        const int option = here.address.is_v4() ? IP_FREEBIND : IPV6_FREEBIND;
        if (::setsockopt(acceptor_.native_handle(), level, option, &on, sizeof on) != 0) {
            error = ErrorCode(errno, boost::system::system_category());
        }
    }
    if (!error) {
        acceptor_.bind(endpoint, error);
    }
    if (!error) {
        acceptor_.listen(backlog, error);
    }
    if (error) {
        ErrorCode ignored;
        acceptor_.close(ignored);
        return fail_errno(error.value(), "cannot listen on {}", to_text(here));
    }
    return {};
}

Task<> Listener::run() {
    while (!hub_.stopping) {
        if (!acceptor_.is_open()) {
            if (const Status opened = open(); !opened) {
                co_await wait_after(opened.error().text);
                continue;
            }
            note_working();
        }
        co_await accept_one();
    }
}

Task<> Listener::accept_one() {
    Tcp::socket socket(hub_.io);
    Tcp::endpoint from;
    const auto [error] = co_await acceptor_.async_accept(socket, from, as_values);
    if (hub_.stopping || (error && is_about_the_connection(error))) {
        co_return;
    }
    if (error) { // out of descriptors or memory: the connections that are there must go on
        co_await wait_after(fmt::format("cannot accept on {}: {}", to_text(hub_.setup.listen), error.message()));
        co_return;
    }
    note_working();
    ++hub_.counters.connections_accepted;
    auto slot = slots_.take(from_asio(from.address()));
    if (!slot) {
        ++hub_.counters.connections_over_limit; // and the socket closes
        co_return;
    }
    try {
        serve(hub_, std::move(socket), *std::move(slot));
    } catch (const std::exception& problem) { // out of memory; it must not cost the listener
        log::error("info_exception", {{"in", "accepting"}, {"text", problem.what()}, {"then", "closed it"}});
    }
}

Task<> Listener::wait_after(std::string problem) {
    if (problem != problem_) {
        log::warning("info_listener",
                     {{"text", problem},
                      {"then", fmt::format("trying again each {}", belay::to_text(hub_.setup.timing.listen_retry))}});
        problem_ = std::move(problem);
    }
    retry_.expires_after(hub_.setup.timing.listen_retry);
    co_await retry_.async_wait(as_values);
}

void Listener::note_working() {
    if (!problem_.empty()) {
        log::notice("info_listener", {{"text", fmt::format("listening on {} now", to_text(hub_.setup.listen))}});
        problem_.clear();
    }
}

void Listener::stop() {
    ErrorCode ignored;
    acceptor_.close(ignored);
    retry_.cancel();
}

} // namespace belay::info
