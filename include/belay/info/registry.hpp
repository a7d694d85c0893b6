#pragma once
// The live sessions, at most one for each peer and direction, and the last card of each peer. Info thread only.

#include "belay/base/ids.hpp"
#include "belay/info/admission.hpp"
#include "belay/info/asio.hpp"
#include "belay/info/handlers.hpp"
#include "belay/info/messages.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace belay::info {

struct Hub;
class Session;
struct SessionEnd;

class Registry {
public:
    /// `hub` must outlive it.
    explicit Registry(Hub& hub)
        : hub_(hub) {}

    /// Lets a newcomer of that name in, or says why not: a session of the same name and another incarnation is asked to
    /// prove that it lives. If it does, the name is doubled; if it does not, it was a run that is over, and is ended.
    Task<std::optional<Refusal>> make_room(std::string name, NodeId peer, std::string incarnation);

    /// Runs the session to its end; tells its card, its verdict and its end. An earlier one of the same peer and
    /// direction is ended without a word: it was cut off and its peer came back.
    Task<> live(std::shared_ptr<Session> session, NodeCard card);

    /// An open session with that peer, the dialled one first; nullptr when there is none.
    [[nodiscard]] std::shared_ptr<Session> find(NodeId peer) const;
    [[nodiscard]] bool is_joined(NodeId peer, Direction direction) const;

    void note_card(NodeId peer, const NodeCard& card);
    [[nodiscard]] std::optional<NodeCard> card(NodeId peer) const;

    void send_to_all(const Message& message) const;
    void end_all(const std::string& why) const;

private:
    [[nodiscard]] std::shared_ptr<Session> find(NodeId peer, Direction direction) const;
    [[nodiscard]] std::shared_ptr<Session> find_other_run(NodeId peer, const std::string& incarnation) const;
    void leave(const Session& session, const SessionEnd& end);

    Hub& hub_;
    std::map<std::pair<NodeId, Direction>, std::shared_ptr<Session>> sessions_;
    std::map<NodeId, NodeCard> cards_;
};

} // namespace belay::info
