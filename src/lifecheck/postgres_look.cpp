// libpq is asked step by step (its manual, "Asynchronous Command Processing" and PQconnectPoll). It owns the socket,
// and may replace it between two steps; so each wait is for a duplicate of the descriptor that it has at that time.
//
// What could block, and why it does not: names (hostaddr only), Kerberos (gssencmode off), the home directory, whose
// owner a directory server might have to tell (all its files are named here), a terminate message to a server that
// does not read (the connection is non-blocking as soon as there is one), notices and complaints about the password
// file on standard error (both are taken away).

#include "belay/lifecheck/postgres_look.hpp"

#include "belay/base/secret_file.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <libpq-fe.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace belay::lifecheck {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t message_length_max = 200;
constexpr const char* no_file = "/dev/null/none"; ///< cannot exist, so that no default is taken

struct Finish {
    void operator()(PGconn* connection) const { ::PQfinish(connection); }

    void operator()(PGresult* result) const { ::PQclear(result); }
};

using Connection = std::unique_ptr<PGconn, Finish>;
using Answer = std::unique_ptr<PGresult, Finish>;

/// libpq would ignore a password file that it does not like, and complain on standard error each time.
Status check_password_file(const std::string& path) {
    if (path.empty()) {
        return {};
    }
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || ::access(path.c_str(), R_OK) != 0) {
        return fail_errno(errno, "cannot read password_file {}", path);
    }
    if (!S_ISREG(status.st_mode)) {
        return fail("password_file {} is not a regular file", path);
    }
    if (libpq_mode_rule.refuses(status.st_mode)) {
        return fail("password_file {} has mode {:04o}, and libpq wants 0600", path, status.st_mode & 07777U);
    }
    return {};
}

Connection start_connecting(const PostgresQuestion& question) {
    const std::string address = to_text(question.address.address);
    const std::string port = std::to_string(question.address.port);
    const std::array<std::pair<const char*, const char*>, 15> parameters{{
        {"hostaddr", address.c_str()},
        {"port", port.c_str()},
        {"user", question.user.c_str()},
        {"dbname", question.database.c_str()},
        {"passfile", question.password_file.empty() ? no_file : question.password_file.c_str()},
        {"application_name", "belay"},
        {"sslmode", "allow"}, // in clear unless the server insists: a handshake for each look is dear
        {"sslcert", no_file},
        {"sslkey", no_file},
        {"sslrootcert", no_file},
        {"sslcrl", no_file},
        {"sslcrldir", no_file},
        {"gssencmode", "disable"},
        {"target_session_attrs", "any"},
        {nullptr, nullptr},
    }};
    std::array<const char*, parameters.size()> keywords{};
    std::array<const char*, parameters.size()> values{};
    std::ranges::transform(parameters, keywords.begin(), [](const auto& parameter) { return parameter.first; });
    std::ranges::transform(parameters, values.begin(), [](const auto& parameter) { return parameter.second; });
    const int whole_string_in_dbname = 0;
    Connection connection(::PQconnectStartParams(keywords.data(), values.data(), whole_string_in_dbname));
    if (connection) {
        ::PQsetNoticeReceiver(connection.get(), [](void*, const PGresult*) {}, nullptr);
    }
    return connection;
}

/// What handlers share: they hold it weakly, so that one that comes late finds it gone.
class Conversation : public std::enable_shared_from_this<Conversation> {
public:
    Conversation(asio::io_context& loop, PostgresQuestion question, LookDone done)
        : loop_(loop)
        , question_(std::move(question))
        , done_(std::move(done))
        , socket_(loop) {}

    void start() {
        if (const Status usable = check_password_file(question_.password_file); !usable) {
            end_later(usable.error().text);
            return;
        }
        connection_ = start_connecting(question_);
        if (!connection_) {
            end_later("no memory for a connection");
        } else if (::PQstatus(connection_.get()) == CONNECTION_BAD) {
            end_later(first_line(::PQerrorMessage(connection_.get())));
        } else {
            wait(Descriptor::wait_write, &Conversation::connect);
        }
    }

    [[nodiscard]] std::string_view stage() const {
        if (!connection_ || ::PQstatus(connection_.get()) == CONNECTION_OK) {
            return {};
        }
        return ::PQstatus(connection_.get()) == CONNECTION_STARTED ? "connecting" : "logging in";
    }

private:
    using Descriptor = asio::posix::stream_descriptor;

    void connect() {
        switch (::PQconnectPoll(connection_.get())) {
        case PGRES_POLLING_READING:
            wait(Descriptor::wait_read, &Conversation::connect);
            return;
        case PGRES_POLLING_WRITING:
            wait(Descriptor::wait_write, &Conversation::connect);
            return;
        case PGRES_POLLING_OK:
            ask();
            return;
        case PGRES_POLLING_FAILED:
        case PGRES_POLLING_ACTIVE: // libpq says that it does not use it
            break;
        }
        end(login_problem());
    }

