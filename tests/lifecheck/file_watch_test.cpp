// Real files in a temporary directory. The kernel queues an event before the call that caused it returns, so what is
// not told by one round of the loop is not told at all.

#include "belay/lifecheck/file_watch.hpp"

#include "scratch.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <sys/stat.h>

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::test::ScratchDirectory;
using News = FileWatch::News;

namespace {

/// DIR/run/status is watched; DIR/run is there from the start.
struct Bench {
    ScratchDirectory scratch;
    boost::asio::io_context loop;
    int told = 0;
    std::shared_ptr<FileWatch> watch;

    Bench() { std::filesystem::create_directory(directory()); }

    [[nodiscard]] std::filesystem::path directory() const { return scratch.path() / "run"; }

    [[nodiscard]] std::filesystem::path file() const { return directory() / "status"; }

    /// In place, as pgpool-II does.
    void write(const std::string& name, std::string_view content) const {
        scratch.write(std::filesystem::path("run") / name, content);
    }

    /// Two files, each kept open. Of changes to one file after the other the kernel makes no single one.
    void write_in_turn(const char* first, const char* second, std::size_t times, const auto& between) const {
        std::ofstream one(directory() / first);
        std::ofstream other(directory() / second);
        for (std::size_t time = 0; time < times; ++time) {
            one << 'x' << std::flush;
            other << 'x' << std::flush;
            between();
        }
    }

    void begin(News news) {
        watch = std::make_shared<FileWatch>(loop, file(), news, [this] { ++told; });
        watch->arm();
    }

    /// Whether it is told within a deadline, and no more than once.
    bool once() {
        const auto end = std::chrono::steady_clock::now() + 5s;
        told = 0;
        while (told == 0) {
            loop.restart();
            if (loop.run_one_until(end) == 0) {
                return false;
            }
        }
        return told == 1 && nothing_more();
    }

    /// Whether all that has happened until now is no news.
    bool nothing_more() {
        told = 0;
        loop.restart();
        loop.poll();
        return told == 0;
    }
};

/// Removed files and directories are made anew, so that what is watched is another file of the same name.
void make_anew(const std::filesystem::path& directory) {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directory(directory);
}

/// As long as it lives this process may not read what is only root's. Without root it is like that anyway.
class Unprivileged {
public:
    Unprivileged()
        : before_(::geteuid()) {
        if (before_ == 0) {
            BOOST_REQUIRE(::seteuid(nobody) == 0);
        }
    }

    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;
    Unprivileged(Unprivileged&&) = delete;
    Unprivileged& operator=(Unprivileged&&) = delete;

