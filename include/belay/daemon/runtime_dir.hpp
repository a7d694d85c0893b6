#pragma once
// The few facts that must survive a restart of the daemon, one file each in the runtime directory: the longest lease
// that this node may have promised (DESIGN section 3.1), maintenance, and the copy of the database-node table. A file
// is replaced as a whole; the first two are on disk before remember_…() returns, and count as the safest thing they may
// have said when they cannot be understood, never as nothing, which is reported.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/base/unique_fd.hpp"
#include "belay/config/settings.hpp"
#include "belay/daemon/incarnation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace belay::daemon {

/// No configuration makes an acceptor promise for longer.
constexpr Duration lease_max = config::promise_span_max;

/// What a file said.
template <typename T>
struct Remembered {
    T value;
    std::optional<Error> problem; ///< why `value` is the safest one, and not what the file said
};

struct Maintenance {
    std::optional<Instant> until; ///< of this boot; nothing: until it is switched off

    bool operator==(const Maintenance&) const = default;
};

/// An open directory; its files are reached through it, so that a path that is moved changes nothing.
class RuntimeDir {
public:
    /// Opens the directory, or makes it with mode 0750 in a parent that exists. Refused: one that belongs to another
    /// user, or that group or others may write: they could make this node forget what it promised.
    [[nodiscard]] static Result<RuntimeDir> open(const std::string& path);

    /// The longest lease that an earlier run may have promised; zero when there was none. Also that of another boot
    /// counts, because a host may boot in less than a lease. Not understood: lease_max.
    [[nodiscard]] Remembered<Duration> remembered_lease() const;

    /// To be called before a longer lease than the remembered one is used, and, with a shorter one, only when all
    /// promises for the longer are over. At most lease_max, and more than zero.
    [[nodiscard]] Status remember_lease(Duration lease) const;

    /// Maintenance as it was switched on during this boot; nothing when it is off. One that is over by now is told
    /// too: its end is the caller's to judge. Not understood: on, until switched off.
    [[nodiscard]] Remembered<std::optional<Maintenance>> remembered_maintenance(const BootId& boot_id) const;

    /// Nothing: off.
    [[nodiscard]] Status remember_maintenance(const BootId& boot_id,
                                              const std::optional<Maintenance>& maintenance) const;

    /// What remember_databases() was given last, for its author to understand; nothing when there is none.
    [[nodiscard]] Result<std::optional<std::string>> remembered_databases() const;

    /// Replaced as a whole, but not waited for: it changes often, the thread that renews the lease writes it, and what
    /// a power loss takes comes from the other nodes.
    [[nodiscard]] Status remember_databases(std::string_view copy) const;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    RuntimeDir(std::string path, UniqueFd directory)
        : path_(std::move(path))
        , directory_(std::move(directory)) {}

    /// Whether a file is on disk when it was replaced, so that a power loss leaves the old or the new one.
    enum class Durability : std::uint8_t { on_disk, when_convenient };

    /// Nothing when there is no such file.
    [[nodiscard]] Result<std::optional<std::string>> read(const std::string& name) const;
    /// All or nothing.
    [[nodiscard]] Status replace(const std::string& name, std::string_view content,
                                 Durability durability = Durability::on_disk) const;
    [[nodiscard]] Status remove(const std::string& name) const;
    [[nodiscard]] Status sync() const;

    std::string path_;
    UniqueFd directory_;
};

} // namespace belay::daemon
