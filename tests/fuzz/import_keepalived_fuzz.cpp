// What may stand in a keepalived.conf: any bytes end in a belay.ini that is accepted, or in errors.

#include "belay/cli/import_keepalived.hpp"
#include "belay/cli/keepalived_conf.hpp"
#include "import_check.hpp"

namespace {

using namespace belay;
using namespace belay::cli;
using fuzz::must;

void must_be_statements(const std::vector<KeepalivedStatement>& statements, unsigned lines, std::size_t depth) {
    must(statements.empty() || depth <= keepalived_depth_max);
    for (const KeepalivedStatement& statement : statements) {
        must(!statement.words.empty() && statement.line >= 1 && statement.line <= lines);
        must(statement.has_block || statement.block.empty());
        must_be_statements(statement.block, lines, depth + 1);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const auto lines = static_cast<unsigned>(std::ranges::count(text, '\n')) + 1;
    const KeepalivedConf conf = parse_keepalived_conf(text);
    must_be_statements(conf.statements, lines, 0);
    for (const KeepalivedFault& fault : conf.faults) {
        must(!fault.text.empty() && fault.line >= 1 && fault.line <= lines);
    }
    for (const ImportOptions& options : fuzz::all_options()) {
        fuzz::must_be_imported_or_refused(import_keepalived(text, options), text);
    }
    return 0;
}
