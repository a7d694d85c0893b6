#pragma once
// Files as texts for the tests of this folder: one good one, and ways to make exactly one thing of it wrong.

#include "belay/config/load.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <string_view>

namespace belay::config::test {

/// The path of a file of the source tree. In main.cpp, which the build tells where that is.
[[nodiscard]] std::string source_path(std::string_view relative);

inline std::string read_text(const std::string& path) {
    const std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) {
        throw std::runtime_error("cannot read " + path);
    }
    return text.str();
}

/// A file without any problem: three nodes, two channels, two VIPs, every key.
inline std::string good_text() {
    return read_text(source_path("tests/config/data/good.ini"));
}

/// `text` with its first `part` replaced; a part that is not there is a broken test.
inline std::string with(std::string text, std::string_view part, std::string_view replacement) {
    const std::size_t at = text.find(part);
    if (at == std::string::npos) {
        throw std::runtime_error("the text has no " + std::string(part));
    }
    return text.replace(at, part.size(), replacement);
}

/// All problems of a text named "f", one a line.
inline std::string problems_of(std::string_view text, const std::string& name = "f") {
    std::string lines;
    for (const Problem& problem : load_text(text, name).problems) {
        lines += to_text(problem) + "\n";
    }
    return lines;
}

/// The settings of a text that must have no error.
inline Settings settings_of(std::string_view text) {
    const Loaded loaded = load_text(text, "f");
    if (!loaded.settings) {
        throw std::runtime_error("the text has errors:\n" + problems_of(text));
    }
    return *loaded.settings;
}

/// A directory that goes away with the test.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern = std::filesystem::temp_directory_path() / "belay-config-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("cannot make a temporary directory");
        }
        path_ = pattern;
    }

    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    TemporaryDirectory(TemporaryDirectory&&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;

    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    /// The path of a file in it.
    [[nodiscard]] std::string file(std::string_view name) const { return path_ / name; }

    /// Makes a file in it.
    [[nodiscard]] std::string write(std::string_view name, std::string_view content) const {
        std::ofstream(file(name), std::ios::binary) << content;
        return file(name);
    }

private:
    std::filesystem::path path_;
};

} // namespace belay::config::test
