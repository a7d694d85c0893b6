// A node card as JSON: the same names on the wire and on the control socket.

#include "belay/base/json_fields.hpp"
#include "belay/info/messages.hpp"

namespace belay::info {

nlohmann::json to_json(const NodeCard& card) {
    return {{"name", card.name},       {"incarnation", card.incarnation},
            {"version", card.version}, {"addresses", card.addresses},
            {"service", card.service}, {"service_healthy", card.service_healthy},
            {"status", card.status},   {"started_unix_ns", card.started_unix_ns}};
}

Result<NodeCard> card_from_json(const nlohmann::json& value) {
    FieldReader fields(value);
    NodeCard card;
    card.name = fields.text("name");
    card.incarnation = fields.text("incarnation");
    card.version = fields.text("version");
    card.addresses = fields.texts("addresses", card_addresses_max);
    card.service = fields.text("service");
    card.service_healthy = fields.flag("service_healthy");
    card.status = fields.text("status");
    card.started_unix_ns = fields.signed_number("started_unix_ns");
    if (!fields.ok()) {
        return fields.failure();
    }
    return card;
}

} // namespace belay::info
