#pragma once
// What an importer makes of another program's configuration: an ini file, what became of each setting, and what is in
// the way. Importers are pure: text in, this out; whoever calls them reads files and resolves names.

#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"
#include "belay/config/problem.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace belay::cli {

/// What became of one setting: where it went, or why it was not taken over and what does its work.
struct ImportRemark {
    unsigned line = 0;
    std::string setting; ///< as the file writes it; a secret without its value
    bool taken = false;
    std::string text;
};

struct Imported {
    std::string ini;                       ///< accepted by config::load_text where ok(); otherwise as far as it came
    std::string diff;                      ///< unified, for patch(1): what to change in the imported file; may be empty
    std::vector<ImportRemark> remarks;     ///< in the order of the imported file
    std::vector<config::Problem> problems; ///< in the imported file, or of the result as a whole

    /// Whether no problem is an error.
    [[nodiscard]] bool ok() const;
};

/// The address of a host name, or why there is none.
using ResolveHost = std::function<Result<IpAddress>(const std::string& name)>;

/// What the operator said on the command line because the file does not.
struct ImportOptions {
    std::string file; ///< its name, only quoted
    ResolveHost resolve;
    /// --address NAME=IP[,IP...]: the addresses of a host, one for each channel. For import-keepalived each is a node.
    std::map<std::string, std::vector<IpAddress>> addresses = {};
    std::string interface = {}; ///< --interface, empty where it was not given; the same for the rest
    std::string vip = {};       ///< --vip ADDRESS[/LENGTH]
    std::string pid_file = {};  ///< --pid-file
    std::string node_id = {};   ///< the content of the file of --node-id
};

/// What to do with commands that follow the role.
inline constexpr std::string_view no_role_commands =
    "put it into /etc/belay/hooks/on-change, which belay-hooks.service runs when the role changes; "
    "see run-on in belay(1)";

/// Reads the argument of --address. The error says how to write it.
[[nodiscard]] Result<std::pair<std::string, std::vector<IpAddress>>> parse_host_addresses(std::string_view text);

/// Adds what became of each setting to the end of the ini text, has the configuration's own loader judge it, and turns
/// what that says into problems.
void finish_import(Imported& imported, const std::string& file);

/// The ini text with the diff behind it as comments, for one file with everything.
[[nodiscard]] std::string with_diff_as_comments(const Imported& imported, const std::string& file);

} // namespace belay::cli
