#pragma once
// What must hold, and the story of a run: violations in words, a hash of all that happened, and the last lines of the
// transcript when somebody wants to read it.

#include "host_clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

namespace belay::sim {

struct Violation {
    std::string rule; ///< "G1", "G2", "term", "revived", "released", "digest"
    std::string text;
    WorldTime at{};
};

class Oracle {
public:
    explicit Oracle(std::size_t lines_kept)
        : lines_kept_(lines_kept) {}

    void violated(WorldTime now, std::string rule, std::string text) {
        if (violations_.size() < violations_max) {
            say(now, "VIOLATION", "of {}: {}", rule, text);
            violations_.push_back({.rule = std::move(rule), .text = std::move(text), .at = now});
        }
    }

    /// Everything that happens goes in here: two runs of one seed have one hash.
    void mix(std::uint64_t value) noexcept { hash_ = (hash_ ^ value) * 0x100000001b3U; }

    template <typename... Values>
    void say(WorldTime now, const std::string& who, fmt::format_string<Values...> text, Values&&... values) {
        if (lines_kept_ == 0) {
            return;
        }
        if (lines_.size() == lines_kept_) {
            lines_.pop_front();
        }
        const auto us = now.count() / 1000;
        lines_.push_back(fmt::format("{:>4}.{:06} {:<9} {}", us / 1'000'000, us % 1'000'000, who,
                                     fmt::format(text, std::forward<Values>(values)...)));
    }

    [[nodiscard]] const std::vector<Violation>& violations() const noexcept { return violations_; }

    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }

    [[nodiscard]] const std::deque<std::string>& lines() const noexcept { return lines_; }

private:
    static constexpr std::size_t violations_max = 4;

    std::size_t lines_kept_;
    std::vector<Violation> violations_;
    std::deque<std::string> lines_;
    std::uint64_t hash_ = 0xcbf29ce484222325U;
};

} // namespace belay::sim
