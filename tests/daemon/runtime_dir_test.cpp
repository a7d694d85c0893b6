#include "belay/daemon/runtime_dir.hpp"

#include "../lifecheck/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sys/stat.h>

using namespace belay::daemon;
using namespace std::chrono_literals;
using belay::Duration;
using belay::Instant;
using belay::test::ScratchDirectory;

namespace {

const BootId this_boot = parse_boot_id("5d2195f4-1e61-4595-ab74-3e85186400b2").value();
const BootId other_boot = parse_boot_id("00000000-1e61-4595-ab74-3e85186400b2").value();

mode_t mode_of(const std::filesystem::path& path) {
    struct stat status{};
    BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

bool says(const belay::Error& error, std::string_view words) {
    return error.text.find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(runtime_dir)

BOOST_AUTO_TEST_CASE(it_is_made_closed_to_others_whatever_the_umask) {
    const ScratchDirectory scratch;
    const mode_t before = ::umask(0);
    BOOST_TEST(RuntimeDir::open(scratch.path() / "run").has_value());
    BOOST_TEST(mode_of(scratch.path() / "run") == 0750U);
    ::umask(077);
    BOOST_TEST(RuntimeDir::open(scratch.path() / "tight").has_value());
    BOOST_TEST(mode_of(scratch.path() / "tight") == 0750U);
    ::umask(before);
    BOOST_TEST(RuntimeDir::open(scratch.path() / "run").has_value()); // made already
}

BOOST_AUTO_TEST_CASE(a_directory_that_others_rule_is_refused_with_the_remedy) {
    const ScratchDirectory scratch;
    ::chmod(scratch.path().c_str(), 0770);
    BOOST_TEST(says(RuntimeDir::open(scratch.path()).error(), "chmod 0750"));
    ::chmod(scratch.path().c_str(), 0757);
    BOOST_TEST(says(RuntimeDir::open(scratch.path()).error(), "chmod 0750"));
    ::chmod(scratch.path().c_str(), 0750);
    if (::geteuid() == 0) {
        BOOST_REQUIRE(::chown(scratch.path().c_str(), 65534, 65534) == 0);
        BOOST_TEST(says(RuntimeDir::open(scratch.path()).error(), "belongs to uid 65534"));
    }
    BOOST_TEST(RuntimeDir::open(scratch.path() / "no/parent").error().code == ENOENT);
    BOOST_TEST(RuntimeDir::open(scratch.write("file", "")).error().code == ENOTDIR);
}

BOOST_AUTO_TEST_CASE(the_lease_is_remembered_by_the_next_run) {
    const ScratchDirectory scratch;
    BOOST_TEST((RuntimeDir::open(scratch.path())->remembered_lease().value == 0s));
    BOOST_TEST(RuntimeDir::open(scratch.path())->remember_lease(500ms).has_value());
    BOOST_TEST(RuntimeDir::open(scratch.path())->remember_lease(5s).has_value());
    const Remembered<Duration> lease = RuntimeDir::open(scratch.path())->remembered_lease();
    BOOST_TEST((lease.value == 5s));
    BOOST_TEST(!lease.problem.has_value());
    BOOST_TEST(!std::filesystem::exists(scratch.path() / "lease.new"));
}

BOOST_AUTO_TEST_CASE(the_copy_of_the_database_table_is_kept_whole) {
    const ScratchDirectory scratch;
    BOOST_TEST(!RuntimeDir::open(scratch.path())->remembered_databases()->has_value());
    const std::string copy(100'000, 'x'); // far more than the other files have
    BOOST_TEST(RuntimeDir::open(scratch.path())->remember_databases(copy).has_value());
    BOOST_TEST((RuntimeDir::open(scratch.path())->remembered_databases().value() == copy));
}

BOOST_AUTO_TEST_CASE(a_lease_that_cannot_be_read_is_the_longest_never_none) {
    const ScratchDirectory scratch;
    const RuntimeDir dir = RuntimeDir::open(scratch.path()).value();
    for (const std::string_view bad :
         {"", "\n", "500000000", "{\"lease_ns\":5000", "{}", "{\"lease_ns\":0}", "{\"lease_ns\":-1}",
          "{\"lease_ns\":1.5}", "{\"lease_ns\":\"5s\"}", "{\"lease_ns\":135000000001}",
          "{\"lease_ns\":18446744073709551615}", "{\"lease_ns\":500000000,\"more\":1}", "[1]", "\xff\xfe"}) {
        scratch.write("lease", bad);
        const Remembered<Duration> lease = dir.remembered_lease();
        BOOST_TEST((lease.value == lease_max), bad);
        BOOST_TEST(lease.problem.has_value(), bad);
    }
    std::filesystem::remove(scratch.path() / "lease");
    std::filesystem::create_directory(scratch.path() / "lease");
    BOOST_TEST((dir.remembered_lease().value == lease_max));
    BOOST_TEST(says(dir.remember_lease(1s).error(), "cannot replace " + (scratch.path() / "lease").string()));
    std::filesystem::remove(scratch.path() / "lease");
    std::filesystem::create_symlink("/dev/null", scratch.path() / "lease"); // never followed
    BOOST_TEST((dir.remembered_lease().value == lease_max));
    BOOST_TEST(dir.remember_lease(60s).has_value());
    BOOST_TEST((dir.remembered_lease().value == 60s));
    BOOST_TEST(!dir.remembered_lease().problem.has_value());
}

BOOST_AUTO_TEST_CASE(a_run_that_was_killed_half_way_leaves_the_old_value_and_blocks_nothing) {
    const ScratchDirectory scratch;
    const RuntimeDir dir = RuntimeDir::open(scratch.path()).value();
    BOOST_TEST(dir.remember_lease(1s).has_value());
    scratch.write("lease.new", "{\"lease_n");
    BOOST_TEST((dir.remembered_lease().value == 1s));
    BOOST_TEST(dir.remember_lease(2s).has_value());
    BOOST_TEST((dir.remembered_lease().value == 2s));
}

BOOST_AUTO_TEST_CASE(maintenance_survives_a_restart_but_not_a_boot) {
    const ScratchDirectory scratch;
    const RuntimeDir dir = RuntimeDir::open(scratch.path()).value();
    BOOST_TEST(!dir.remembered_maintenance(this_boot).value.has_value());
    const Maintenance until_later{.until = Instant(1234s)};
    BOOST_TEST(dir.remember_maintenance(this_boot, until_later).has_value());
    BOOST_TEST((dir.remembered_maintenance(this_boot).value == until_later));
    BOOST_TEST(!dir.remembered_maintenance(other_boot).value.has_value());
    BOOST_TEST(dir.remember_maintenance(this_boot, Maintenance{}).has_value());
    BOOST_TEST((dir.remembered_maintenance(this_boot).value == Maintenance{}));
    BOOST_TEST(dir.remember_maintenance(this_boot, std::nullopt).has_value());
    BOOST_TEST(dir.remember_maintenance(this_boot, std::nullopt).has_value());
    BOOST_TEST(!dir.remembered_maintenance(this_boot).value.has_value());
}

BOOST_AUTO_TEST_CASE(maintenance_that_cannot_be_read_is_on) {
    const ScratchDirectory scratch;
    const RuntimeDir dir = RuntimeDir::open(scratch.path()).value();
    for (const std::string_view bad :
         {"", "{}", R"({"boot_id":"5d2195f4-1e61-4595-ab74-3e85186400b2"})",
          R"({"boot_id":"5d2195f4","until_boottime_ns":null})", R"({"boot_id":7,"until_boottime_ns":null})",
          R"({"boot_id":"00000000-1e61-4595-ab74-3e85186400b2","until_boottime_ns":"never"})"}) {
        scratch.write("maintenance", bad);
        const auto maintenance = dir.remembered_maintenance(this_boot);
        BOOST_TEST((maintenance.value == Maintenance{}), bad);
        BOOST_TEST(maintenance.problem.has_value(), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()
