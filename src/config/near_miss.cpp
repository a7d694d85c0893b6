// Edit distance by dynamic programming over three rows.

#include "belay/config/near_miss.hpp"

#include <algorithm>
#include <vector>

namespace belay::config {

namespace {

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool equal(char left, char right) {
    return lower(left) == lower(right);
}

} // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
    // Rows of the usual table: distances of left[0, i) to every right[0, j). A swap looks back two rows.
    std::vector<std::size_t> two_above(right.size() + 1);
    std::vector<std::size_t> above(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::swap(two_above, above);
        std::swap(above, row);
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (equal(left[i - 1], right[j - 1]) ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && equal(left[i - 1], right[j - 2]) && equal(left[i - 2], right[j - 1])) {
                row[j] = std::min(row[j], two_above[j - 2] + 1);
            }
        }
    }
    return row[right.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view best;
    std::size_t least = 0;
    for (const std::string_view candidate : candidates) {
        const std::size_t longer = std::max(word.size(), candidate.size());
        const std::size_t shorter = std::min(word.size(), candidate.size());
        const std::size_t allowed = std::max<std::size_t>(1, longer / 3);
        if (longer - shorter > allowed) {
            continue; // the difference of lengths alone is too much
        }
        const std::size_t distance = edit_distance(word, candidate);
        if (distance <= allowed && (best.empty() || distance < least)) {
            best = candidate;
            least = distance;
        }
    }
    return best;
}

} // namespace belay::config
