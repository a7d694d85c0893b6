#pragma once
// One connection to PCP, as coroutines on one loop: connect, log in, one request after another. It knows no deadline:
// whoever waits too long closes it, and every wait ends.

#include "belay/base/result.hpp"
#include "belay/pgpool/pcp_client.hpp"
#include "belay/pgpool/pcp_frame.hpp"
#include "belay/pgpool/pcp_reply.hpp"
#include "belay/pgpool/pcp_request.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>

namespace belay::pgpool {

/// Why a request failed.
struct PcpFailure {
    enum class Kind : std::uint8_t {
        refused, ///< pgpool-II's own words; the connection goes on unless they were fatal
        closed,  ///< by pgpool-II, before it answered anything
        broken,  ///< no connection, no login, nonsense, or closed here
    };

    Kind kind = Kind::broken;
    std::string text;
};

template <typename T>
using PcpResult = std::expected<T, PcpFailure>;

class PcpConnection {
public:
    template <typename T>
    using Task = boost::asio::awaitable<T>;

    PcpConnection(boost::asio::io_context& loop, const PcpSetup& setup)
        : socket_(loop)
        , setup_(setup) {}

    [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }

    Task<PcpResult<void>> open();
    /// Sends it and waits for its answer; notices are skipped.
    Task<PcpResult<PcpFrame>> ask(PcpRequest request);
    /// Tells pgpool-II that we leave, without waiting, and closes.
    void leave() noexcept;
    /// At once; every wait ends.
    void close() noexcept;

    /// "PCP at 127.0.0.1:9898"
    [[nodiscard]] std::string where() const;

private:
    Task<PcpResult<void>> authenticate();
    Task<PcpResult<PcpFrame>> receive();

    boost::asio::generic::stream_protocol::socket socket_;
    const PcpSetup& setup_;
    PcpDecoder decoder_;
};

} // namespace belay::pgpool
