// pgpool-II is more than one thing that can fail, so it is looked at in three ways that know nothing of each other: the
// parent process (process_check.cpp), a query through the pool, and PCP. Each has its own schedule and its own
// deadline; pgpool_verdict.cpp makes one verdict of what they found.

#include "belay/lifecheck/check.hpp"
#include "belay/lifecheck/looks.hpp"
#include "belay/lifecheck/pcp_access.hpp"
#include "belay/lifecheck/pgpool_verdict.hpp"
#include "belay/lifecheck/postgres_look.hpp"

#include <boost/asio/io_context.hpp>
#include <optional>
#include <utility>

namespace belay::lifecheck {

namespace {

/// One question by PCP. Its answer may come after the look is over, to nobody.
class PcpLook final : public Look {
public:
    PcpLook(PcpAccess& pcp, LookDone done)
        : done_(std::make_shared<LookDone>(std::move(done))) {
        pcp.backends([weak = std::weak_ptr(done_)](const Result<std::vector<pgpool::Backend>>& backends) {
            if (const auto report = weak.lock()) {
                (*report)(backends ? std::string() : backends.error().text);
            }
        });
    }

private:
    std::shared_ptr<LookDone> done_;
};

class PgpoolCheck final : public Check {
public:
    PgpoolCheck(boost::asio::io_context& loop, const config::Service& service, std::unique_ptr<PcpAccess> pcp,
                Report report)
        : needs_(service.needs)
        , report_(std::move(report))
        , pcp_(std::move(pcp)) {
        process_ = make_process_check(loop, service, [this](const Health& health) {
            parts_.process = health;
            tell();
        });
        query_.emplace(
            loop, pace_of(service),
            [&loop, question = question_of(service, service.address)](LookDone done) {
                return ask_postgres(loop, question, std::move(done));
            },
            [this](const Finding& finding) {
                parts_.query = finding;
                tell();
            });
        control_.emplace(
            loop, pace_of(service), [this](LookDone done) { return std::make_unique<PcpLook>(*pcp_, std::move(done)); },
            [this](const Finding& finding) {
                parts_.pcp = finding;
                tell();
            });
    }

private:
    void tell() {
        if (const std::optional<Health> health = verdict_of(needs_, parts_)) {
            const Report report = report_; // the report may destroy the check
            report(*health);
        }
    }

    config::PgpoolNeeds needs_;
    Report report_;
    PgpoolParts parts_;
    std::unique_ptr<PcpAccess> pcp_;
    std::unique_ptr<Check> process_;
    std::optional<Looks> query_;
    std::optional<Looks> control_;
};

} // namespace

std::unique_ptr<Check> make_pgpool_check(boost::asio::io_context& loop, const config::Service& service,
                                         std::unique_ptr<PcpAccess> pcp, Report report) {
    return std::make_unique<PgpoolCheck>(loop, service, std::move(pcp), std::move(report));
}

} // namespace belay::lifecheck
