#pragma once
// A network of its own for tests that talk to a real kernel: namespaces that last as long as the test process, and the
// commands of iproute2 in them. Nothing outside is touched.

#include <functional>
#include <string>

namespace belay::testing {

/// A network namespace, kept open by a file descriptor.
class Namespace {
public:
    /// Makes a new one; the calling thread stays where it is. Its loopback is up.
    Namespace();
    Namespace(const Namespace&) = delete;
    Namespace& operator=(const Namespace&) = delete;
    ~Namespace();

    /// Runs `act` with the calling thread inside, then goes back. Sockets made by `act` stay inside.
    void run(const std::function<void()>& act) const;

    /// Runs a shell command inside; throws when it fails.
    void shell(const std::string& command) const;

    /// The same, and gives what it prints.
    [[nodiscard]] std::string output(const std::string& command) const;

    /// Writes a value under /proc/sys/net, for example ("ipv4/conf/all/promote_secondaries", "1").
    void sysctl(const std::string& name, const std::string& value) const;

    /// A path that `ip link set … netns PATH` takes while this process lives.
    [[nodiscard]] std::string path() const;

private:
    int fd_ = -1;
};

/// A network of two hosts: `left` has veth0, `right` has veth1, both up and joined.
struct Pair {
    Pair();

    Namespace left;
    Namespace right;
};

/// Calls `met` again and again until it is true, waiting on `fd` (or for 1 ms where it is negative) in between; false
/// when that takes longer than ten seconds.
[[nodiscard]] bool eventually(const std::function<bool()>& met, int fd = -1);

/// Ends the test program with 77, "skipped", and says why, when this process may not make network namespaces.
struct NeedsNamespaces {
    NeedsNamespaces();
};

} // namespace belay::testing
