#pragma once
// keepalived.conf as its parts are read, and the record of what became of each statement.

#include "belay/cli/import_result.hpp"
#include "belay/cli/keepalived_conf.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace belay::cli {

/// One virtual address.
struct KeepalivedVip {
    IpPrefix address;
    std::string interface;
};

/// What the VRRP instances say together; Belay moves all addresses as one.
struct KeepalivedModel {
    bool has_instance = false;
    std::optional<unsigned> first_line; ///< of the first instance, for what it lacks
    std::vector<KeepalivedVip> vips;
    std::vector<IpAddress> sources;            ///< unicast_src_ip of each instance that has one
    std::vector<std::vector<IpAddress>> peers; ///< unicast_peer of the same instances
    std::optional<std::uint32_t> priority;
    std::string state;
    std::string advert_interval;
    bool nopreempt = false;
    std::optional<std::uint32_t> preempt_delay_ms;
    std::vector<std::string> processes;                  ///< that are tracked, by the names of their definitions
    std::vector<const KeepalivedStatement*> definitions; ///< vrrp_track_process
};

class KeepalivedSource {
public:
    KeepalivedSource(const ImportOptions& options, Imported& out)
        : options_(options)
        , out_(out) {}

    [[nodiscard]] const ImportOptions& options() const noexcept { return options_; }

    void taken(const KeepalivedStatement& statement, const std::string& text) { tell(statement, true, text); }

    void not_taken(const KeepalivedStatement& statement, const std::string& text) { tell(statement, false, text); }

    /// An error at a line; 0 is the file as a whole.
    void error(unsigned line, const std::string& text);

private:
    void tell(const KeepalivedStatement& statement, bool taken, const std::string& text);

    const ImportOptions& options_;
    Imported& out_;
};

/// Reads every statement of the file and tells what became of it.
[[nodiscard]] KeepalivedModel read_keepalived(const KeepalivedConf& conf, KeepalivedSource& source);

/// Why Belay has no counterpart for a statement, and what does its work.
[[nodiscard]] std::string keepalived_reason(std::string_view keyword);

} // namespace belay::cli
