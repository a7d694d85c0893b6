#pragma once
// The syntax of pgpool.conf and nothing of its meaning (pgpool-II manual, "Setting Parameters"): names in any case, an
// optional `=`, values in quotes with '' and \' inside or bare, `#` comments, the last setting of a name wins. Where
// each of them stands is kept, so that the file can be changed by a diff. Pure.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belay::cli {

struct PgpoolSetting {
    std::string name;    ///< in lower case
    std::string written; ///< as in the file
    std::string value;   ///< without quotes, '' and \' as one quote
    /// What stands between the quotes. pgpool-II 4.3 gives commands to the shell like this: against its manual it takes
    /// no '' at all, and leaves the backslash of \' where it is (tried with 4.3.5).
    std::string raw;
    unsigned line = 0;              ///< from 1
    std::size_t begin = 0, end = 0; ///< the bytes of the line from the name to the end of the value
};

struct PgpoolFault {
    unsigned line = 0;
    unsigned column = 0;
    std::string text;
};

struct PgpoolConf {
    std::vector<std::string> lines; ///< without their line feeds
    bool final_newline = true;
    std::vector<PgpoolSetting> settings;  ///< in the order of the file, with `include`
    std::vector<PgpoolSetting> commented; ///< `#name = value`: how a sample file says what the default of a build is
    std::vector<PgpoolFault> faults;

    /// The setting of that name (in lower case) that counts; nullptr when there is none.
    [[nodiscard]] const PgpoolSetting* find(std::string_view name) const;
    [[nodiscard]] const PgpoolSetting* find_commented(std::string_view name) const;
};

/// Reads any bytes, and goes on after every fault.
[[nodiscard]] PgpoolConf parse_pgpool_conf(std::string_view text);

/// on, off, true, false, yes, no, 1, 0 in any case, or a prefix of one that is of no other.
[[nodiscard]] std::optional<bool> pgpool_flag(std::string_view value);

/// A whole number with ms, s, min, h or d, or without a unit in `unit`.
[[nodiscard]] std::optional<Duration> pgpool_time(std::string_view value, Duration unit);

/// A whole number from 0 to `most`.
[[nodiscard]] std::optional<std::uint32_t> pgpool_number(std::string_view value, std::uint32_t most);

} // namespace belay::cli
