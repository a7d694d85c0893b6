// Asks this host for what a configuration takes for granted.

#include "belay/config/host_check.hpp"

#include "belay/base/secret_file.hpp"
#include "belay/config/key_file.hpp"
#include "belay/config/node_name.hpp"
#include "belay/config/schema.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <net/if.h>
#include <sys/stat.h>
#include <system_error>

namespace belay::config {

namespace {

/// That a file of passwords is missing or too open; nothing where none is set.
std::string password_file_problem(std::string_view key, const std::string& path, const ModeRule& rule) {
    if (path.empty()) {
        return {};
    }
    struct stat file{};
    if (::stat(path.c_str(), &file) != 0) {
        return fmt::format("{}: cannot read {}: {}", key, path, std::generic_category().message(errno));
    }
    const unsigned mode = file.st_mode & 07777U;
    return !rule.refuses(mode) ? std::string()
                               : fmt::format("{}: {} has mode {:04o}, so it will not be used: chmod {:04o} {}", key,
                                             path, mode, rule.remedy, path);
}

/// Warnings, because the daemon starts without them, and says what it lacks.
void check_password_files(std::vector<Problem>& problems, const Loaded& loaded, const Settings& settings) {
    const auto warn = [&](const std::string& section, std::string_view key, std::string text) {
        if (!text.empty()) {
            problems.push_back(loaded.problem_at(Severity::warning, section, key, std::move(text)));
        }
    };
    warn("[service]", "password_file",
         password_file_problem("password_file", settings.service.password_file, libpq_mode_rule));
    if (settings.pgpool) {
        warn("[pgpool]", "pcp_password_file",
             password_file_problem("pcp_password_file", settings.pgpool->pcp_password_file, own_mode_rule));
    }
}

} // namespace

std::vector<Problem> check_host(const Loaded& loaded, const std::optional<std::string>& node) {
    std::vector<Problem> problems;
    if (!loaded.settings) {
        return problems;
    }
    const Settings& settings = *loaded.settings;
    if (const auto keys = read_key_file(settings.cluster.key_file); !keys) {
        problems.push_back(loaded.problem_at(Severity::error, "[cluster]", "key_file", keys.error().text));
    }
    const auto name = own_node_name(settings, node);
    const bool witness = name && settings.find_node(*name)->kind == NodeKind::witness;
    for (const Vip& vip : settings.vips) {
        if (!witness && ::if_nametoindex(vip.interface.c_str()) == 0) {
            problems.push_back(loaded.problem_at(
                Severity::warning, section_title("vip", vip.name), "interface",
                fmt::format("interface: '{}' does not exist on this host; while that is so, this node "
                            "cannot be active",
                            vip.interface)));
        }
    }
    if (!witness) {
        check_password_files(problems, loaded, settings);
    }
    if (!name) {
        problems.push_back({.severity = Severity::warning,
                            .file = loaded.file,
                            .line = 0,
                            .column = 0,
                            .text = "this host is no node of the file: " + name.error().text});
    }
    return problems;
}

} // namespace belay::config
