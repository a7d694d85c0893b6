#include "belay/wire/heartbeat_codec.hpp"

#include "belay/wire/field_reader.hpp"
#include "belay/wire/message_codec.hpp"

#include <cassert>

namespace belay::wire {

namespace {

constexpr std::size_t header_padding = 2;

void put_header(ByteWriter& out, const Header& header) {
    out.put(magic);
    out.put(version);
    out.put(static_cast<std::uint8_t>(header.kind));
    out.put_zeros(header_padding);
    out.put(header.cluster);
    out.put(header.key);
    out.put(header.sender.value);
    put_incarnation(out, header.incarnation);
    out.put(header.receiver.value);
    put_incarnation(out, header.echo);
    out.put(header.sequence);
    out.put_bytes(header.challenge.bytes);
    out.put_bytes(header.nonce_echo.bytes);
    out.put_signed(header.sent_at.time_since_epoch().count());
}

Header get_header(FieldReader& in) {
    Header header;
    in.require(in.get<std::uint32_t>() == magic, Reject::magic);
    in.require(in.get<std::uint8_t>() == version, Reject::version);
    header.kind = in.get_word(PacketKind::heartbeat, PacketKind::challenge, Reject::kind);
    in.expect_zeros(header_padding);
    header.cluster = in.get<std::uint64_t>();
    header.key = in.get<KeyId>();
    header.sender = NodeId{in.get<std::uint64_t>()};
    header.incarnation = get_incarnation(in);
    in.require(header.sender && header.incarnation.known(), Reject::identity);
    header.receiver = NodeId{in.get<std::uint64_t>()};
    header.echo = get_incarnation(in);
    header.sequence = in.get<std::uint64_t>();
    in.get_bytes(header.challenge.bytes);
    in.get_bytes(header.nonce_echo.bytes);
    header.sent_at = in.get_instant();
    return header;
}

} // namespace

void encode(const Packet& packet, Bytes& body) {
    body.clear();
    body.reserve(packet_size);
    ByteWriter out(body);
    put_header(out, packet.header);
    put_message(out, packet.message);
    assert(body.size() == body_size);
}

std::expected<Envelope, Reject> peek(ByteView packet) noexcept {
    if (packet.size() != packet_size) {
        return std::unexpected(Reject::size);
    }
    ByteReader in(packet);
    if (in.get<std::uint32_t>() != magic) {
        return std::unexpected(Reject::magic);
    }
    if (in.get<std::uint8_t>() != version) {
        return std::unexpected(Reject::version);
    }
    in.skip(1 + header_padding);
    Envelope envelope;
    envelope.cluster = in.get<std::uint64_t>();
    envelope.key = in.get<KeyId>();
    envelope.sender = NodeId{in.get<std::uint64_t>()};
    in.skip(incarnation_size);
    envelope.receiver = NodeId{in.get<std::uint64_t>()};
    return envelope;
}

std::expected<Packet, Reject> decode(ByteView packet) {
    if (packet.size() != packet_size) {
        return std::unexpected(Reject::size);
    }
    FieldReader in(packet.first(body_size));
    Packet decoded;
    decoded.header = get_header(in);
    decoded.message = get_message(in);
    if (const auto reason = in.refused()) {
        return std::unexpected(*reason);
    }
    return decoded;
}

} // namespace belay::wire
