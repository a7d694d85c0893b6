#include "belay/cli/import_result.hpp"

#include "belay/cli/ini_text.hpp"
#include "belay/config/load.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::cli {

namespace {

using config::Problem;
using config::Severity;

/// The line of `text` with that number, from 1.
std::string_view line_of(std::string_view text, unsigned number) {
    for (; number > 1 && !text.empty(); --number) {
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    }
    return text.substr(0, text.find('\n'));
}

} // namespace

bool Imported::ok() const {
    return std::ranges::none_of(problems, [](const Problem& problem) { return problem.severity == Severity::error; });
}

Result<std::pair<std::string, std::vector<IpAddress>>> parse_host_addresses(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos) {
        return fail("'{}' is not NAME=IP, as in alpha=10.77.0.1 or, with a second network, alpha=10.77.0.1,10.78.0.1",
                    text);
    }
    std::pair<std::string, std::vector<IpAddress>> host{std::string(text.substr(0, equals)), {}};
    for (std::size_t at = equals + 1; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const auto address = parse_ip(text.substr(at, end - at));
        if (!address) {
            return std::unexpected(address.error());
        }
        host.second.push_back(*address);
        at = end + 1;
    }
    return host;
}

void finish_import(Imported& imported, const std::string& file) {
    std::ranges::stable_sort(imported.remarks, {}, &ImportRemark::line);
    IniText end;
    if (!imported.ini.ends_with("\n\n")) {
        end.blank();
    }
    end.comment(fmt::format("What became of each setting of {}:", file));
    for (const ImportRemark& remark : imported.remarks) {
        end.line(fmt::format("{:>4}  {}", remark.line, remark.setting));
        end.comment((remark.taken ? "" : "not taken over: ") + remark.text, 8);
    }
    imported.ini += end.text();
    if (!imported.ok()) {
        return;
    }
    const config::Loaded loaded = config::load_text(imported.ini, "the result");
    for (const Problem& problem : loaded.problems) {
        const std::string_view line = problem.line == 0 ? std::string_view() : line_of(imported.ini, problem.line);
        const bool error = problem.severity == Severity::error;
        imported.problems.push_back(
            {.severity = problem.severity,
             .file = file,
             .line = 0,
             .column = 0,
             .text = fmt::format("{}{}{}", error ? "the result would not be accepted: " : "", problem.text,
                                 line.empty() ? "" : fmt::format(" (at '{}')", line))});
    }
}

std::string with_diff_as_comments(const Imported& imported, const std::string& file) {
    IniText end;
    if (!imported.diff.empty()) {
        end.blank();
        end.comment(fmt::format("What to change in {0}, on every host; this applies it:", file));
        end.line(fmt::format("  sed -n 's/^;| //p' belay.ini | patch {}", file));
    }
    std::string text = imported.ini + end.text();
    for (std::string_view rest = imported.diff; !rest.empty();) {
        const std::size_t size = std::min(rest.find('\n'), rest.size());
        constexpr std::size_t size_max = 1000; // a line of the ini file has 1024 bytes at most
        if (size > size_max) {
            text += fmt::format(";! a line of {} bytes is left out here; use --diff FILE\n", size);
        } else {
            text += fmt::format(";| {}\n", rest.substr(0, size));
        }
        rest.remove_prefix(std::min(size + 1, rest.size()));
    }
    return text;
}

} // namespace belay::cli
