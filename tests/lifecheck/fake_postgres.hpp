#pragma once
// A server that speaks as much of the protocol of PostgreSQL (its manual, "Frontend/Backend Protocol") as a life check
// hears, on the loop of the test, and misbehaves as it is told to.

#include "belay/base/inet.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace belay::test {

enum class Manner : std::uint8_t {
    answers,
    silent,          ///< accepts, reads, never says a word
    asks_password,   ///< and takes any
    refuses_login,   ///< with an error
    fails_query,     ///< with an error
    forgets_query,   ///< logs in and never answers the query
    closes_at_login, ///
    closes_at_query, ///
    talks_garbage,   ///
    slow,            ///< answers the query after FakePostgres::delay
    floods,          ///< sends notices for ever, and never answers the query
    starts_a_copy,   ///< answers the query with a COPY that never begins
};

class FakePostgres {
public:
    FakePostgres(boost::asio::io_context& loop, std::uint16_t port, Manner how = Manner::answers)
        : manner(how)
        , acceptor_(loop, {boost::asio::ip::make_address("127.0.0.1"), port}) {
        accept();
    }

    FakePostgres(const FakePostgres&) = delete;
    FakePostgres& operator=(const FakePostgres&) = delete;
    FakePostgres(FakePostgres&&) = delete;
    FakePostgres& operator=(FakePostgres&&) = delete;

    ~FakePostgres() {
        for (const auto& session : sessions_) {
            session->server = nullptr;
            boost::system::error_code ignored;
            session->socket.close(ignored);
        }
    }

    [[nodiscard]] Endpoint endpoint() const {
        return {.address = parse_ip("127.0.0.1").value(), .port = acceptor_.local_endpoint().port()};
    }

    Manner manner;
    std::chrono::milliseconds delay{30};
    std::vector<std::string> logins; ///< the parameters of each login, "user=asker database=postgres"
    std::vector<std::string> said;   ///< passwords and queries
    int connections = 0;             ///< so far
    int goodbyes = 0;                ///< connections that ended with Terminate

private:
    struct Session {
        explicit Session(FakePostgres& owner, boost::asio::ip::tcp::socket connection)
            : server(&owner)
            , socket(std::move(connection))
            , pause(socket.get_executor()) {}

        FakePostgres* server;
        boost::asio::ip::tcp::socket socket;
        boost::asio::steady_timer pause;
        std::vector<std::uint8_t> input;
        std::string output;
    };

    using Shared = std::shared_ptr<Session>;

