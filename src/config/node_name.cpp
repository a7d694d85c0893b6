// Option, file, host name: the first that says something decides, and a wrong one is never passed over.

#include "belay/config/node_name.hpp"

#include "file_text.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <unistd.h>
#include <vector>

namespace belay::config {

namespace {

/// The configured names, for an error.
std::string names_of(const Settings& settings) {
    std::vector<std::string_view> names;
    names.reserve(settings.nodes.size());
    for (const Node& node : settings.nodes) {
        names.emplace_back(node.name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// The first word of a node file; empty where it has none.
std::string name_in(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (const std::string_view name = trim(without_comment(line)); !name.empty()) {
            return std::string(name);
        }
    }
    return {};
}

Result<std::string> kernel_host_name() {
    std::array<char, 256> name{}; // HOST_NAME_MAX is 64 on Linux; the last byte stays NUL
    if (::gethostname(name.data(), name.size() - 1) != 0) {
        return fail_errno(errno, "cannot ask for the host name");
    }
    return std::string(name.data());
}

} // namespace

Result<std::string> own_node_name(const Settings& settings, const std::optional<std::string>& from_option,
                                  const std::string& node_file, const std::optional<std::string>& host_name) {
    if (from_option) {
        if (settings.find_node(*from_option) == nullptr) {
            return fail("'{}', given as this node's name, is not configured; there are {}", escaped(*from_option),
                        names_of(settings));
        }
        return *from_option;
    }
    constexpr std::size_t node_file_size_max = 4096;
    const auto text = read_file(node_file, node_file_size_max);
    if (!text && text.error().code != ENOENT) {
        return std::unexpected(text.error());
    }
    if (text) {
        std::string name = name_in(*text);
        if (settings.find_node(name) == nullptr) {
            return fail("'{}', this node's name in {}, is not configured; write one of {} there", escaped(name),
                        node_file, names_of(settings));
        }
        return name;
    }
    const auto full = host_name ? Result<std::string>(*host_name) : kernel_host_name();
    if (!full) {
        return full;
    }
    for (const std::string& name : {*full, full->substr(0, full->find('.'))}) {
        if (settings.find_node(name) != nullptr) {
            return name;
        }
    }
    return fail("the host name '{}' is not a configured node; write one of {} to {}, or give it by --node",
                escaped(*full), names_of(settings), node_file);
}

} // namespace belay::config
