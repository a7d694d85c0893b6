#include "belay/cli/import_pgpool.hpp"

#include "belay/cli/text.hpp"
#include "import_pgpool_sections.hpp"

namespace belay::cli {

namespace {

constexpr std::size_t text_size_max = std::size_t{1} << 20U;

void write_steps(IniText& ini, const PgpoolSource& source, const std::vector<PgpoolNode>& nodes) {
    const std::string& file = source.options().file;
    ini.comment(fmt::format("belay.ini, made by 'belay import-pgpool {}'. Read it through, then:", file));
    std::string names;
    for (const PgpoolNode& node : nodes) {
        names += (names.empty() ? "" : ", ") + node.name;
    }
    ini.comment(fmt::format("1. On every host: this file as /etc/belay/belay.ini. A host whose name is not that of its "
                            "node ({}) has the node's name in /etc/belay/node.",
                            names));
    ini.comment("2. On one host: belay keygen. Copy the key to the others, with owner, group and mode 0640.");
    ini.comment("3. On every host: the user of [service] and of [pgpool] with their password files, as said there.");
    ini.comment(fmt::format("4. On every host: the changes to {} (the diff), then belay check-config.", file));
    ini.comment("5. Stop pgpool-II everywhere, so that its watchdog takes its address down; start it and belayd.");
    ini.blank();
}

/// What pgpool-II itself would not read is not guessed at.
void report_faults(const PgpoolConf& conf, const std::string& file, Imported& out) {
    for (const PgpoolFault& fault : conf.faults) {
        out.problems.push_back({.severity = config::Severity::error,
                                .file = file,
                                .line = fault.line,
                                .column = fault.column,
                                .text = clean(fault.text)});
    }
}

} // namespace

Imported import_pgpool(std::string_view text, const ImportOptions& options) {
    Imported out;
    if (text.size() > text_size_max) {
        out.problems.push_back(
            {.severity = config::Severity::error,
             .file = options.file,
             .line = 0,
             .column = 0,
             .text = fmt::format("the file has {} bytes; at most {} are read", text.size(), text_size_max)});
        return out;
    }
    const PgpoolConf conf = parse_pgpool_conf(text);
    report_faults(conf, options.file, out);
    PgpoolSource source(conf, options, out);
    const std::vector<PgpoolNode> nodes = read_pgpool_nodes(source);
    const std::optional<PgpoolVip> vip = read_pgpool_vip(source);
    IniText ini;
    write_steps(ini, source, nodes);
    write_cluster(ini, source, nodes, vip);
    write_nodes(ini, source, nodes);
    if (vip) {
        write_vip(ini, *vip);
    }
    write_service(ini, source);
    write_pgpool(ini, source);
    tell_hooks(source);
    out.diff = pgpool_conf_diff(source, vip);
    tell_the_rest(source);
    for (const std::string& key : ini.unwritable()) {
        source.error(nullptr, fmt::format("the value of {} cannot be written in an ini file; change it before", key));
    }
    out.ini = ini.text();
    finish_import(out, options.file);
    return out;
}

} // namespace belay::cli
