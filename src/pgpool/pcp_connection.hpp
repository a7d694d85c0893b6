#pragma once
// One PCP connection: open and logged in, or closed. It has no clock: whoever waits for it sets the deadline, and calls
// expire() then.

#include "belay/base/secret.hpp"
#include "belay/pgpool/pcp_client.hpp"
#include "belay/pgpool/pcp_frame.hpp"
#include "belay/pgpool/pcp_request.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstdint>
#include <expected>
#include <string>

namespace belay::pgpool {

/// Why there is no answer.
struct PcpTrouble {
    enum class Kind : std::uint8_t {
        refused, ///< pgpool-II's own words
        broken,  ///< no connection, or bytes that are not PCP
        lost,    ///< closed or reset by pgpool-II
        late,    ///< expire() was called; the text wants " within 1s" behind it
    };

    Kind kind = Kind::broken;
    std::string text;
    bool maybe_taken = false; ///< all the same: it had been sent
};

template <typename T>
using PcpAnswer = std::expected<T, PcpTrouble>;

/// A coroutine on the thread of the loop. gcc 12 destroys an aggregate twice that is a temporary inside a co_await
/// expression: give such an argument a name first.
template <typename T>
using PcpTask = boost::asio::awaitable<T>;

class PcpConnection {
public:
    explicit PcpConnection(boost::asio::io_context& loop);

    /// Connects and logs in; reads the password for it.
    PcpTask<PcpAnswer<void>> open(const PcpSetup& setup);

    /// Says `request` and waits for its answer; notices are passed over. Any failure but `refused` closes the
    /// connection, and so does a fatal error of pgpool-II's, which is `refused`, too.
    PcpTask<PcpAnswer<PcpFrame>> ask(const PcpRequest& request);

    [[nodiscard]] bool is_open() const noexcept { return open_; }

    /// The deadline passed: closes, and what waits ends as `late`.
    void expire() noexcept;

    /// Says goodbye and closes.
    void leave() noexcept;

    /// Closes at once.
    void close() noexcept;

private:
    PcpTask<PcpAnswer<void>> connect(const PcpSetup& setup);
    PcpTask<PcpAnswer<void>> log_in(const PcpSetup& setup, const SecretBytes& password);
    PcpTask<PcpAnswer<PcpFrame>> receive();
    [[nodiscard]] std::unexpected<PcpTrouble> refusal(const PcpFrame& frame);
    [[nodiscard]] std::unexpected<PcpTrouble> trouble(std::string text,
                                                      PcpTrouble::Kind kind = PcpTrouble::Kind::broken);

    boost::asio::generic::stream_protocol::socket socket_;
    PcpDecoder decoder_;
    std::string waits_for_; ///< what is missing when it gets late
    bool open_ = false;
    bool late_ = false;
};

} // namespace belay::pgpool
