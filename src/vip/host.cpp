#include "belay/vip/host.hpp"

#include <algorithm>

namespace belay::vip {

const Link* Host::find_link(std::string_view name) const noexcept {
    const auto found = std::ranges::find(links, name, &Link::name);
    return found == links.end() ? nullptr : &*found;
}

const Link* Host::find_link(int index) const noexcept {
    const auto found = std::ranges::find(links, index, &Link::index);
    return found == links.end() ? nullptr : &*found;
}

} // namespace belay::vip
