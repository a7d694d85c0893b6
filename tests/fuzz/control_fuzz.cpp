// What operators and their scripts may write on the control socket: any bytes, as lines, each as a request and as an
// answer; and all of it to a session of the server, at once and in pieces. What is a request is the same after another
// round; each line has one answer, and the pieces change nothing.

#include "../../src/control/session.hpp"
#include "belay/base/unique_fd.hpp"
#include "belay/control/reply.hpp"
#include "check.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace belay;
using namespace belay::control;
using fuzz::must;

constexpr std::size_t error_size_max = 1024; // quotes are short, whatever was sent

void must_be_one_line(std::string_view line) {
    must(line.ends_with('\n') && !line.substr(0, line.size() - 1).contains('\n'));
}

void must_be_answered(const nlohmann::json& answer, bool ok) {
    const std::string line = to_line(answer);
    must_be_one_line(line);
    const auto reply = parse_reply(std::string_view(line).substr(0, line.size() - 1));
    must(reply.has_value() && reply->ok == ok && (ok || !reply->error.empty()));
}

void read_request(std::string_view line) {
    const auto request = parse_request(line);
    if (!request) {
        must(!request.error().text.empty() && request.error().text.size() <= error_size_max);
        must_be_answered(error_reply(request.error().text), false);
        return;
    }
    const std::string text = to_line(*request);
    must_be_one_line(text);
    const auto again = parse_request(std::string_view(text).substr(0, text.size() - 1));
    must(again.has_value() && *again == *request);
    must(!name(*request).empty() && right_for(*again) == right_for(*request));
}

void read_reply(std::string_view line) {
    const auto reply = parse_reply(line);
    if (!reply) {
        fuzz::must_be_readable(reply.error().text);
        return;
    }
    must_be_answered(reply->ok ? ok_reply(reply->result) : error_reply("because " + reply->error), reply->ok);
}

/// A client that writes all it has in pieces, and reads what comes.
class Talk {
public:
    explicit Talk(std::string_view input, std::size_t piece) {
        std::array<int, 2> ends{};
        must(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
        client_ = UniqueFd(ends[0]);
        Session::Socket server(context(), boost::asio::local::stream_protocol(), ends[1]);
        const auto session =
            std::make_shared<Session>(std::move(server), Rights::all(),
                                      SessionOwner{.handler = handler_,
                                                   .counters = counters_,
                                                   .idle_max = std::chrono::seconds(60),
                                                   .left = [this](const void* /*session*/) { ended_ = true; }});
        session->start();
        while (!input.empty()) {
            const ssize_t sent = ::send(client_.get(), input.data(), std::min(piece, input.size()), MSG_NOSIGNAL);
            must(sent > 0);
            input.remove_prefix(static_cast<std::size_t>(sent));
            take_answers();
        }
        must(!ended_);
        client_ = UniqueFd();
        run();
        must(ended_);
    }

    std::vector<std::string> answers;

private:
    static std::size_t run() {
        context().restart();
        return context().poll();
    }

    void take_answers() {
        for (bool moved = true; moved;) {
            moved = run() > 0;
            std::array<char, 4096> chunk{};
            for (ssize_t size = 1; size > 0;) {
                size = ::recv(client_.get(), chunk.data(), chunk.size(), 0);
                output_.append(chunk.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
                moved = moved || size > 0;
            }
        }
        for (std::size_t end = output_.find('\n'); end != std::string::npos; end = output_.find('\n')) {
            answers.push_back(output_.substr(0, end));
            output_.erase(0, end + 1);
        }
        must(output_.empty());
    }

    static boost::asio::io_context& context() {
        static boost::asio::io_context one(1); // for all talks: it costs more than they do
        return one;
    }

    Handler handler_ = [](const Request& request, const ReplyFunction& reply) {
        reply(ok_reply({{"asked", name(request)}}));
    };
    ServerCounters counters_;
    bool ended_ = false;
    UniqueFd client_;
    std::string output_;
};

/// All at once, or in up to five pieces: what is expected does not depend on that.
void talk(std::string_view input, const std::vector<std::string_view>& lines) {
    constexpr std::size_t pieces_max = 5;
    const std::size_t pieces = 1 + input.size() % pieces_max;
    const std::vector<std::string> answers = Talk(input, input.size() / pieces + 1).answers;
    must(answers.size() == lines.size());
    for (std::size_t index = 0; index < lines.size(); ++index) {
        const auto reply = parse_reply(answers[index]);
        const auto request = parse_request(lines[index]);
        must(reply.has_value() && reply->ok == request.has_value());
        must(!request || reply->result["asked"] == name(*request));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = fuzz::text_of(data, size);
    std::vector<std::string_view> lines;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        lines.push_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    for (const std::string_view line : lines) {
        read_request(line);
        read_reply(line);
    }
    read_request(rest);
    read_reply(rest);
    talk(fuzz::text_of(data, size), lines);
    return 0;
}
