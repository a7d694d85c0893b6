// The real program, run as an operator runs it. It is $BELAY_PROGRAM.
#include "program_bench.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace control = belay::control;
namespace fs = std::filesystem;
using belay::cli::testing::Bench;
using belay::cli::testing::Outcome;
using nlohmann::json;

namespace {

void write_file(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_program)

BOOST_AUTO_TEST_CASE(absent_daemon_is_exit_code_three) {
    Bench bench;
    for (const char* command : {"status", "nodes", "vips", "events", "switchover", "reload", "version"}) {
        const Outcome outcome = bench.belay({command});
        BOOST_TEST(outcome.exit_code == 3, command);
        BOOST_TEST(outcome.err.starts_with("belay: no daemon can be reached at " + bench.directory +
                                           "/control.sock: No such file or directory; is belayd running?"));
    }
    BOOST_TEST(bench.belay({"version"}).out.starts_with("belay "));
}

BOOST_AUTO_TEST_CASE(wrong_command_lines_are_exit_code_two) {
    Bench bench;
    const std::pair<std::vector<std::string>, const char*> cases[] = {
        {{}, "belay: which command?; see: belay --help\n"},
        {{"stauts"}, "belay: unknown command 'stauts'; see: belay --help\n"},
        {{"status", "nodes"}, "belay: The following argument was not expected: nodes; see: belay status --help\n"},
        {{"events", "-n", "0"}, "belay: --count: Value 0 not in range 1 to 10000; see: belay events --help\n"},
        {{"events", "-n", "x"}, "see: belay events --help\n"},
        {{"maintenance"}, "belay: STATE is required; see: belay maintenance --help\n"},
        {{"maintenance", "of"}, "belay: STATE: 'of' is neither on nor off; see: belay maintenance --help\n"},
        {{"maintenance", "off", "--for", "3s"}, "belay: --for: only 'maintenance on' takes it"},
        {{"maintenance", "on", "--for", "3"}, "belay: --for: '3' has no unit; write us, ms, s or min behind it"},
        {{"switchover", "--wait", "11min"}, "belay: --wait: '11min' is not from 0ms to 10min"},
        {{"status", "--socket", "/tmp/x"}, "belay: --socket and --runtime-dir exclude each other"},
    };
    for (const auto& [arguments, text] : cases) {
        const Outcome outcome = bench.belay(arguments);
        BOOST_TEST(outcome.exit_code == 2, text);
        BOOST_TEST(outcome.err.contains(text), outcome.err);
        BOOST_TEST(outcome.out.empty());
    }
}

BOOST_AUTO_TEST_CASE(help_and_version_work_everywhere) {
    Bench bench;
    for (const char* command : {"status", "nodes", "vips", "events", "switchover", "takeover", "maintenance", "reload",
                                "check-config", "keygen", "import-pgpool", "import-keepalived", "version"}) {
        const Outcome help = bench.belay({command, "--help"});
        BOOST_TEST(help.exit_code == 0, command);
        BOOST_TEST(help.out.contains(std::string("Usage: belay ") + command), help.out);
        const Outcome version = bench.belay({command, "--version"});
        BOOST_TEST(version.exit_code == 0, command);
        BOOST_TEST(version.out.starts_with("belay "));
    }
    BOOST_TEST(bench.belay({"--help"}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(arguments_reach_the_daemon) {
    Bench bench;
    std::vector<control::Request> asked;
    bench.start_daemon([&](const control::Request& request, const control::ReplyFunction& reply) {
        asked.push_back(request);
        reply(control::ok_reply(json::object()));
    });
    using namespace std::chrono_literals;
    namespace request = control::request;
    const std::pair<std::vector<std::string>, control::Request> cases[] = {
        {{"status"}, request::Status{}},
        {{"nodes"}, request::Nodes{}},
        {{"vips"}, request::Vips{}},
        {{"events"}, request::Events{.count = 20}},
        {{"events", "-n", "5"}, request::Events{.count = 5}},
        {{"switchover"}, request::Switchover{}},
        {{"switchover", "--wait", "--to", "bravo"}, request::Switchover{.to = "bravo", .wait = 10s}},
        {{"switchover", "--to", "bravo", "--wait=3s"}, request::Switchover{.to = "bravo", .wait = 3s}},
        {{"maintenance", "on", "--for", "30min"}, request::Maintenance{.on = true, .length = 30min}},
        {{"maintenance", "--for", "30min", "on"}, request::Maintenance{.on = true, .length = 30min}},
        {{"maintenance", "off"}, request::Maintenance{.on = false, .length = {}}},
        {{"reload"}, request::Reload{}},
        {{"version"}, request::Version{}},
    };
    for (const auto& [arguments, expected] : cases) {
        asked.clear();
        const Outcome outcome = bench.belay(arguments);
        BOOST_TEST(outcome.exit_code == 0, outcome.err);
        BOOST_REQUIRE(asked.size() == 1U);
        BOOST_TEST((asked.front() == expected), control::to_line(asked.front()));
    }
}

BOOST_AUTO_TEST_CASE(refusal_is_exit_code_one_with_the_daemons_words) {
    Bench bench;
    bench.start_daemon([](const control::Request&, const control::ReplyFunction& reply) {
        reply(control::error_reply("delta is no node here; use alpha, bravo or charlie\x1b[2J"));
    });
    const Outcome outcome = bench.belay({"switchover", "--to", "delta"});
    BOOST_TEST(outcome.exit_code == 1);
    BOOST_TEST(outcome.err == "belay: delta is no node here; use alpha, bravo or charlie\\x1b[2J\n");
    BOOST_TEST(bench.belay({"version"}).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(json_is_the_result_wherever_the_option_stands) {
    Bench bench;
    bench.start_daemon([](const control::Request&, const control::ReplyFunction& reply) {
        reply(control::ok_reply({{"version", "9.9"}, {"holder", "alpha"}}));
    });
    BOOST_TEST(json::parse(bench.belay({"--json", "status"}).out).at("holder") == "alpha");
    BOOST_TEST(json::parse(bench.belay({"status", "--json"}).out).at("holder") == "alpha");
    BOOST_TEST(json::parse(bench.belay({"version", "--json"}).out).at("belayd") == "9.9");
    BOOST_TEST(bench.belay({"version"}).out.ends_with("\nbelayd 9.9\n"));
    BOOST_TEST(!bench.belay({"status"}).out.contains('\x1b')); // a file is no terminal
}

BOOST_AUTO_TEST_CASE(output_that_cannot_be_written_is_a_failure) {
    Bench bench;
    fs::create_symlink("/dev/full", bench.directory + "/.out");
    const Outcome outcome = bench.belay({"--help"});
    BOOST_TEST(outcome.exit_code == 1);
    BOOST_TEST(outcome.err.contains("cannot write the output"));
}

BOOST_AUTO_TEST_CASE(new_key_is_made_once) {
    Bench bench;
    const std::string key = bench.directory + "/cluster.key";
    const Outcome made = bench.belay({"keygen", key});
    BOOST_TEST(made.exit_code == 0, made.err);
    BOOST_TEST(made.out.starts_with(key + ": a new cluster key."));
    const std::string before = Bench::content(key);
    BOOST_TEST(before.size() >= 64U);
    const Outcome again = bench.belay({"keygen", key});
    BOOST_TEST(again.exit_code == 1);
    BOOST_TEST(again.err.contains(key));
    BOOST_TEST(Bench::content(key) == before);
}

BOOST_AUTO_TEST_CASE(configuration_is_checked_without_a_daemon) {
    Bench bench;
    const std::string ini = bench.directory + "/belay.ini";
    const std::string key = bench.directory + "/cluster.key";
    BOOST_REQUIRE(bench.belay({"keygen", key}).exit_code == 0);
    const std::string good = "[cluster]\nname = pgha\nkey_file = " + key +
                             "\n[node alpha]\nheartbeat = 10.77.0.1:7940\ninfo = 10.77.0.1:7941\n"
                             "[node bravo]\nheartbeat = 10.77.0.2:7940\ninfo = 10.77.0.2:7941\n"
                             "[node charlie]\nheartbeat = 10.77.0.3:7940\ninfo = 10.77.0.3:7941\n"
                             "[vip main]\naddress = 10.77.0.100/32\ninterface = lo\n";
    write_file(ini, good);
    const Outcome ok = bench.belay({"check-config", ini});
    BOOST_TEST(ok.exit_code == 0, ok.err);
    BOOST_TEST(ok.out.starts_with(ini + ": ok: 3 nodes, 1 VIP\n\nWHEN "), ok.out);
    BOOST_TEST(ok.out.contains("host of the active lost      move within 0.9 s\n"), ok.out);
    const json survives = json::parse(bench.belay({"check-config", "--json", ini}).out).at("survival");
    BOOST_TEST(survives.at(0).at("event") == "active_host_lost");
    BOOST_TEST(survives.at(0).at("fate") == "served");
    BOOST_TEST(!ok.err.contains(": error: "));

    write_file(ini, good + "colour = red\nadress = x\n");
    const Outcome bad = bench.belay({"check-config", ini});
    BOOST_TEST(bad.exit_code == 1);
    BOOST_TEST(bad.out.empty());
    BOOST_TEST(bad.err.contains(ini + ":16:1: error: "), bad.err);
    BOOST_TEST(bad.err.contains(ini + ":17:1: error: "), bad.err);

    const Outcome as_json = bench.belay({"check-config", "--json", ini});
    BOOST_TEST(as_json.exit_code == 1);
    const json result = json::parse(as_json.out);
    BOOST_TEST(result.at("ok") == false);
    std::vector<int> lines_of_errors;
    for (const json& problem : result.at("problems")) {
        if (problem.at("severity") == "error") {
            lines_of_errors.push_back(problem.at("line").get<int>());
        }
    }
    BOOST_TEST(lines_of_errors == (std::vector{16, 17}), boost::test_tools::per_element());

    BOOST_TEST(bench.belay({"check-config", bench.directory + "/none.ini"}).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(import_needs_no_daemon_and_keeps_what_is_there) {
    Bench bench;
    const std::string conf = bench.directory + "/pgpool.conf";
    const std::string ini = bench.directory + "/belay.ini";
    const std::string diff = bench.directory + "/changes";
    write_file(conf, "use_watchdog = on\nhostname0 = 'host-without-address'\nhostname1 = '10.77.0.2'\n"
                     "hostname2 = '10.77.0.3'\ndelegate_ip = '10.77.0.100'\nwd_priority = 7\n");
    write_file(bench.directory + "/pgpool_node_id", "2\n");
    const std::string address = "host-without-address=10.77.0.1";

    const Outcome shown = bench.belay({"import-pgpool", conf, "--address", address});
    BOOST_TEST(shown.exit_code == 0, shown.err);
    BOOST_TEST(shown.out.contains("\n[node host-without-address]\nheartbeat = 10.77.0.1:7940\n"), shown.out);
    BOOST_TEST(shown.out.contains("\nservice = 10.77.0.3:9999\npriority = 7\n"), shown.out);
    BOOST_TEST(shown.out.contains("\n;| +use_watchdog = off\n"), shown.out);
    BOOST_TEST(shown.err.contains(conf + ": imported, and the result was checked: it is accepted."), shown.err);

    const std::vector<std::string> to_files{"import-pgpool", conf, "--address", address,
                                            "--output",      ini,  "--diff",    diff};
    BOOST_TEST(bench.belay(to_files).out.empty());
    BOOST_TEST(Bench::content(ini).contains("\n[vip main]\naddress = 10.77.0.100/24\n"));
    BOOST_TEST(!Bench::content(ini).contains("+use_watchdog"));
    BOOST_TEST(Bench::content(diff).contains("\n+use_watchdog = off\n"));
    const Outcome again = bench.belay(to_files);
    BOOST_TEST(again.exit_code == 1);
    BOOST_TEST(again.err.contains(ini + " exists and is kept"), again.err);

    const json result = json::parse(bench.belay({"import-pgpool", "--json", conf, "--address", address}).out);
    BOOST_TEST(result.at("ok") == true);
    BOOST_TEST(result.at("diff").get<std::string>().contains("\n+use_watchdog = off\n"));
    BOOST_TEST(result.at("settings").at(0).at("line") == 1);
    for (const auto& [arguments, text] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{conf, "--address", "x"}, "--address: 'x' is not NAME=IP"},
             {{conf, "--address", address, "--node-id", "/none"}, "cannot read /none: No such file"},
             {{bench.directory + "/none"}, "cannot read " + bench.directory + "/none: No such file"},
             {{bench.directory}, "cannot read " + bench.directory + ": Is a directory"}}) {
        std::vector<std::string> words{"import-pgpool"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        const Outcome refused = bench.belay(words);
        BOOST_TEST(refused.exit_code == 1);
        BOOST_TEST(refused.err.contains(text), refused.err);
        BOOST_TEST(refused.out.empty());
    }
}

BOOST_AUTO_TEST_CASE(import_names_what_the_file_lacks) {
    Bench bench;
    const std::string conf = bench.directory + "/conf";
    write_file(conf, "vrrp_instance V {\n interface eth0\n virtual_ipaddress { 10.77.0.100 }\n}\n");
    BOOST_TEST(bench.belay({"import-keepalived", conf}).err.contains(conf + ":1:1: error: no unicast_peer"));
    const Outcome named =
        bench.belay({"import-keepalived", conf, "--address", "a=10.77.0.1", "--address", "b=10.77.0.2"});
    BOOST_TEST(named.exit_code == 0, named.err);
    BOOST_TEST(named.out.contains("\n[node b]\n"), named.out);
    write_file(conf, "hostname0 = 'localhost'\ndelegate_ip = '10.77.0.100'\n");
    const Outcome local = bench.belay({"import-pgpool", conf});
    BOOST_TEST(local.err.contains("hostname0: 'localhost' is 127.0.0.1 on this host"), local.err);
}

BOOST_AUTO_TEST_CASE(program_carries_no_event_loop) {
    // Asio leaves its names in any program that uses it, in type descriptions that stripping keeps.
    BOOST_TEST(!Bench::content(Bench::program()).contains("boost4asio"));
}

BOOST_AUTO_TEST_SUITE_END()