    static std::string number(std::uint32_t value) {
        return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
                static_cast<char>(value)};
    }

    static std::string message(char type, std::string_view payload) {
        return type + number(static_cast<std::uint32_t>(payload.size() + 4)) + std::string(payload);
    }

    static std::string error(std::string_view severity, std::string_view text) {
        using namespace std::string_literals;
        return message('E', "S"s + std::string(severity) + "\0V"s + std::string(severity) + "\0C28P01\0M"s +
                                std::string(text) + "\0\0"s);
    }

    static std::string ready() { return message('Z', "I"); }

    static std::string welcome() { return message('R', number(0)) + ready(); }

    static std::string done() { return message('C', std::string_view("SELECT 1\0", 9)) + ready(); }

    static std::uint32_t length_at(const std::vector<std::uint8_t>& bytes, std::size_t at) {
        return static_cast<std::uint32_t>(bytes[at]) << 24U | static_cast<std::uint32_t>(bytes[at + 1]) << 16U |
               static_cast<std::uint32_t>(bytes[at + 2]) << 8U | bytes[at + 3];
    }

    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& failed, boost::asio::ip::tcp::socket socket) {
            if (!failed) {
                ++connections;
                read_login(sessions_.emplace_back(std::make_shared<Session>(*this, std::move(socket))));
                accept();
            }
        });
    }

    /// Reads `size` bytes, and goes on with them in the session's input.
    template <typename Next>
    static void read(const Shared& session, std::size_t size, Next next) {
        session->input.resize(size);
        boost::asio::async_read(session->socket, boost::asio::buffer(session->input),
                                [session, next](const boost::system::error_code& failed, std::size_t) {
                                    if (!failed && session->server != nullptr) {
                                        next();
                                    }
                                });
    }

    template <typename Next>
    static void write(const Shared& session, std::string bytes, Next next) {
        session->output = std::move(bytes);
        boost::asio::async_write(session->socket, boost::asio::buffer(session->output),
                                 [session, next](const boost::system::error_code& failed, std::size_t) {
                                     if (!failed && session->server != nullptr) {
                                         next();
                                     }
                                 });
    }

    void read_login(const Shared& session) {
        read(session, 4, [this, session] {
            read(session, length_at(session->input, 0) - 4, [this, session] { take_login(session); });
        });
    }

    void take_login(const Shared& session) {
        constexpr std::uint32_t tls_wanted = 80877103;
        if (length_at(session->input, 0) == tls_wanted) {
            write(session, "N", [this, session] { read_login(session); });
            return;
        }
        std::string parameters(session->input.begin() + 4, session->input.end());
        parameters.resize(parameters.find_last_not_of('\0') + 1);
        bool name = true;
        for (char& letter : parameters) {
            if (letter == '\0') {
                letter = std::exchange(name, !name) ? '=' : ' ';
            }
        }
        logins.push_back(parameters);
        greet(session);
    }

    void greet(const Shared& session) {
        const auto close = [session] {
            boost::system::error_code ignored;
            session->socket.close(ignored);
        };
        switch (manner) {
        case Manner::silent:
            read_message(session);
            break;
        case Manner::asks_password:
            write(session, message('R', number(3)), [this, session] { read_message(session); });
            break;
        case Manner::refuses_login:
            write(session, error("FATAL", "password authentication failed for user \"asker\""), close);
            break;
        case Manner::closes_at_login:
            close();
            break;
        case Manner::talks_garbage:
            write(session, "\x01\xff\nGET / HTTP/1.1\r\n\r\n\xfe\xfd", [this, session] { read_message(session); });
            break;
        default:
            write(session, welcome(), [this, session] { read_message(session); });
        }
    }

    void read_message(const Shared& session) {
        read(session, 5, [this, session] {
            const char type = static_cast<char>(session->input[0]);
            read(session, length_at(session->input, 1) - 4, [this, session, type] { take_message(session, type); });
        });
    }

    void take_message(const Shared& session, char type) {
        if (type == 'X') {
            ++goodbyes;
            return;
        }
        said.emplace_back(session->input.begin(), std::find(session->input.begin(), session->input.end(), 0));
        if (type == 'p') {
            write(session, welcome(), [this, session] { read_message(session); });
        } else if (type == 'Q') {
            answer(session);
        }
    }

    void answer(const Shared& session) {
        const auto go_on = [this, session] { read_message(session); };
        switch (manner) {
        case Manner::fails_query:
            write(session, error("ERROR", "relation \"pool\" does not exist") + ready(), go_on);
            break;
        case Manner::forgets_query:
            go_on();
            break;
        case Manner::closes_at_query: {
            boost::system::error_code ignored;
            session->socket.close(ignored);
            break;
        }
        case Manner::slow:
            session->pause.expires_after(delay);
            session->pause.async_wait([session, go_on](const boost::system::error_code& cancelled) {
                if (!cancelled && session->server != nullptr) {
                    write(session, done(), go_on);
                }
            });
            break;
        case Manner::floods:
            flood(session);
            break;
        case Manner::starts_a_copy:
            write(session, message('H', std::string_view("\0\0\0", 3)), go_on);
            break;
        default:
            write(session, done(), go_on);
        }
    }

    void flood(const Shared& session) {
        using namespace std::string_literals;
        std::string notices;
        for (int notice = 0; notice < 100; ++notice) {
            notices += message('N', "SNOTICE\0C00000\0Mand another thing\0\0"s);
        }
        write(session, notices, [this, session] { flood(session); });
    }

    boost::asio::ip::tcp::acceptor acceptor_;
    std::vector<Shared> sessions_;
};

} // namespace belay::test
