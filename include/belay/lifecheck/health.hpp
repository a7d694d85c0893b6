#pragma once
// What the checks say of the guarded service (DESIGN section 7, row `lifecheck`).

#include <functional>
#include <string>

namespace belay::lifecheck {

/// A verdict and its reason in words for an operator: no full stop, no newline, and no figure that changes while the
/// state does not, so that equal states are equal values.
struct Health {
    bool healthy = false;
    std::string detail;

    bool operator==(const Health&) const = default;
};

/// Takes what a check found. Called on the thread of the check's event loop.
using Report = std::function<void(const Health&)>;

} // namespace belay::lifecheck
