#include "belay/control/reply.hpp"

#include <utility>

namespace belay::control {

using nlohmann::json;

json ok_reply(json result) {
    json reply = json::object();
    reply["ok"] = true;
    reply["result"] = std::move(result);
    return reply;
}

json error_reply(std::string_view error) {
    json reply = json::object();
    reply["ok"] = false;
    reply["error"] = error;
    return reply;
}

std::string to_line(const json& reply) {
    return reply.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

Result<Reply> parse_reply(std::string_view line) {
    const json parsed = json::parse(line, nullptr, false);
    if (!parsed.is_object()) {
        return fail("the answer is not a JSON object");
    }
    const auto ok = parsed.find("ok");
    if (ok == parsed.end() || !ok->is_boolean()) {
        return fail("the answer does not say whether it is ok");
    }
    if (!ok->get<bool>()) {
        const auto error = parsed.find("error");
        if (error == parsed.end() || !error->is_string()) {
            return fail("the answer is an error without a text");
        }
        return Reply{.ok = false, .result = {}, .error = error->get<std::string>()};
    }
    const auto result = parsed.find("result");
    if (result == parsed.end() || !result->is_object()) {
        return fail("the answer has no result");
    }
    return Reply{.ok = true, .result = *result, .error = {}};
}

} // namespace belay::control
