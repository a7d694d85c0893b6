// What to change in pgpool.conf: the watchdog off, commands for failed databases behind `belay guard`, and what
// contradicts them. Watchdog settings are left alone; they mean nothing once use_watchdog is off.

#include "belay/cli/unified_diff.hpp"
#include "import_pgpool_sections.hpp"

#include <array>

namespace belay::cli {

namespace {

class Changes {
public:
    explicit Changes(PgpoolSource& source)
        : source_(source) {}

    [[nodiscard]] std::string diff(const PgpoolVip* vip) {
        if (source_.flag("use_watchdog", false)) {
            replace(*source_.find("use_watchdog"), "off");
        }
        guard("failover_command", "failover");
        guard("failback_command", "failback");
        guard("follow_primary_command", "follow_primary");
        guard("follow_master_command", "follow_primary");
        judge_by_health_checks();
        if (!listens_everywhere(source_, vip)) {
            set("listen_addresses", "'*'", "for [service] of belay.ini, at 127.0.0.1, and for the VIP");
            source_.not_taken(source_.find("listen_addresses"),
                              "pgpool-II must answer on 127.0.0.1, for [service], and on the VIP; '*' in the diff");
        }
        return unified_diff({.name = source_.options().file,
                             .lines = source_.conf().lines,
                             .final_newline = source_.conf().final_newline,
                             .is_secret = may_hold_secret},
                            std::move(edits_));
    }

private:
    /// The line with another value; what stands before and behind the setting stays.
    void replace(const PgpoolSetting& setting, std::string_view value, std::string_view comment = {}) {
        const std::string& line = source_.conf().lines[setting.line - 1];
        std::string tail = line.substr(setting.end);
        const std::string changed = line.substr(0, setting.begin) + fmt::format("{} = {}", setting.written, value);
        if (!comment.empty() && !tail.contains('#')) {
            tail = fmt::format("    # {}{}", comment, tail.ends_with('\r') ? "\r" : "");
        }
        edits_.push_back({.first = setting.line, .count = 1, .with = {changed + tail}});
    }

    /// Also where the file has the setting in a comment only, or not at all.
    void set(std::string_view name, std::string_view value, std::string_view comment = {}) {
        const PgpoolSetting* const setting = source_.conf().find(name);
        if (setting != nullptr) {
            replace(*setting, value, comment);
            return;
        }
        const PgpoolSetting* const commented = source_.conf().find_commented(name);
        const std::string line = fmt::format("{} = {}{}{}", name, value, comment.empty() ? "" : "    # ", comment);
        const std::size_t before = commented == nullptr ? source_.conf().lines.size() + 1 : commented->line + 1;
        edits_.push_back({.first = before, .count = 0, .with = {line}});
    }

    void guard(std::string_view name, std::string_view kind) {
        const PgpoolSetting* const setting = source_.find(name);
        if (setting == nullptr || setting->value.empty()) {
            return;
        }
        if (setting->value.contains("belay guard")) {
            source_.taken(setting, "it is behind 'belay guard' already");
            return;
        }
        replace(*setting, fmt::format("'belay guard {} %d %m %P -- {}'", kind, as_arguments(setting->raw)));
        source_.taken(setting, "goes behind 'belay guard', so that it runs on one node only; in the diff");
    }

    /// Each pgpool-II that detaches a node by itself at once decides for all; health checks give them the same view.
    void judge_by_health_checks() {
        const bool old_name = source_.conf().find("fail_over_on_backend_error") != nullptr ||
                              source_.conf().find_commented("fail_over_on_backend_error") != nullptr;
        const std::string_view name = old_name ? "fail_over_on_backend_error" : "failover_on_backend_error";
        const PgpoolSetting* const setting = source_.find(name);
        if (!source_.flag(name, true)) {
            source_.taken(setting, "it is off, as advised");
            return;
        }
        if (!has_health_checks(source_)) {
            source_.not_taken(setting,
                              "advised is off with health_check_period on every host (5, say), so that all "
                              "judge a database by the same checks; it stays on here because health checks are "
                              "off, and nobody would notice a failure");
            return;
        }
        set(name, "off", "health checks judge, on every host alike");
        source_.not_taken(setting, "off is advised: each pgpool-II would decide by itself at the first broken "
                                   "connection; in the diff");
    }

    PgpoolSource& source_;
    std::vector<LineEdit> edits_;
};

} // namespace

std::string pgpool_conf_diff(PgpoolSource& source, const std::optional<PgpoolVip>& vip) {
    return Changes(source).diff(vip ? &*vip : nullptr);
}

bool listens_everywhere(const PgpoolSource& source, const PgpoolVip* vip) {
    const std::string listen = source.text("listen_addresses", "localhost");
    if (listen.contains('*')) {
        return true;
    }
    bool loopback = false;
    bool at_vip = vip == nullptr;
    constexpr std::string_view separators = ", \t";
    for (std::size_t at = listen.find_first_not_of(separators); at != std::string::npos;) {
        const std::size_t end = std::min(listen.find_first_of(separators, at), listen.size());
        const std::string_view item = std::string_view(listen).substr(at, end - at);
        const auto address = parse_ip(item);
        const bool any = address && address->is_unspecified();
        loopback = loopback || item == "localhost" || item == "127.0.0.1" || (any && address->is_v4());
        at_vip =
            at_vip ||
            (address && (*address == vip->address.address || (any && address->family == vip->address.address.family)));
        at = listen.find_first_not_of(separators, end);
    }
    return loopback && at_vip;
}

std::string as_arguments(std::string_view command) {
    static constexpr std::array<std::string_view, 16> words{"cd",     "exec",  "if",     "for",  "while", "until",
                                                            "case",   ".",     "set",    "test", "[",     "!",
                                                            "export", "umask", "source", "eval"};
    const std::string_view first = command.substr(0, command.find_first_of(" \t"));
    const bool needs_shell = command.find_first_of(";&|<>()`{}\n") != std::string_view::npos || first.contains('=') ||
                             std::ranges::find(words, first) != words.end();
    if (!needs_shell) {
        return std::string(command);
    }
    // pgpool.conf can hold no quote of the kind that would need no escapes; a \' goes through both shells as it is.
    std::string quoted = "sh -c \"";
    for (std::size_t at = 0; at < command.size(); ++at) {
        const bool kept = command[at] == '\\' && at + 1 < command.size() && command[at + 1] == '\'';
        if (std::string_view("\\\"$`").contains(command[at]) && !kept) {
            quoted += '\\';
        }
        quoted += command[at];
    }
    return quoted + '"';
}

} // namespace belay::cli
