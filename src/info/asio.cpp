#include "belay/info/asio.hpp"

#include "belay/base/log.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace belay::info {

void spawn(asio::io_context& io, Task<> task, std::string_view what) {
    asio::co_spawn(io, std::move(task), [name = std::string(what)](const std::exception_ptr& thrown) {
        if (!thrown) {
            return;
        }
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& problem) {
            log::error("info_exception", {{"in", name}, {"text", problem.what()}, {"then", "ended it"}});
        }
    });
}

Tcp::endpoint to_asio(const Endpoint& endpoint) {
    if (endpoint.address.is_v4()) {
        asio::ip::address_v4::bytes_type bytes{};
        std::ranges::copy(endpoint.address.view(), bytes.begin());
        return {asio::ip::address_v4(bytes), endpoint.port};
    }
    return {asio::ip::address_v6(endpoint.address.bytes), endpoint.port};
}

IpAddress from_asio(const asio::ip::address& address) {
    IpAddress out;
    if (address.is_v4()) {
        std::ranges::copy(address.to_v4().to_bytes(), out.bytes.begin());
        return out;
    }
    const asio::ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) {
        std::ranges::copy(asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_bytes(), out.bytes.begin());
        return out;
    }
    out.family = IpAddress::Family::v6;
    out.bytes = v6.to_bytes();
    return out;
}

} // namespace belay::info