    std::string login_problem() {
        if (::PQconnectionNeedsPassword(connection_.get()) == 0) {
            return first_line(::PQerrorMessage(connection_.get()));
        }
        return question_.password_file.empty()
                   ? "the server asks for a password, and there is no password_file"
                   : "the server asks for a password, and no line fits in " + question_.password_file;
    }

    void ask() {
        if (::PQsetnonblocking(connection_.get(), 1) != 0 ||
            ::PQsendQuery(connection_.get(), question_.query.c_str()) == 0 ||
            ::PQsetSingleRowMode(connection_.get()) == 0) { // so that a long answer is not kept
            end(first_line(::PQerrorMessage(connection_.get())));
            return;
        }
        send();
    }

    void send() {
        switch (::PQflush(connection_.get())) {
        case 0:
            wait(Descriptor::wait_read, &Conversation::read);
            break;
        case 1:
            wait(Descriptor::wait_write, &Conversation::send);
            break;
        default:
            end(first_line(::PQerrorMessage(connection_.get())));
        }
    }

    void read() {
        if (::PQconsumeInput(connection_.get()) == 0) {
            end(first_line(::PQerrorMessage(connection_.get())));
            return;
        }
        while (::PQisBusy(connection_.get()) == 0) {
            const Answer answer(::PQgetResult(connection_.get()));
            if (!answer) {
                end({});
                return;
            }
            switch (::PQresultStatus(answer.get())) {
            case PGRES_BAD_RESPONSE:
            case PGRES_NONFATAL_ERROR:
            case PGRES_FATAL_ERROR:
                end(first_line(::PQresultErrorMessage(answer.get())));
                return;
            case PGRES_COPY_IN: // would go on for ever, and is an answer
            case PGRES_COPY_OUT:
            case PGRES_COPY_BOTH:
                end({});
                return;
            default:
                break;
            }
        }
        wait(Descriptor::wait_read, &Conversation::read);
    }

    /// Does the next step when the socket is ready for it.
    void wait(Descriptor::wait_type what, void (Conversation::*next)()) {
        error_code error;
        socket_.close(error);
        const int duplicate = ::fcntl(::PQsocket(connection_.get()), F_DUPFD_CLOEXEC, 0);
        if (duplicate < 0) {
            end_later("cannot wait for the server: " + errno_text(errno));
            return;
        }
        socket_.assign(duplicate, error);
        if (error) {
            ::close(duplicate);
            end_later("cannot wait for the server: " + errno_text(error.value()));
            return;
        }
        socket_.async_wait(what, [weak = weak_from_this(), next](const error_code& failed) {
            if (const auto self = weak.lock(); self && !failed) {
                (self.get()->*next)();
            }
        });
    }

    void end_later(std::string problem) {
        asio::post(loop_, [weak = weak_from_this(), problem = std::move(problem)] {
            if (const auto self = weak.lock()) {
                self->end(problem);
            }
        });
    }

    void end(const std::string& problem) {
        error_code ignored;
        socket_.close(ignored);
        connection_.reset();
        done_(problem); // last: it may destroy this, but for the caller's hold on it
    }

    asio::io_context& loop_;
    PostgresQuestion question_;
    LookDone done_;
    Connection connection_;
    Descriptor socket_;
};

class PostgresLook final : public Look {
public:
    explicit PostgresLook(std::shared_ptr<Conversation> conversation)
        : conversation_(std::move(conversation)) {
        conversation_->start();
    }

    [[nodiscard]] std::string_view stage() const override { return conversation_->stage(); }

private:
    std::shared_ptr<Conversation> conversation_;
};

} // namespace

PostgresQuestion question_of(const config::Service& service, const Endpoint& address) {
    return {.address = address,
            .user = service.user,
            .database = service.database,
            .password_file = service.password_file,
            .query = service.query};
}

std::unique_ptr<Look> ask_postgres(asio::io_context& loop, const PostgresQuestion& question, LookDone done) {
    return std::make_unique<PostgresLook>(std::make_shared<Conversation>(loop, question, std::move(done)));
}

std::string first_line(std::string_view message) {
    constexpr std::string_view before_place = "connection to server at ";
    constexpr std::string_view after_place = " failed: ";
    if (message.starts_with(before_place)) {
        if (const std::size_t place_end = message.find(after_place); place_end != std::string_view::npos) {
            message.remove_prefix(place_end + after_place.size());
        }
    }
    std::string line(message.substr(0, std::min(message.find('\n'), message_length_max)));
    std::ranges::replace_if(
        line, [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == '\x7f'; }, '?');
    if (const std::size_t severity_end = line.find(":  "); severity_end != std::string::npos) {
        line.erase(severity_end + 1, 1); // "FATAL:  sorry"
    }
    if (line.size() > 1 && std::islower(static_cast<unsigned char>(line[1])) != 0) { // "Connection refused"
        line.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(line.front())));
    }
    return line.empty() ? "the connection failed without a word" : line;
}

void forget_postgres_environment() {
    std::vector<std::string> names;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        if (text.starts_with("PG")) {
            names.emplace_back(text.substr(0, text.find('=')));
        }
    }
    for (const std::string& name : names) {
        ::unsetenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): see the header
    }
}

} // namespace belay::lifecheck
