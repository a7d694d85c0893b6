#pragma once
// A directory that vanishes with the test.

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/types.h>

namespace belay::pgpool::test {

class Scratch {
public:
    Scratch() {
        std::string pattern = std::filesystem::temp_directory_path() / "belay-pgpool-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("cannot make a temporary directory");
        }
        path_ = pattern;
    }

    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    Scratch(Scratch&&) = delete;
    Scratch& operator=(Scratch&&) = delete;

    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string file(std::string_view name) const { return path_ / name; }

    /// Makes a file in it, or writes it anew, and gives its path.
    std::string write(std::string_view name, std::string_view content, mode_t mode = 0640) const {
        std::ofstream(file(name), std::ios::binary) << content;
        ::chmod(file(name).c_str(), mode);
        return file(name);
    }

private:
    std::filesystem::path path_;
};

} // namespace belay::pgpool::test