    ~Unprivileged() {
        if (before_ == 0 && ::seteuid(before_) != 0) {
            std::abort(); // nothing after it would be what it says
        }
    }

private:
    static constexpr uid_t nobody = 65534;
    uid_t before_;
};

/// How many events a watch may have waiting before the kernel drops the rest.
std::size_t queue_size() {
    std::size_t size = 0;
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> size;
    return size;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(file_watch, Bench)

BOOST_AUTO_TEST_CASE(a_file_written_anew_in_place_is_told_when_the_writer_closes_it) {
    write("status", "up\nup\n");
    begin(News::written);
    BOOST_TEST(nothing_more());
    {
        std::ofstream writer(file(), std::ios::binary);
        writer << "up\ndown\n" << std::flush;
        BOOST_TEST(nothing_more()); // half-written, for all that anybody knows
    }
    BOOST_TEST(once());
    write("status", "up\nup\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(a_file_moved_over_it_is_told_and_so_is_what_is_written_to_that_one) {
    write("status", "up\nup\n");
    begin(News::written);
    write("status.new", "up\ndown\n");
    BOOST_TEST(nothing_more());
    std::filesystem::rename(directory() / "status.new", file());
    BOOST_TEST(once());
    write("status", "up\nup\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(a_removed_file_is_told_when_it_is_back_and_at_once_where_anything_is_news) {
    write("status", "up\nup\n");
    begin(News::written);
    std::filesystem::remove(file());
    BOOST_TEST(nothing_more());
    write("status", "up\nup\n");
    BOOST_TEST(once());

    begin(News::any);
    std::filesystem::remove(file());
    BOOST_TEST(once());
    write("status", "up\nup\n");
    BOOST_TEST(once());
    std::filesystem::rename(file(), directory() / "elsewhere");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(where_anything_is_news_writing_and_permissions_are_told_before_the_file_is_closed) {
    write("status", "");
    begin(News::any);
    std::ofstream writer(file(), std::ios::binary | std::ios::app);
    writer << "1234\n" << std::flush;
    BOOST_TEST(once());
    std::filesystem::permissions(file(), std::filesystem::perms::owner_read);
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(other_files_in_the_directory_are_no_news) {
    for (const News news : {News::any, News::written}) {
        begin(news);
        write("status.old", "x"); // a longer name, a shorter one
        write("stat", "x");
        std::filesystem::rename(directory() / "stat", directory() / "other");
        std::filesystem::remove(directory() / "other");
        BOOST_TEST(nothing_more());
    }
}

BOOST_AUTO_TEST_CASE(a_directory_made_later_is_watched_from_the_next_arming_on) {
    std::filesystem::remove(directory());
    begin(News::written);
    BOOST_TEST(nothing_more());
    std::filesystem::create_directory(directory());
    watch->arm();
    write("status", "up\nup\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(a_removed_directory_is_told_and_the_next_of_its_name_is_watched) {
    begin(News::written);
    for (const char* const content : {"up\nup\n", "up\ndown\n"}) {
        make_anew(directory());
        BOOST_TEST(once());
        watch->arm();
        write("status", content);
        BOOST_TEST(once());
    }
    make_anew(directory());
    watch->arm(); // before the loop could say that the old one is gone
    BOOST_TEST(once());
    write("status", "up\nup\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(a_directory_moved_away_is_told_and_what_happens_in_it_is_no_news_once_another_took_its_place) {
    begin(News::written);
    const std::filesystem::path moved = scratch.path() / "moved";
    std::filesystem::rename(directory(), moved);
    BOOST_TEST(once());
    std::filesystem::create_directory(directory());
    watch->arm();
    loop.poll(); // the kernel's word that the old one is watched no longer
    scratch.write("moved/status", "up\ndown\n");
    BOOST_TEST(nothing_more());
    write("status", "up\nup\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(arming_again_is_no_news_and_the_watch_goes_on) {
    begin(News::written);
    watch->arm();
    BOOST_TEST(nothing_more());
    write("status", "up\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(many_changes_at_once_are_told_once_and_arming_again_loses_none) {
    begin(News::any);
    write_in_turn("status", "other", 1000, [this] { watch->arm(); }); // more than one read takes
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(a_change_that_the_kernel_had_no_room_to_tell_is_told) {
    const std::size_t room = queue_size();
    BOOST_REQUIRE(room > 0U);
    begin(News::any);
    write_in_turn("other", "another", (room / 2) + 1, [] {});
    write("status", "up\n");
    BOOST_TEST(once());
    write("status", "up\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(a_file_that_the_watch_may_not_read_is_told_of) {
    write("status", "up\nup\n");
    std::filesystem::permissions(file(), std::filesystem::perms::owner_write);
    std::filesystem::permissions(scratch.path(), std::filesystem::perms(0755));
    {
        const Unprivileged nobody;
        begin(News::written);
    }
    write("status", "up\ndown\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(a_directory_that_the_watch_may_not_read_is_watched_when_it_may) {
    using std::filesystem::perms;
    std::filesystem::permissions(scratch.path(), perms(0755));
    std::filesystem::permissions(directory(), perms::owner_write | perms::owner_exec);
    {
        const Unprivileged nobody;
        begin(News::written);
    }
    write("status", "up\nup\n");
    BOOST_TEST(nothing_more());
    std::filesystem::permissions(directory(), perms(0755));
    {
        const Unprivileged nobody;
        watch->arm();
    }
    write("status", "up\ndown\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_CASE(nothing_is_told_once_the_watch_is_gone) {
    begin(News::written);
    write("status", "up\nup\n");
    watch.reset();
    BOOST_TEST(nothing_more());
}

BOOST_AUTO_TEST_CASE(a_path_without_a_directory_is_in_the_one_where_the_program_runs) {
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(directory());
    watch = std::make_shared<FileWatch>(loop, "status", News::written, [this] { ++told; });
    watch->arm();
    std::filesystem::current_path(before);
    write("status", "up\nup\n");
    BOOST_TEST(once());
}

BOOST_AUTO_TEST_SUITE_END()
