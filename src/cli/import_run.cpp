#include "import_run.hpp"

#include "ask.hpp"
#include "belay/base/unique_fd.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belay::cli {

namespace {

using config::Severity;

/// At most one byte more than an importer reads, so that it says so.
Result<std::string> read_text(const std::string& path) {
    constexpr std::size_t size_max = (std::size_t{1} << 20U) + 1;
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return fail_errno(errno, "cannot read {}", path);
    }
    std::string text(size_max, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(file.get(), &text[size], text.size() - size);
        if (got < 0) {
            return fail_errno(errno, "cannot read {}", path);
        }
        if (got == 0) {
            break;
        }
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

/// The first IPv4 address of a host, or its first IPv6 one. Asks whatever this host asks for names.
Result<IpAddress> resolve(const std::string& name) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int code = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
    if (code != 0) {
        return fail("{}", ::gai_strerror(code));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
    std::optional<IpAddress> found;
    for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) {
            continue;
        }
        const auto address = parse_ip(text.data());
        if (address && (!found || (found->is_v6() && address->is_v4()))) {
            found = *address;
        }
    }
    return found ? Result<IpAddress>(*found) : fail("it has no usable address");
}

/// What is there is kept: it may have been worked on since.
Status write_new(const std::string& path, std::string_view text) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file) {
        return errno == EEXIST ? fail("{} exists and is kept; write to another file", path)
                               : fail_errno(errno, "cannot write {}", path);
    }
    while (!text.empty()) {
        const ssize_t size = ::write(file.get(), text.data(), text.size());
        if (size < 0) {
            return fail_errno(errno, "cannot write {}", path);
        }
        text.remove_prefix(static_cast<std::size_t>(size));
    }
    return {};
}

/// The file pgpool_node_id lies beside pgpool.conf, where there is one.
Result<std::string> read_node_id(const Arguments& arguments) {
    if (!arguments.import_node_id.empty()) {
        return read_text(arguments.import_node_id);
    }
    const std::size_t slash = arguments.import_file.rfind('/');
    const std::string directory = slash == std::string::npos ? "" : arguments.import_file.substr(0, slash + 1);
    return read_text(directory + "pgpool_node_id").value_or(std::string());
}

Result<ImportOptions> options_of(const Arguments& arguments) {
    ImportOptions options{.file = arguments.import_file,
                          .resolve = resolve,
                          .addresses = {},
                          .interface = arguments.import_interface,
                          .vip = arguments.import_vip,
                          .pid_file = arguments.import_pid_file,
                          .node_id = {}};
    for (const std::string& text : arguments.import_addresses) {
        auto host = parse_host_addresses(text);
        if (!host) {
            return fail("--address: {}", host.error().text);
        }
        options.addresses.insert_or_assign(std::move(host->first), std::move(host->second));
    }
    auto node_id = read_node_id(arguments);
    if (!node_id) {
        return std::unexpected(std::move(node_id).error());
    }
    options.node_id = *std::move(node_id);
    return options;
}

nlohmann::json to_json(const Imported& imported, const std::string& file) {
    nlohmann::json settings = nlohmann::json::array();
    for (const ImportRemark& remark : imported.remarks) {
        settings.push_back(
            {{"line", remark.line}, {"setting", remark.setting}, {"taken", remark.taken}, {"text", remark.text}});
    }
    nlohmann::json problems = nlohmann::json::array();
    for (const config::Problem& problem : imported.problems) {
        problems.push_back({{"severity", problem.severity == Severity::error ? "error" : "warning"},
                            {"file", problem.file},
                            {"line", problem.line},
                            {"column", problem.column},
                            {"text", problem.text}});
    }
    return {{"ok", imported.ok()},
            {"file", file},
            {"ini", imported.ini},
            {"diff", imported.diff},
            {"settings", std::move(settings)},
            {"problems", std::move(problems)}};
}

/// Writes what was asked for as files, and tells where the rest is.
Status write_results(const Arguments& arguments, Output& output, const Imported& imported) {
    const bool apart = !arguments.import_diff.empty();
    const std::string ini = apart ? imported.ini : with_diff_as_comments(imported, arguments.import_file);
    if (!arguments.import_output.empty()) {
        if (Status written = write_new(arguments.import_output, ini); !written) {
            return written;
        }
    } else if (!arguments.json) {
        output.out << ini;
    }
    return apart ? write_new(arguments.import_diff, imported.diff) : Status();
}

} // namespace

void declare_import(CLI::App& app, Arguments& arguments) {
    app.add_option("FILE", arguments.import_file, "The file to import")->required()->type_name("");
    app.add_option("--address", arguments.import_addresses, "Addresses of a host, one per channel")
        ->type_name("NAME=IP,..")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app.add_option("--interface", arguments.import_interface, "Where the VIPs are put")->type_name("NAME");
    app.add_option("--output", arguments.import_output, "Write the ini file there")->type_name("FILE");
}

ExitCode run_import(const Arguments& arguments, Output& output, Import import) {
    const auto options = options_of(arguments);
    const auto text = read_text(arguments.import_file);
    if (!text || !options) {
        complain(output, text ? options.error().text : text.error().text);
        return ExitCode::failed;
    }
    const Imported imported = import(*text, *options);
    if (arguments.json) {
        print_json(output, to_json(imported, arguments.import_file));
    } else {
        for (const config::Problem& problem : imported.problems) {
            output.err << config::to_text(problem) << '\n';
        }
    }
    if (!imported.ok()) {
        return ExitCode::failed;
    }
    if (const Status written = write_results(arguments, output, imported); !written) {
        complain(output, written.error().text);
        return ExitCode::failed;
    }
    if (!arguments.json) {
        const auto lost = std::ranges::count(imported.remarks, false, &ImportRemark::taken);
        output.err << fmt::format(
            "{}: imported, and the result was checked: it is accepted. {} not taken over; the end "
            "of the result says why\n",
            arguments.import_file,
            count_text(static_cast<std::size_t>(lost), "setting") + (lost == 1 ? " is" : " are"));
    }
    return ExitCode::done;
}

} // namespace belay::cli
