#pragma once
// Messages of nf_tables as bytes, in a transaction: everything between its two ends happens at one instant, or nothing
// does (DESIGN section 4, "The fence"). Pure: no socket, no clock. Only what the fence needs.

#include "belay/netlink/batch.hpp"
#include "belay/netlink/nft_expression.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct nlmsghdr;

namespace belay::netlink::nft {

/// Families of tables: NFPROTO_INET, NFPROTO_ARP, NFPROTO_NETDEV.
enum class Family : std::uint8_t { inet = 1, arp = 3, netdev = 5 };

/// The unit of set element timeouts. The kernel rounds down to its tick.
using Timeout = std::chrono::milliseconds;

struct Table {
    Family family = Family::inet;
    std::string name;
};

struct SetSpec {
    std::string name;
    std::uint32_t id = 0;       ///< any number, another one for each set of the transaction
    std::uint32_t key_type = 0; ///< only shown: the number of the data type in the nft tool
    std::uint32_t key_size = 0; ///< bytes
    bool timeouts = false;      ///< its elements may have one
};

/// A chain of type filter at a hook, with policy accept.
struct ChainSpec {
    std::string name;
    std::uint32_t hook = 0;    ///< NF_INET_*, NF_ARP_* or NF_NETDEV_*
    std::int32_t priority = 0; ///< lower comes first
    std::string device;        ///< netdev only
};

/// Builds one transaction. finish() last, once.
class Transaction {
public:
    Transaction();

    /// Does nothing where the table is there.
    void add_table(const Table& table);
    void delete_table(const Table& table);
    void add_set(const Table& table, const SetSpec& set);
    void add_chain(const Table& table, const ChainSpec& chain);
    void add_rule(const Table& table, std::string_view chain, const Rule& rule);
    /// Elements that are there stay as they are. With a timeout they vanish by themselves; zero would mean for ever,
    /// and is a broken program.
    void add_elements(const Table& table, std::string_view set, std::span<const Bytes> keys,
                      std::optional<Timeout> timeout = std::nullopt);
    /// The transaction fails with ENOENT where one is missing.
    void delete_elements(const Table& table, std::string_view set, std::span<const Bytes> keys);
    /// Whatever it holds, nothing included.
    void empty_set(const Table& table, std::string_view set);

    /// How many messages there are, which is the number of the next one.
    [[nodiscard]] std::size_t size() const noexcept { return batch_.size(); }

    /// For RequestSocket::transact().
    [[nodiscard]] Batch finish() &&;

private:
    void add_message(std::uint16_t type, std::uint16_t flags, Family family,
                     const std::function<void(nlmsghdr&)>& put_attributes);
    void element_message(std::uint16_t type, std::uint16_t flags, const Table& table, std::string_view set,
                         std::span<const Bytes> keys, std::optional<Timeout> timeout);

    Batch batch_;
};

} // namespace belay::netlink::nft
