// `belay db [list|detach|attach|promote|recover]`: the database nodes that all pgpool-IIs share.

#include "ask.hpp"
#include "belay/cli/render.hpp"
#include "commands.hpp"
#include "duration_option.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

namespace belay::cli {

namespace {

using control::request::DbAct;

constexpr Duration wait_default = std::chrono::seconds(10);
constexpr Duration recovery_wait_default = DbAct::wait_max; // it copies a whole database

constexpr std::array acts{DbAct::Act::detach, DbAct::Act::attach, DbAct::Act::promote, DbAct::Act::recover};

const DbAct::Act* act_of(std::string_view word) {
    const auto* const found =
        std::ranges::find(acts, word, [](DbAct::Act act) { return control::request::word_of(act); });
    return found == acts.end() ? nullptr : found;
}

void declare_db(CLI::App& app, Arguments& arguments) {
    app.add_option_function<std::string>(
           "ACT",
           [&arguments](const std::string& act) {
               if (act != "list" && act_of(act) == nullptr) {
                   throw CLI::ValidationError(
                       "ACT", fmt::format("'{}' is none of list, detach, attach, promote, recover", clean(act)));
               }
               arguments.db_act = act == "list" ? "" : act;
           },
           "list (default), detach, attach, promote or recover")
        ->type_name("");
    app.add_option_function<std::uint32_t>(
           "ID", [&arguments](const std::uint32_t& number) { arguments.db_id = number; },
           "pgpool-II's number of the database node")
        ->check(CLI::Range(std::uint32_t{0}, control::request::database_id_max))
        ->type_name("");
    app.add_option_function<std::string>(
           "--wait",
           [&arguments](const std::string& text) {
               arguments.db_wait = duration_option("--wait", text, Duration::zero(), DbAct::wait_max);
           },
           "At most so long (default 10s, recover 30min)")
        ->type_name("DURATION");
    app.callback([&arguments] {
        if (!arguments.db_act.empty() && !arguments.db_id) {
            throw CLI::ValidationError(
                "ID", fmt::format("'{}' needs the number of a database node; `belay db` lists them", arguments.db_act));
        }
        if (arguments.db_act.empty() && arguments.db_id) {
            throw CLI::ValidationError("ID", "say what to do with it: detach, attach, promote or recover");
        }
    });
}

ExitCode run_db(const Arguments& arguments, Output& output) {
    if (arguments.db_act.empty()) {
        return ask_and_print(arguments, output, control::request::Db{}, render_db);
    }
    const DbAct::Act act = *act_of(arguments.db_act);
    const Duration wait = arguments.db_wait.value_or(act == DbAct::Act::recover ? recovery_wait_default : wait_default);
    return ask_and_print(arguments, output, DbAct{.act = act, .id = arguments.db_id.value_or(0), .wait = wait},
                         render_db_act, patience + wait);
}

} // namespace

constinit const Command db_command{
    .name = "db", .help = "The database nodes, and what to do with one of them", .declare = declare_db, .run = run_db};

} // namespace belay::cli
