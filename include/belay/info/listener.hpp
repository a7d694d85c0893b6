#pragma once
// Accepts connections on the own info endpoint and gives each a place or closes it. The address may come later
// (IP_FREEBIND); what else keeps the listener from opening is tried again. Info thread only.

#include "belay/info/asio.hpp"
#include "belay/info/source_slots.hpp"

#include <string>

namespace belay::info {

struct Hub;

class Listener {
public:
    /// `hub` must outlive it, and it must outlive every connection that it accepted.
    explicit Listener(Hub& hub);

    /// Opens, accepts; until the hub stops.
    Task<> run();

    /// Ends every wait of run(); call it after Hub::stopping was set.
    void stop();

    [[nodiscard]] bool is_open() const noexcept { return acceptor_.is_open(); }

    /// Why it is not open, or cannot accept; empty when all is well.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    [[nodiscard]] Status open();
    Task<> accept_one();
    Task<> wait_after(std::string problem);
    void note_working();

    Hub& hub_;
    SourceSlots slots_;
    Tcp::acceptor acceptor_;
    asio::steady_timer retry_;
    std::string problem_;
};

} // namespace belay::info
