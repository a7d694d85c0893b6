// A server that speaks the protocol of PostgreSQL must answer a query. Each look has a connection of its own, as each
// new client has: a server that takes no more of them is not healthy, though one that is connected may be served well.

#include "belay/lifecheck/check.hpp"
#include "belay/lifecheck/looks.hpp"
#include "belay/lifecheck/postgres_look.hpp"

#include <boost/asio/io_context.hpp>
#include <utility>

namespace belay::lifecheck {

namespace {

class PostgresCheck final : public Check {
public:
    PostgresCheck(boost::asio::io_context& loop, const config::Service& service, Report report)
        : looks_(
              loop, pace_of(service),
              [&loop, question = question_of(service, service.address)](LookDone done) {
                  return ask_postgres(loop, question, std::move(done));
              },
              [address = to_text(service.address), tell = std::move(report)](const Finding& finding) {
                  if (finding.healthy) {
                      tell({.healthy = *finding.healthy, .detail = in_words(finding, address, "answers")});
                  }
              }) {}

private:
    Looks looks_;
};

} // namespace

std::unique_ptr<Check> make_postgres_check(boost::asio::io_context& loop, const config::Service& service,
                                           Report report) {
    return std::make_unique<PostgresCheck>(loop, service, std::move(report));
}

} // namespace belay::lifecheck
