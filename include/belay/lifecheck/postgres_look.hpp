#pragma once
// One question to a PostgreSQL or a pgpool-II: a connection of its own, a login, one query, and the end of the
// connection. By libpq, which never blocks here: no name is looked up, no file but the password file is read, and
// every wait is one of the event loop.

#include "belay/base/inet.hpp"
#include "belay/config/settings.hpp"
#include "belay/lifecheck/looks.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace belay::lifecheck {

struct PostgresQuestion {
    Endpoint address;
    std::string user;
    std::string database;
    std::string password_file; ///< in the format of .pgpass; empty: none
    std::string query;
};

/// That of a service, put to the given address.
[[nodiscard]] PostgresQuestion question_of(const config::Service& service, const Endpoint& address);

/// Begins a look that is good when the query ended without an error; the problem is the first line of what libpq or
/// the server said. A query that takes longer than the look goes on in the server, as it does for every client that
/// leaves. TLS is used when the server insists.
[[nodiscard]] std::unique_ptr<Look> ask_postgres(boost::asio::io_context& loop, const PostgresQuestion& question,
                                                 LookDone done);

/// The first line of a message of libpq's, without its words about where it connected to, without control characters,
/// and not endless.
[[nodiscard]] std::string first_line(std::string_view message);

/// Takes all variables from the environment that libpq would heed (PGSERVICE, PGOPTIONS and so on), because some of
/// them cannot be overruled for a single connection. To be called once, while no other thread looks at the environment.
void forget_postgres_environment();

} // namespace belay::lifecheck
