#pragma once
// A client of one pgpool-II by PCP (its control protocol, port 9898): asynchronous, with a deadline for each request,
// requests answered in order over one connection at a time. A connection is kept for the next look only while that
// cannot hold up a failover (pcp_keeping.hpp). libpcp would block, exit and pollute names (see src/README.md).

#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/pgpool/backend.hpp"
#include "belay/pgpool/pcp_keeping.hpp"

#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace belay::pgpool {

struct PcpSetup {
    std::variant<Endpoint, std::string> address; ///< or the path of a UNIX socket
    std::string user;
    std::string password_file; ///< .pcppass; read anew for each login
    Duration timeout{};        ///< of one request, from the call on: waiting, connection and login included
    PcpKeeping::Limits keeping = {};
};

/// Error::code of a request that pgpool-II surely did not take: it was refused, or never sent. Any other request that
/// failed may be carried out all the same, even later.
constexpr int not_taken = EAGAIN;

/// Everything on the thread of the loop, which must outlive it. A callback comes exactly once, from the loop, never
/// from within the call; none comes after the client was destroyed. A failed connection is made again at the next
/// request, and one that the server closed before it can have taken the request at once, twice at most. At most 64
/// requests wait. Errors name the address and what failed: no connection, login refused, no answer in time, pgpool-II's
/// own words.
class PcpClient {
public:
    template <typename T>
    using Done = std::function<void(Result<T>)>;

    PcpClient(boost::asio::io_context& loop, PcpSetup setup);
    PcpClient(const PcpClient&) = delete;
    PcpClient& operator=(const PcpClient&) = delete;
    PcpClient(PcpClient&&) = delete;
    PcpClient& operator=(PcpClient&&) = delete;
    ~PcpClient();

    /// All database nodes, by L and H (shared memory of pgpool-II: quick even with a backend that hangs).
    void backends(Done<std::vector<Backend>> done);

    /// Says it and waits for the acknowledgement. `deadline` in place of PcpSetup::timeout, for Recover. A detach of a
    /// node that is down, an attach of one that is up, and a claim or switchover to the primary that is up succeed:
    /// what was wanted is so; but not while what this client was acknowledged before for that node may still undo it
    /// (pcp_taken.hpp). Recover deserves a client of its own: the others' requests wait behind it.
    void tell(const Command& command, Done<void> done);
    void tell(const Command& command, Duration deadline, Done<void> done);

    /// Z: pgpool-II reads its configuration again.
    void reload(Done<void> done);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace belay::pgpool
