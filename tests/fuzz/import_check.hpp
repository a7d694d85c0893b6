#pragma once
// What both importers promise for any file: a result that the configuration's own loader accepts, or errors.

#include "belay/cli/import_result.hpp"
#include "belay/config/load.hpp"
#include "check.hpp"

#include <string>
#include <vector>

namespace belay::fuzz {

inline Result<IpAddress> resolve(const std::string& name) {
    if (name == "localhost") {
        return parse_ip("127.0.0.1");
    }
    constexpr std::size_t size_max = 12; // so that some names are none
    if (name.empty() || name.size() > size_max) {
        return fail("not in the test's table");
    }
    IpAddress address{.family = IpAddress::Family::v4, .bytes = {10, 77, 0}};
    for (const char letter : name) {
        address.bytes[3] = static_cast<std::uint8_t>(address.bytes[3] * 31U + static_cast<std::uint8_t>(letter));
    }
    return address;
}

/// Without options, and with all of them.
inline std::vector<cli::ImportOptions> all_options() {
    cli::ImportOptions plain{.file = "some.conf", .resolve = resolve};
    cli::ImportOptions full = plain;
    full.addresses.insert(cli::parse_host_addresses("alpha=10.77.0.1,10.78.0.1").value());
    full.addresses.insert(cli::parse_host_addresses("beta=10.77.0.2,10.78.0.2").value());
    full.interface = "eth0";
    full.vip = "10.77.0.100/24";
    full.pid_file = "/run/some.pid";
    full.node_id = "1\n";
    return {std::move(plain), std::move(full)};
}

inline void must_be_imported_or_refused(const cli::Imported& imported, std::string_view text) {
    const auto lines = static_cast<unsigned>(std::ranges::count(text, '\n')) + 1;
    bool error = false;
    for (const config::Problem& problem : imported.problems) {
        must_be_readable(problem.text);
        must(problem.file == "some.conf" && problem.line <= lines && (problem.line == 0) == (problem.column == 0));
        error = error || problem.severity == config::Severity::error;
    }
    must(imported.ok() == !error);
    unsigned last = 0;
    for (const cli::ImportRemark& remark : imported.remarks) {
        must(remark.line >= std::max(last, 1U) && remark.line <= lines);
        must(!remark.setting.empty() && !remark.text.empty());
        last = remark.line;
    }
    if (!imported.ok()) {
        return;
    }
    must(config::load_text(imported.ini, "belay.ini").settings.has_value());
    must(config::load_text(with_diff_as_comments(imported, "some.conf"), "belay.ini").settings.has_value());
}

} // namespace belay::fuzz
