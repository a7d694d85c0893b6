#include "belay/lifecheck/pcp_access.hpp"

#include "belay/pgpool/pcp_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <list>
#include <utility>
#include <variant>

namespace belay::lifecheck {

namespace {

constexpr Duration recovery_max = std::chrono::minutes(30);

class Pcp final : public PcpAccess {
public:
    Pcp(boost::asio::io_context& loop, pgpool::PcpSetup setup)
        : loop_(loop)
        , setup_(std::move(setup))
        , questions_(loop, setup_) {}

    void backends(BackendsDone done) override { questions_.backends(std::move(done)); }

    void tell(const pgpool::Command& command, TellDone done) override {
        if (std::holds_alternative<pgpool::command::Recover>(command)) {
            recover(command, std::move(done));
            return;
        }
        if (!commands_) {
            commands_ = std::make_unique<pgpool::PcpClient>(loop_, setup_);
        }
        commands_->tell(command, std::move(done));
    }

private:
    using Clients = std::list<std::shared_ptr<pgpool::PcpClient>>;

    void recover(const pgpool::Command& command, TellDone done) {
        const auto client = recoveries_.insert(recoveries_.end(), std::make_shared<pgpool::PcpClient>(loop_, setup_));
        (*client)->tell(command, recovery_max, [this, client, done = std::move(done)](const Status& status) {
            // It lives until its own callback is over.
            boost::asio::post(loop_, [ended = std::move(*client)] {});
            recoveries_.erase(client);
            done(status);
        });
    }

    boost::asio::io_context& loop_;
    pgpool::PcpSetup setup_;
    pgpool::PcpClient questions_;
    std::unique_ptr<pgpool::PcpClient> commands_; ///< from the first one on
    Clients recoveries_;
};

} // namespace

std::unique_ptr<PcpAccess> open_pcp(boost::asio::io_context& loop, const config::Pgpool& pgpool, Duration timeout) {
    return std::make_unique<Pcp>(loop, pgpool::PcpSetup{.address = pgpool.pcp,
                                                        .user = pgpool.pcp_user,
                                                        .password_file = pgpool.pcp_password_file,
                                                        .timeout = timeout});
}

} // namespace belay::lifecheck
