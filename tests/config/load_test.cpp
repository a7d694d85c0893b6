// Whole files: the settings that come of a good one, the exact problems of bad ones, and any bytes at all.

#include "belay/config/load.hpp"

#include "belay/config/print.hpp"
#include "support.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

using namespace belay::config;
using namespace belay::config::test;

namespace {

/// What holds for every input: settings or errors, never both and never neither; problems in order, each a clean line.
void check_sound(const Loaded& loaded) {
    const bool has_error = std::ranges::any_of(
        loaded.problems, [](const Problem& problem) { return problem.severity == Severity::error; });
    if (loaded.settings.has_value() == has_error) {
        BOOST_ERROR("settings and errors");
    }
    for (const Problem& problem : loaded.problems) {
        const auto is_control = [](char letter) { return static_cast<unsigned char>(letter) < 0x20 && letter != '\t'; };
        if (std::ranges::any_of(problem.text, is_control) || problem.text.empty()) {
            BOOST_ERROR("a problem is no clean line: " << to_text(problem));
        }
    }
    if (loaded.settings && !(load_text(print(*loaded.settings), "printed").settings == loaded.settings)) {
        BOOST_ERROR("printed settings read back differently:\n" << print(*loaded.settings));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(settings_of_a_good_file) {
    const Settings settings = settings_of(good_text());
    BOOST_TEST(settings.cluster.name == "pgha");
    BOOST_TEST((settings.cluster.lease == std::chrono::seconds(1)));
    BOOST_TEST(settings.cluster.preempt);
    BOOST_TEST((settings.cluster.fence == FenceKind::nftables));
    BOOST_TEST_REQUIRE(settings.nodes.size() == 3U);
    BOOST_TEST(settings.nodes[0].priority == 200);
    BOOST_TEST(belay::to_text(settings.nodes[1].heartbeat.at(1)) == "[fd77::2]:7940");
    BOOST_TEST((settings.nodes[2].kind == NodeKind::witness));
    BOOST_TEST((settings.nodes[2].id == belay::node_id("gamma")));
    BOOST_TEST(belay::to_text(settings.vips.at(1).address) == "fd77::100/64");
    BOOST_TEST((settings.service.kind == ServiceKind::tcp));
    BOOST_TEST(settings.announce.packets_per_second_max == 500U);
    BOOST_TEST(settings.announce.probe_count == 2U);
    BOOST_TEST((settings.announce.conflict == ConflictPolicy::defend));
    BOOST_TEST(!settings.cluster.upstream);
    BOOST_TEST(settings.find_node("beta") == &settings.nodes[1]);
    BOOST_TEST(settings.find_node("delta") == nullptr);
    BOOST_TEST(settings.find_node(belay::node_id("alpha")) == &settings.nodes[0]);
    BOOST_TEST(settings.name_of(belay::node_id("alpha")) == "alpha");
    BOOST_TEST(settings.name_of(belay::NodeId{0xabc}) == "0000000000000abc");
}

BOOST_AUTO_TEST_CASE(nodes_and_vips_are_sorted_by_name) {
    std::string text = with(good_text(), "[node alpha]", "[node zeta]");
    text = with(text, "[vip main]", "[vip ten]");
    const Settings settings = settings_of(text);
    BOOST_TEST(settings.nodes.back().name == "zeta");
    BOOST_TEST(settings.vips.back().name == "ten");
}

BOOST_AUTO_TEST_CASE(problems_of_bad_files_word_for_word) {
    for (const char* name : {"empty", "relations", "syntax", "values", "words"}) {
        const std::string file = std::string(name) + ".ini";
        const std::string text = read_text(source_path("tests/config/data/" + file));
        BOOST_TEST(problems_of(text, file) ==
                   read_text(source_path("tests/config/data/" + std::string(name) + ".expected")));
        check_sound(load_text(text, file));
    }
}

BOOST_AUTO_TEST_CASE(the_example_file_has_no_error) {
    const Loaded loaded = load_file(source_path("systemd/belay.ini.example"));
    BOOST_TEST(loaded.settings.has_value());
    for (const Problem& problem : loaded.problems) {
        BOOST_TEST(problem.text.starts_with("fence: this version has no fence"), to_text(problem));
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read) {
    const TemporaryDirectory directory;
    const Loaded missing = load_file(directory.file("none.ini"));
    BOOST_TEST(!missing.settings.has_value());
    BOOST_TEST_REQUIRE(missing.problems.size() == 1U);
    BOOST_TEST(to_text(missing.problems[0]) == directory.file("none.ini") + ": error: cannot open " +
                                                   directory.file("none.ini") + ": No such file or directory");
    BOOST_TEST(to_text(load_file(directory.file(".")).problems.at(0)).ends_with("Is a directory"));
    const std::string large = directory.write("large.ini", std::string(file_size_max + 1, '\n'));
    BOOST_TEST(load_file(large).problems.at(0).text.ends_with("is not read; is it the right file?"));
}

BOOST_AUTO_TEST_CASE(a_flood_of_problems_is_cut_but_stays_an_error) {
    std::string text = good_text();
    for (int count = 0; count < 1500; ++count) {
        text += "x = 1\n";
    }
    const Loaded loaded = load_text(text, "f");
    BOOST_TEST(!loaded.settings.has_value());
    BOOST_TEST(loaded.problems.size() == 1001U);
    BOOST_TEST(loaded.problems.back().text == "500 more problems are not shown");
}

BOOST_AUTO_TEST_CASE(an_error_after_a_warning_is_still_an_error) {
    const std::string text = with(good_text(), "fence = nftables", "fence = off");
    BOOST_TEST(load_text(text, "f").settings.has_value());
    const Loaded loaded = load_text(with(text, "fd77::100/64", "10.77.0.100/32"), "f");
    BOOST_TEST_REQUIRE(loaded.problems.size() == 2U);
    BOOST_TEST((loaded.problems[0].severity == Severity::warning));
    BOOST_TEST((loaded.problems[1].severity == Severity::error));
    BOOST_TEST(!loaded.settings.has_value());
}

BOOST_AUTO_TEST_CASE(printed_settings_read_back_equal) {
    std::string defaults =
        with(good_text(),
             "[announce]\nburst = 3\nburst_interval = 100ms\nrefresh_interval = 0ms\npackets_per_second = 500\n"
             "probe_count = 2\nprobe_interval = 20ms\nconflict = defend\n",
             "");
    defaults = with(defaults, "clock_drift = 0.5%\n", "");
    std::string process = with(good_text(), "type = tcp", "type = process\npid_file = /run/a b;c#d.pid");
    std::string partner =
        with(good_text(), "type = tcp\n",
             "type = pgpool\npid_file = /run/p.pid\nuser = belay\nquery = SELECT pg_is_in_recovery()\n");
    partner = with(partner, "[node beta]\n", "[node beta]\nservice = 10.77.0.2:9999\ndatabase = 1\n") +
              "\n[pgpool]\npcp = /run/.s.PGSQL.9898\npcp_user = belay\npcp_password_file = /etc/belay/pcppass\n"
              "status_file = /var/log/pgpool_status\nfailover_consensus = half\n\n[hooks]\nconfirm = yes\n";
    // Found by tests/fuzz: behind a blank the mark would begin a comment.
    const std::string marks = with(with(partner, "query = ", "query =;"), "user = ", "user =#");
    for (const std::string& text :
         {good_text(), defaults, process, partner, marks, with(good_text(), "type = tcp", "type = none")}) {
        const Settings settings = settings_of(text);
        BOOST_TEST((settings_of(print(settings)) == settings), print(settings));
        BOOST_TEST(print(settings_of(print(settings))) == print(settings));
    }
}

BOOST_AUTO_TEST_CASE(every_truncation) {
    const std::string good = good_text();
    for (std::size_t size = 0; size <= good.size(); ++size) {
        check_sound(load_text(std::string_view(good).substr(0, size), "f"));
    }
}

BOOST_AUTO_TEST_CASE(every_byte_changed) {
    const std::string good = good_text();
    static constexpr std::array<char, 14> bytes{'\0', '\n', '\r', ' ', '=', '[',    ']',
                                                ';',  ',',  '/',  '0', 'x', '\x7f', '\xff'};
    for (std::size_t index = 0; index < good.size(); ++index) {
        std::string changed = good;
        for (const char byte : bytes) {
            changed[index] = byte;
            check_sound(load_text(changed, "f"));
        }
        changed.erase(index, 1);
        check_sound(load_text(changed, "f"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
