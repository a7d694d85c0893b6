// The way of a file: syntax (ini), then single values (draft), then what values owe each other (checks).

#include "belay/config/load.hpp"

#include "belay/config/ini.hpp"
#include "checks.hpp"
#include "draft.hpp"
#include "file_text.hpp"
#include "report.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::config {

namespace {

/// The settings of a draft without errors.
Settings assemble(const Draft& draft) {
    Settings settings;
    for (const DraftSection& section : draft.sections) {
        switch (section.rule->kind) {
        case SectionKind::cluster:
            settings.cluster = std::get<Cluster>(section.record);
            break;
        case SectionKind::node:
            settings.nodes.push_back(std::get<Node>(section.record));
            break;
        case SectionKind::vip:
            settings.vips.push_back(std::get<Vip>(section.record));
            break;
        case SectionKind::service:
            settings.service = std::get<Service>(section.record);
            break;
        case SectionKind::announce:
            settings.announce = std::get<Announce>(section.record);
            break;
        case SectionKind::pgpool:
            settings.pgpool = std::get<Pgpool>(section.record);
            break;
        case SectionKind::hooks:
            settings.hooks = std::get<Hooks>(section.record);
            break;
        }
    }
    std::ranges::sort(settings.nodes, {}, &Node::name);
    std::ranges::sort(settings.vips, {}, &Vip::name);
    return settings;
}

/// "[vip main] interface".
std::string place_name(const std::string& section, std::string_view key) {
    return fmt::format("{} {}", section, key);
}

Places places_of(const Draft& draft) {
    Places places;
    for (const DraftSection& section : draft.sections) {
        for (const auto& [name, key] : section.keys) {
            places.emplace(place_name(section.title(), name), key.entry->value_at);
        }
    }
    return places;
}

} // namespace

Problem Loaded::problem_at(Severity severity, const std::string& section, std::string_view key,
                           std::string text) const {
    const auto place = places.find(place_name(section, key));
    const Position at = place == places.end() ? Position{} : place->second;
    return {.severity = severity, .file = file, .line = at.line, .column = at.column, .text = std::move(text)};
}

Loaded load_text(std::string_view text, std::string file_name) {
    Report report(file_name);
    const ini::Document document = ini::parse(text);
    for (const ini::Fault& fault : document.faults) {
        report.error(fault.at, "{}", fault.text);
    }
    const Draft draft = make_draft(document, report);
    for (const auto check :
         {check_presence, check_cluster, check_nodes, check_node_addresses, check_vips, check_service, check_pgpool}) {
        check(draft, report);
    }
    Loaded loaded{.file = std::move(file_name), .settings = {}, .problems = {}, .places = {}};
    if (!report.has_error()) {
        loaded.settings = assemble(draft);
        loaded.places = places_of(draft);
    }
    loaded.problems = report.finish();
    return loaded;
}

Loaded load_file(const std::string& path) {
    const auto text = read_file(path, file_size_max);
    if (!text) {
        Loaded loaded{.file = path, .settings = {}, .problems = {}, .places = {}};
        loaded.problems.push_back(
            {.severity = Severity::error, .file = path, .line = 0, .column = 0, .text = text.error().text});
        return loaded;
    }
    return load_text(*text, path);
}

} // namespace belay::config
