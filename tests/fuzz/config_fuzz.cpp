// What may stand in a configuration file: any bytes end in settings or in errors, each with a place in the file and a
// text that a terminal may show. Settings survive printing; line ends of either kind mean the same.

#include "belay/config/change.hpp"
#include "belay/config/ini.hpp"
#include "belay/config/load.hpp"
#include "belay/config/print.hpp"
#include "belay/config/settings.hpp"
#include "belay/config/survival.hpp"
#include "check.hpp"

#include <string>
#include <vector>

namespace {

using namespace belay;
using namespace belay::config;
using fuzz::must;

/// Sizes of the lines without their ends, a byte order mark not counted.
std::vector<std::size_t> line_sizes(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    std::vector<std::size_t> sizes{0};
    for (const char letter : text) {
        if (letter == '\n') {
            sizes.push_back(0);
        } else {
            ++sizes.back();
        }
    }
    return sizes;
}

void must_be_within(Position place, const std::vector<std::size_t>& sizes) {
    must(place.line >= 1 && place.line <= sizes.size());
    must(place.column >= 1 && place.column <= sizes[place.line - 1] + 1);
}

void must_tell(const Problem& problem, const std::vector<std::size_t>& sizes) {
    fuzz::must_be_readable(problem.text);
    fuzz::must_be_readable(to_text(problem));
    must(problem.file == "belay.ini");
    if (problem.line != 0 || !problem.text.ends_with("more problems are not shown")) {
        must_be_within({.line = problem.line, .column = problem.column}, sizes);
    }
}

void must_stand_in(const ini::Document& document, const std::vector<std::size_t>& sizes) {
    for (const ini::Section& section : document.sections) {
        must_be_within(section.at, sizes);
        must_be_within(section.name_at, sizes);
        for (const ini::Entry& entry : section.entries) {
            must_be_within(entry.key_at, sizes);
            must_be_within(entry.value_at, sizes);
            must(!entry.key.empty() && (!entry.readable || fuzz::has_no_controls_but_tabs(entry.value)));
        }
    }
    for (const ini::Fault& fault : document.faults) {
        must_be_within(fault.at, sizes);
        fuzz::must_be_readable(fault.text);
    }
}

void must_survive_printing(const Settings& settings) {
    const std::string text = print(settings);
    const Loaded again = load_text(text, "printed");
    must(again.settings == settings && print(*again.settings) == text);
    for (const FenceKind fence : {FenceKind::nftables, FenceKind::address, FenceKind::off}) {
        must(digest(*again.settings, fence) == digest(settings, fence));
        must(promise_span(settings.cluster, fence) <= promise_span_max);
    }
    must(vip_digest(*again.settings) == vip_digest(settings));
}

void must_be_of_use(const Settings& settings) {
    must(settings.nodes.size() >= 2 && !settings.vips.empty());
    const auto change = compare(settings, settings);
    must(change.has_value() && change->empty());
    must(!survival(settings).empty() && takeover_max(settings.cluster) > Duration::zero());
}

void must_mean_the_same_with_other_line_ends(std::string_view text, const Loaded& loaded) {
    std::string other;
    for (const char letter : text) {
        other += letter == '\n' ? std::string("\r\n") : std::string(1, letter);
    }
    const Loaded again = load_text(other, loaded.file);
    must(again.settings == loaded.settings && again.problems == loaded.problems);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const std::vector<std::size_t> sizes = line_sizes(text);
    must_stand_in(ini::parse(text), sizes);
    const Loaded loaded = load_text(text, "belay.ini");
    bool error = false;
    for (const Problem& problem : loaded.problems) {
        must_tell(problem, sizes);
        error = error || problem.severity == Severity::error;
    }
    must(loaded.settings.has_value() == !error);
    for (const auto& [name, place] : loaded.places) {
        must_be_within(place, sizes);
    }
    if (loaded.settings) {
        must_survive_printing(*loaded.settings);
        must_be_of_use(*loaded.settings);
    }
    if (!text.contains('\r')) {
        must_mean_the_same_with_other_line_ends(text, loaded);
    }
    return 0;
}
