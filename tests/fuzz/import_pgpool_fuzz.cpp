// What may stand in a pgpool.conf: any bytes end in a belay.ini that is accepted, or in errors. The diff fits the file,
// what it makes of it is a pgpool.conf whose watchdog is off, and nothing is left to change in that.

#include "belay/cli/import_pgpool.hpp"
#include "belay/cli/pgpool_conf.hpp"
#include "import_check.hpp"

#include <charconv>

namespace {

using namespace belay;
using namespace belay::cli;
using fuzz::must;

/// patch(1), without its tolerance.
class Patch {
public:
    Patch(std::string_view file, std::string_view diff) {
        while (!file.empty()) {
            old_.push_back(take_line(file));
        }
        must(take_line(diff) == "--- some.conf\n" && take_line(diff) == "+++ some.conf\n");
        while (!diff.empty()) {
            apply(take_line(diff));
        }
        copy_until(old_.size());
        must(left_ == 0 && added_ == 0);
    }

    std::string result;

private:
    static std::string_view take_line(std::string_view& text) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end);
        return line;
    }

    static std::size_t take_number(std::string_view& text, std::string_view before) {
        must(text.starts_with(before));
        text.remove_prefix(before.size());
        std::size_t value = 0;
        const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        must(problem == std::errc());
        text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
        return value;
    }

    void copy_until(std::size_t index) {
        must(index <= old_.size() && next_ <= index);
        while (next_ < index) {
            put(old_[next_++]);
        }
    }

    void put(std::string_view line) {
        must(result.empty() || result.ends_with('\n'));
        result += line;
    }

    void begin_hunk(std::string_view head) {
        must(left_ == 0 && added_ == 0);
        const std::size_t first = take_number(head, "@@ -");
        left_ = take_number(head, ",");
        const std::size_t place = take_number(head, " +");
        added_ = take_number(head, ",");
        must(head == " @@\n" && (first >= 1 || left_ == 0));
        copy_until(left_ == 0 ? first : first - 1);
        const auto lines = static_cast<std::size_t>(std::ranges::count(result, '\n'));
        must(place == (added_ == 0 ? lines : lines + 1));
    }

    void take_old(std::string_view line) {
        must(left_ > 0 && next_ < old_.size());
        const std::string_view there = old_[next_++];
        must(line == there || (line.ends_with('\n') && line.substr(0, line.size() - 1) == there)); // its end is missing
        --left_;
    }

    void apply(std::string_view line) {
        const std::string_view content = line.substr(1);
        if (left_ == 0 && added_ == 0 && !line.starts_with('\\')) {
            begin_hunk(line);
        } else if (line.starts_with(' ')) {
            const std::string_view there = next_ < old_.size() ? old_[next_] : std::string_view();
            take_old(content);
            put(there);
            --added_;
        } else if (line.starts_with('-')) {
            take_old(content);
        } else if (line.starts_with('+')) {
            must(added_ > 0);
            put(content);
            --added_;
        } else {
            must(line == "\\ No newline at end of file\n");
        }
    }

    std::vector<std::string_view> old_;
    std::size_t next_ = 0; ///< line of the old file
    std::size_t left_ = 0, added_ = 0;
};

void must_fit(const std::string& diff, std::string_view text, const ImportOptions& options) {
    if (diff.empty()) {
        return;
    }
    const std::string changed = Patch(text, diff).result;
    const PgpoolConf conf = parse_pgpool_conf(changed);
    must(conf.faults.empty());
    const PgpoolSetting* const watchdog = conf.find("use_watchdog");
    must(watchdog == nullptr || pgpool_flag(watchdog->value) == false);
    must(import_pgpool(changed, options).diff.empty());
}

void must_be_settings(const PgpoolConf& conf, std::string_view text) {
    std::string again;
    for (const std::string& line : conf.lines) {
        again += line + '\n';
    }
    if (!conf.final_newline) {
        again.pop_back();
    }
    must(again == text);
    for (const auto* const list : {&conf.settings, &conf.commented}) {
        for (const PgpoolSetting& setting : *list) {
            must(setting.line >= 1 && setting.line <= conf.lines.size() && !setting.name.empty());
            const std::string& line = conf.lines[setting.line - 1];
            must(setting.begin < setting.end && setting.end <= line.size());
            must(line.substr(setting.begin, setting.end - setting.begin).starts_with(setting.written));
            must(setting.name.size() == setting.written.size());
        }
    }
    for (const PgpoolFault& fault : conf.faults) {
        must(!fault.text.empty() && fault.line >= 1 && fault.line <= conf.lines.size() && fault.column >= 1);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    must_be_settings(parse_pgpool_conf(text), text);
    for (const ImportOptions& options : fuzz::all_options()) {
        const Imported imported = import_pgpool(text, options);
        fuzz::must_be_imported_or_refused(imported, text);
        if (imported.ok()) {
            must_fit(imported.diff, text, options);
        }
    }
    return 0;
}
