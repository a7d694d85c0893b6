#pragma once
// A real pgpool-II in the network namespace of the test, in front of a RealPostgres that it knows as two database
// nodes, with two children.

#include "real_postgres.hpp"

#include <filesystem>
#include <string>

namespace belay::test {

class RealPgpool {
public:
    static std::string missing() { return std::filesystem::exists(program) ? "" : "no pgpool-II (package pgpool2)"; }

    /// The database is at `host`. PCP knows the user `belay` with the password "xyzzy".
    explicit RealPgpool(const std::string& host) {
        ::chmod(home_.path().c_str(), 0755);
        std::filesystem::create_directory(directory());
        give_to_postgres(directory());
        const auto write = [&](const char* name, const std::string& content) {
            give_to_postgres(home_.write(name, content));
        };
        write("pcp.conf", "belay:1271ed5ef305aadabc605b1609e24c52\n"); // md5 of "xyzzy"
        write("hba.conf", "");
        write("pgpool.conf", configuration(host, directory()));
        const std::string conf = home_.path();
        pid_ = start_program(RealPostgres::as_postgres({"sh", "-c",
                                                        std::string("exec ") + program + " -n -f " + conf +
                                                            "/pgpool.conf -F " + conf + "/pcp.conf -a " + conf +
                                                            "/hba.conf > " + std::string(directory()) + "/log 2>&1"}));
    }

    RealPgpool(const RealPgpool&) = delete;
    RealPgpool& operator=(const RealPgpool&) = delete;
    RealPgpool(RealPgpool&&) = delete;
    RealPgpool& operator=(RealPgpool&&) = delete;

    ~RealPgpool() {
        if (!parent_killed_) {
            ::kill(pid_, SIGINT); // fast
            ::waitpid(pid_, nullptr, 0);
        }
        ::kill(-pid_, SIGKILL); // children that outlived it
    }

    void kill_parent() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        parent_killed_ = true;
    }

    [[nodiscard]] std::string pid_file() const { return directory() / "pgpool.pid"; }

    [[nodiscard]] std::string status_file() const { return directory() / "pgpool_status"; }

private:
    static constexpr const char* program = "/usr/sbin/pgpool";

    [[nodiscard]] std::filesystem::path directory() const { return home_.path() / "run"; }

    static std::string configuration(const std::string& host, const std::string& run) {
        return "backend_clustering_mode = 'streaming_replication'\nsr_check_user = 'asker'\n"
               "sr_check_database = 'postgres'\nlisten_addresses = '*'\nport = 9999\nnum_init_children = 2\n"
               "pcp_listen_addresses = '127.0.0.1'\npcp_port = 9898\nfailover_on_backend_error = off\n"
               "pool_passwd = ''\nconnect_timeout = 1000\nuse_watchdog = off\n"
               "backend_port0 = 5432\nbackend_hostname0 = '" +
               host + "'\nbackend_port1 = 5432\nbackend_hostname1 = '" + host + "'\nsocket_dir = '" + run +
               "'\npcp_socket_dir = '" + run + "'\nwd_ipc_socket_dir = '" + run + "'\nlogdir = '" + run +
               "'\npid_file_name = '" + run + "/pgpool.pid'\n";
    }

    ScratchDirectory home_;
    pid_t pid_ = 0; ///< and the number of its process group
    bool parent_killed_ = false;
};

} // namespace belay::test
