#include "belay/info/counters.hpp"

namespace belay::info {

void Counters::count_handshake(Fault fault) noexcept {
    switch (fault) {
    case Fault::timed_out:
        ++handshakes_timed_out;
        return;
    case Fault::wrong_key:
        ++handshakes_wrong_key;
        return;
    case Fault::not_tls:
    case Fault::frame_too_long:
    case Fault::bad_message:
        ++handshakes_not_tls;
        return;
    case Fault::closed:
        return;
    }
}

void Counters::count_session(Fault fault) noexcept {
    switch (fault) {
    case Fault::timed_out:
        ++timed_out;
        return;
    case Fault::frame_too_long:
        ++frames_too_long;
        return;
    case Fault::bad_message:
    case Fault::not_tls:
        ++messages_bad;
        return;
    case Fault::wrong_key:
    case Fault::closed:
        return;
    }
}

} // namespace belay::info
