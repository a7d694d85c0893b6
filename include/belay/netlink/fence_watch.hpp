#pragma once
// Hears when somebody else changes the tables of the fence: a flushed ruleset, a deleted table, a rule put before ours,
// an interface that took its egress chain along (DESIGN section 4, "Life of the table").

#include "belay/base/result.hpp"
#include "belay/netlink/batch.hpp"

#include <cstdint>
#include <memory>
#include <string>

struct nlmsghdr;

namespace belay::netlink {

/// What a notification of nf_tables says about the fence; empty: nothing, or its sender is `own_port`. Else who changed
/// what, in words.
[[nodiscard]] std::string tampering_in(const nlmsghdr& message, std::uint32_t own_port);

/// One thread, which waits for fd() to be readable and then calls receive().
class FenceWatch {
public:
    /// Begins to listen. Changes made through `own_port` are passed over.
    [[nodiscard]] static Result<FenceWatch> open(std::uint32_t own_port);

    [[nodiscard]] int fd() const noexcept { return socket_.fd(); }

    /// Takes in all that was told; never waits. Words about the first change by somebody else, or that notifications
    /// were lost, so that nobody knows: build the fence again either way. Empty: all is well.
    [[nodiscard]] std::string receive();

private:
    FenceWatch(RequestSocket socket, std::uint32_t own_port)
        : socket_(std::move(socket))
        , own_port_(own_port) {}

    RequestSocket socket_;
    std::uint32_t own_port_;
};

} // namespace belay::netlink
