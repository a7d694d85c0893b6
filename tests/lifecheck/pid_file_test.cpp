#include "belay/lifecheck/pid_file.hpp"

#include "scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

using namespace belay::lifecheck;
using belay::test::ScratchDirectory;

namespace {

bool says(const belay::Error& error, std::string_view words) {
    return error.text.find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pid_files)

BOOST_AUTO_TEST_CASE(the_first_line_is_the_number_whatever_ends_it) {
    BOOST_TEST(parse_pid("4711\n/var/lib/postgresql/15/main\n1700000000\n5432\n").value() == 4711); // postmaster.pid
    BOOST_TEST(parse_pid(std::string_view("4711\0", 5)).value() == 4711);                           // pgpool.pid
    BOOST_TEST(parse_pid("4711").value() == 4711);
    BOOST_TEST(parse_pid("  4711 \r\n").value() == 4711);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused_in_words) {
    BOOST_TEST(says(parse_pid("").error(), "empty"));
    BOOST_TEST(says(parse_pid("\n4711\n").error(), "empty first line"));
    for (const std::string_view bad :
         {"-4711\n", "0\n", "47 11\n", "0x12\n", "99999999999\n", "pid=4711\n", "4711;\n"}) {
        BOOST_TEST(says(parse_pid(bad).error(), "process id"), bad);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_one_is_named_and_never_waited_for) {
    const ScratchDirectory scratch;
    const std::string fifo = scratch.path() / "fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    BOOST_TEST(read_pid_file(fifo).error().text == fifo + " is not a regular file");
    BOOST_TEST(says(read_pid_file(scratch.path() / "none").error(), "does not exist"));
    BOOST_TEST(says(read_pid_file(scratch.path() / "no/where").error(), "nor does its directory"));
    const std::string own = scratch.write("own", std::to_string(::getpid()));
    BOOST_TEST(says(read_pid_file(own).error(), "belayd itself"));
}

BOOST_AUTO_TEST_CASE(a_closed_file_tells_who_may_read_it,
                     *boost::unit_test::precondition([](boost::unit_test::test_unit_id) {
                         return boost::test_tools::assertion_result(::geteuid() == 0);
                     })) {
    const ScratchDirectory scratch;
    std::filesystem::create_directory(scratch.path() / "data");
    const std::string file = scratch.write("data/postmaster.pid", "4711\n");
    ::chmod(scratch.path().c_str(), 0755);
    ::chmod(file.c_str(), 0600);
    const auto read_as_nobody = [&] {
        BOOST_REQUIRE(::seteuid(65534) == 0);
        auto answer = read_pid_file(file);
        BOOST_REQUIRE(::seteuid(0) == 0);
        return answer;
    };
    belay::Result<PidFile> answer = read_as_nobody();
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().code == EACCES);
    BOOST_TEST(says(answer.error(), "(owner uid 0, group gid 0, mode 0600)"));
    BOOST_TEST(says(answer.error(), "belayd(8)"));      // its group may not read it either
    BOOST_REQUIRE(::chown(file.c_str(), 0, 4711) == 0); // a group that the reader is not in
    ::chmod(file.c_str(), 0640);
    answer = read_as_nobody();
    BOOST_REQUIRE(!answer);
    BOOST_TEST(says(answer.error(), "SupplementaryGroups="));

    ::chmod((scratch.path() / "data").c_str(), 0700);
    answer = read_as_nobody();
    BOOST_REQUIRE(!answer);
    BOOST_TEST(says(answer.error(), "data is closed (owner uid 0, group gid 0, mode 0700)"), answer.error().text);
}

BOOST_AUTO_TEST_SUITE_END()
