#include "ask.hpp"

#include <utility>

namespace belay::cli {

namespace {

ExitCode exit_code_of(control::CallFailure failure) noexcept {
    switch (failure) {
    case control::CallFailure::not_reachable:
    case control::CallFailure::timeout:
        return ExitCode::not_reachable;
    case control::CallFailure::permission_denied:
    case control::CallFailure::bad_answer:
        return ExitCode::failed;
    }
    return ExitCode::failed;
}

} // namespace

std::expected<nlohmann::json, ExitCode> ask(const Arguments& arguments, Output& output, const control::Request& request,
                                            Duration timeout) {
    auto reply = control::call(arguments.socket_path(), request, timeout);
    if (!reply) {
        complain(output, reply.error().text);
        return std::unexpected(exit_code_of(reply.error().failure));
    }
    if (!reply->ok) {
        complain(output, clean(reply->error));
        return std::unexpected(ExitCode::failed);
    }
    return std::move(reply->result);
}

ExitCode ask_and_print(const Arguments& arguments, Output& output, const control::Request& request, Render render,
                       Duration timeout) {
    const auto result = ask(arguments, output, request, timeout);
    if (!result) {
        return result.error();
    }
    if (arguments.json) {
        print_json(output, *result);
    } else {
        output.out << render(*result, output.style);
    }
    return ExitCode::done;
}

void print_json(Output& output, const nlohmann::json& result) {
    output.out << result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void complain(Output& output, std::string_view text) {
    output.err << "belay: " << text << '\n';
}

} // namespace belay::cli
