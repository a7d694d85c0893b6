// What a power loss, or anybody who writes there, may leave in the files that the daemon remembers by: any bytes are a
// value as it would be written, or are reported and count as the safest thing that they may have said.

#include "belay/base/unique_fd.hpp"
#include "belay/daemon/runtime_dir.hpp"
#include "check.hpp"

#include <array>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace {

using namespace belay;
using namespace belay::daemon;
using fuzz::must;

constexpr BootId this_boot{0x3f, 0xa9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};

/// A folder of this process, below TMPDIR, which tests/fuzz/run removes.
const RuntimeDir& directory() {
    static const RuntimeDir opened = [] {
        const char* const parent = std::getenv("TMPDIR");
        return RuntimeDir::open(fmt::format("{}/remembered-{}", parent == nullptr ? "/tmp" : parent, ::getpid()))
            .value();
    }();
    return opened;
}

void write(const char* name, std::string_view content) {
    const std::string path = directory().path() + '/' + name;
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    must(file && ::write(file.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
}

void read_lease(std::string_view content) {
    write("lease", content);
    const auto lease = directory().remembered_lease();
    if (lease.problem) {
        must(lease.value == lease_max);
        fuzz::must_be_readable(lease.problem->text);
        return;
    }
    must(lease.value > Duration::zero() && lease.value <= lease_max);
    must(directory().remember_lease(lease.value).has_value());
    const auto again = directory().remembered_lease();
    must(!again.problem && again.value == lease.value);
}

void read_maintenance(std::string_view content) {
    write("maintenance", content);
    const auto maintenance = directory().remembered_maintenance(this_boot);
    if (maintenance.problem) {
        must(maintenance.value == Maintenance{});
        fuzz::must_be_readable(maintenance.problem->text);
        return;
    }
    if (!maintenance.value) {
        return; // of another boot
    }
    must(!maintenance.value->until || *maintenance.value->until > Instant());
    must(directory().remember_maintenance(this_boot, maintenance.value).has_value());
    const auto again = directory().remembered_maintenance(this_boot);
    must(!again.problem && again.value == maintenance.value);
}

/// Bytes that are a boot id are the same after another round.
void read_boot_id(std::string_view content) {
    const auto boot = parse_boot_id(content);
    must(boot || !boot.error().text.empty());
    must(!boot || parse_boot_id(boot_id_text(*boot)) == *boot);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view content = fuzz::text_of(data, size);
    read_lease(content);
    read_maintenance(content);
    read_boot_id(content);
    return 0;
}
