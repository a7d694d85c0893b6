#include "pcp_talk.hpp"

#include "belay/pgpool/pcp_request.hpp"

#include <fmt/format.h>
#include <optional>
#include <utility>
#include <variant>

namespace belay::pgpool {

namespace {

/// What is not as PCP says makes the connection useless: nobody knows what comes next on it.
std::unexpected<PcpTrouble> nonsense(PcpConnection& connection, const Error& error) {
    connection.close();
    return std::unexpected(PcpTrouble{.kind = PcpTrouble::Kind::broken, .text = "this is not PCP: " + error.text});
}

PcpTask<PcpAnswer<PcpNode>> look_at(PcpConnection& connection, std::uint32_t id) {
    const PcpRequest request = ask_node(id);
    auto answer = co_await connection.ask(request);
    if (!answer) {
        co_return std::unexpected(std::move(answer).error());
    }
    auto node = parse_node(*answer, id);
    if (!node) {
        co_return nonsense(connection, node.error());
    }
    co_return *std::move(node);
}

PcpTask<PcpAnswer<void>> order(PcpConnection& connection, PcpRequest request) {
    auto answer = co_await connection.ask(request);
    if (!answer) {
        PcpTrouble why = std::move(answer).error();
        why.maybe_taken = why.kind != PcpTrouble::Kind::refused;
        co_return std::unexpected(std::move(why));
    }
    if (const Status done = parse_done(*answer); !done) {
        auto why = nonsense(connection, done.error());
        why.error().maybe_taken = true;
        co_return why;
    }
    co_return PcpAnswer<void>{};
}

std::uint32_t id_of(const Command& command) {
    return std::visit([](const auto& it) { return it.id; }, command);
}

} // namespace

PcpTask<PcpAnswer<std::vector<PcpNode>>> look(PcpConnection& connection) {
    const PcpRequest request = ask_count();
    auto answer = co_await connection.ask(request);
    if (!answer) {
        co_return std::unexpected(std::move(answer).error());
    }
    const auto count = parse_count(*answer);
    if (!count) {
        co_return nonsense(connection, count.error());
    }
    std::vector<PcpNode> nodes;
    for (std::uint32_t id = 0; id < *count; ++id) {
        auto node = co_await look_at(connection, id);
        if (!node) {
            co_return std::unexpected(std::move(node).error());
        }
        nodes.push_back(*std::move(node));
    }
    co_return nodes;
}

PcpTask<PcpAnswer<void>> tell(PcpConnection& connection, const Command& command, PcpTaken& taken, PcpTaken::Time now) {
    // Asked first, since pgpool-II takes an attach of a node that does not exist, and closes the connection at the
    // promotion of the primary [tried].
    const std::uint32_t id = id_of(command);
    auto before = co_await look_at(connection, id);
    if (!before) {
        co_return std::unexpected(std::move(before).error());
    }
    taken.saw(*before);
    // An attach is said even so: somebody's detach may be queued whose effect is not seen yet, and pgpool-II takes it.
    const std::optional<Command> against = taken.against(command, now);
    if (is_so(command, before->backend) && !against && !std::holds_alternative<command::Attach>(command)) {
        co_return PcpAnswer<void>{};
    }
    auto answer = co_await order(connection, command_request(command));
    if (answer) {
        taken.took(command, *before, now);
    }
    if (answer || answer.error().kind != PcpTrouble::Kind::refused) {
        co_return answer;
    }
    if (against) {
        answer.error().text += fmt::format("; {} was taken before and is not carried out yet", to_text(*against));
        co_return answer;
    }
    if (!connection.is_open()) {
        co_return answer;
    }
    // Refused: perhaps because it became so in between, as when a failover is under way.
    const auto after = co_await look_at(connection, id);
    if (after && is_so(command, after->backend)) {
        co_return PcpAnswer<void>{};
    }
    co_return answer;
}

PcpTask<PcpAnswer<void>> reload(PcpConnection& connection) {
    co_return co_await order(connection, ask_reload());
}

} // namespace belay::pgpool
