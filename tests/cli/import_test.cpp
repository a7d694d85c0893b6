// Whole files: tests/cli/data/import has one NAME.conf per case and, as NAME.expected, all that an operator would see
// of it. After a change on purpose, write them anew and read the difference:
//   BELAY_WRITE_EXPECTED=1 build/tests/cli/cli_test --run_test=cli_import; git diff tests/cli/data
#include "belay/cli/import_keepalived.hpp"
#include "belay/cli/import_pgpool.hpp"
#include "belay/config/load.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

using namespace belay::cli;
namespace fs = std::filesystem;

namespace {

const fs::path data_directory = fs::path(BELAY_SOURCE_ROOT) / "tests/cli/data/import";

std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Stands for this host's /etc/hosts.
belay::Result<belay::IpAddress> resolve(const std::string& name) {
    static const std::map<std::string, std::string> hosts{
        {"alpha", "10.77.0.1"},
        {"beta", "10.77.0.2"},
        {"gamma", "10.77.0.3"},
        {"beta.example.org", "10.77.0.2"},
        {"alpha.db.example.org", "10.77.0.1"},
        {"beta.db.example.org", "10.77.0.2"},
        {"gamma.db.example.org", "10.77.0.3"},
        {"db1", "10.77.0.50"},
        {"gateway", "10.77.0.254"},
        {"localhost", "127.0.0.1"},
        {"alpha.own", "127.0.1.1"},
    };
    const auto found = hosts.find(name);
    return found == hosts.end() ? belay::fail("not in the test's table") : belay::parse_ip(found->second);
}

/// The words behind "# test options:" are those of the command line.
ImportOptions options_of(const std::string& file, const std::string& text) {
    ImportOptions options{.file = file, .resolve = resolve};
    constexpr std::string_view mark = "# test options:";
    const std::size_t at = text.find(mark);
    std::istringstream words(
        at == std::string::npos ? "" : text.substr(at + mark.size(), text.find('\n', at) - at - mark.size()));
    std::string name;
    std::string value;
    while (words >> name >> value) {
        if (name == "--address") {
            options.addresses.insert(parse_host_addresses(value).value());
        } else if (name == "--interface") {
            options.interface = value;
        } else if (name == "--vip") {
            options.vip = value;
        } else if (name == "--pid-file") {
            options.pid_file = value;
        } else if (name == "--node-id") {
            options.node_id = value + "\n";
        } else {
            BOOST_FAIL("no option " << name);
        }
    }
    return options;
}

Imported import(const std::string& file, const std::string& text, const ImportOptions& options) {
    return file.starts_with("pgpool") ? import_pgpool(text, options) : import_keepalived(text, options);
}

/// What the command would print.
std::string seen(const Imported& imported, const std::string& file) {
    std::string text = imported.ok() ? with_diff_as_comments(imported, file) + "---- on standard error:\n" : "";
    for (const auto& problem : imported.problems) {
        text += belay::config::to_text(problem) + '\n';
    }
    return text;
}

std::vector<std::string> cases() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(data_directory)) {
        if (entry.path().extension() == ".conf") {
            names.push_back(entry.path().stem());
        }
    }
    std::ranges::sort(names);
    return names;
}

Imported imported_case(const std::string& name) {
    const std::string text = content(data_directory / (name + ".conf"));
    return import(name, text, options_of(name + ".conf", text));
}

std::string result_of(std::string_view pgpool_conf, ImportOptions options = {.file = "f", .resolve = resolve}) {
    options.file = "f";
    return seen(import_pgpool(pgpool_conf, options), "f");
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_import)

BOOST_AUTO_TEST_CASE(every_file_becomes_what_is_expected) {
    const bool write = std::getenv("BELAY_WRITE_EXPECTED") != nullptr;
    BOOST_TEST(cases().size() >= 16U);
    for (const std::string& name : cases()) {
        const std::string result = seen(imported_case(name), name + ".conf");
        const fs::path expected = data_directory / (name + ".expected");
        if (write) {
            std::ofstream(expected, std::ios::binary) << result;
        }
        BOOST_TEST(result == content(expected),
                   expected.string() << " differs from this; if it should, see the top of import_test.cpp:\n"
                                     << result);
    }
}

BOOST_AUTO_TEST_CASE(what_is_made_is_accepted_and_what_is_broken_is_not) {
    for (const std::string& name : cases()) {
        const Imported imported = imported_case(name);
        BOOST_TEST(imported.ok() == !name.contains("broken"), name);
        if (imported.ok()) {
            const auto loaded = belay::config::load_text(with_diff_as_comments(imported, name), name);
            BOOST_TEST(loaded.settings.has_value(), name);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_secret_leaves_the_file) {
    for (const std::string& name : cases()) {
        const std::string result = seen(imported_case(name), name);
        for (const char* secret :
             {"must not be shown", "must_not_be_shown", "must stay here", "and this one", "nor this"}) {
            BOOST_TEST(!result.contains(secret), name << " shows a secret");
        }
    }
}

/// The names are those of pgpool-II 3.4 to 4.x; each ends in the list, and none as unknown.
BOOST_AUTO_TEST_CASE(every_watchdog_setting_is_told_of) {
    const std::string common =
        "use_watchdog=on\ntrusted_servers='a'\nping_path='/bin'\nwd_authkey='x'\n"
        "wd_ipc_socket_dir='/tmp'\nwd_priority=1\ndelegate_IP='10.77.0.100'\nif_cmd_path='/sbin'\n"
        "ifconfig_path='/sbin'\nif_up_cmd='ip addr add $_IP_$/24 dev eth0'\nif_down_cmd='x'\n"
        "arping_path='/x'\narping_cmd='x'\nclear_memqcache_on_escalation=on\n"
        "wd_escalation_command='x'\nwd_de_escalation_command='x'\nfailover_when_quorum_exists=on\n"
        "failover_require_consensus=on\nallow_multiple_failover_requests_from_node=off\n"
        "enable_consensus_with_half_votes=off\nwd_remove_shutdown_nodes=off\n"
        "wd_lost_node_removal_timeout=0\nwd_no_show_node_removal_timeout=0\n"
        "wd_monitoring_interfaces_list='eth0'\nwd_lifecheck_method='heartbeat'\nwd_interval=10\n"
        "wd_heartbeat_keepalive=2\nwd_heartbeat_deadtime=30\nwd_life_point=3\n"
        "wd_lifecheck_query='SELECT 1'\nwd_lifecheck_dbname='x'\nwd_lifecheck_user='x'\n"
        "wd_lifecheck_password='x'\n";
    const std::string old_style = "wd_hostname='alpha'\nwd_port=9000\nwd_heartbeat_port=9694\n"
                                  "heartbeat_destination0='beta'\nheartbeat_destination_port0=9694\n"
                                  "heartbeat_device0='eth0'\nother_pgpool_hostname0='beta'\nother_pgpool_port0=9999\n"
                                  "other_wd_port0=9000\nother_pgpool_hostname1='gamma'\nother_pgpool_port1=9999\n";
    const std::string new_style =
        "hostname0='alpha'\nwd_port0=9000\npgpool_port0=9999\nheartbeat_hostname0='alpha'\n"
        "heartbeat_port0=9694\nheartbeat_device0='eth0'\nhostname1='beta'\nhostname2='gamma'\n";
    for (const std::string& style : {old_style, new_style}) {
        for (const char* method : {"'heartbeat'", "'query'", "'external'"}) {
            std::string text = common + style;
            const std::string line = "wd_lifecheck_method=";
            text.replace(text.find(line) + line.size(), std::string("'heartbeat'").size(), method);
            const Imported imported = import_pgpool(text, {.file = "f", .resolve = resolve});
            BOOST_TEST(imported.ok(), seen(imported, "f"));
            BOOST_TEST(imported.remarks.size() == static_cast<std::size_t>(std::ranges::count(text, '\n')));
            for (const ImportRemark& remark : imported.remarks) {
                BOOST_TEST(!remark.text.contains("does not know"), remark.setting);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(three_nodes_need_no_gateway_and_two_take_one) {
    const std::string two = "hostname0='alpha'\nhostname1='beta'\ndelegate_ip='10.77.0.100'\n";
    BOOST_TEST(result_of(two + "trusted_servers='gateway'\n").contains("\nupstream = 10.77.0.254\n"));
    BOOST_TEST(result_of(two + "trusted_servers='gateway,10.77.0.253'\n").contains("one gateway can break the tie"));
    BOOST_TEST(result_of(two + "trusted_servers='beta'\n").contains("says nothing about the network"));
    BOOST_TEST(result_of(two + "trusted_servers='nobody'\n").contains("f:4:1: error: trusted_servers: 'nobody' is no"));
    BOOST_TEST(result_of(two + "hostname2='gamma'\ntrusted_servers='nobody'\n").contains("3 nodes decide by majority"));
}

BOOST_AUTO_TEST_CASE(a_node_id_is_that_of_a_host_in_the_file) {
    const std::string three = "hostname0='alpha'\nhostname2='beta'\nhostname3='gamma'\ndelegate_ip='10.77.0.100'\n"
                              "wd_priority=7\n";
    const auto with_id = [&](const std::string& id) {
        return result_of(three, {.file = "f", .resolve = resolve, .node_id = id});
    };
    BOOST_TEST(with_id("2\n").contains("service = 10.77.0.2:9999\npriority = 7\n"));
    BOOST_TEST(with_id("").contains("not taken over: it is of one host"));
    BOOST_TEST(with_id("1").contains("f: error: the node id '1' is not the number of a hostname in this file"));
    BOOST_TEST(with_id("x\ny").contains("f: error: the node id 'x\\x0ay' is not"));
}

BOOST_AUTO_TEST_CASE(what_an_ini_file_cannot_say_is_an_error) {
    const std::string two = "hostname0='alpha'\nhostname1='beta'\ndelegate_ip='10.77.0.100'\n";
    BOOST_TEST(
        result_of(two + "logdir='/var/log/a ;b'").contains("f: error: the value of status_file cannot be written"));
    BOOST_TEST(result_of(two + "pid_file_name='pid'")
                   .contains("f: error: the result would not be accepted: pid_file: 'pid' "
                             "is not an absolute path"));
}

/// Found by tests/fuzz: the remark about it was about nothing.
BOOST_AUTO_TEST_CASE(an_empty_word_is_shown) {
    const Imported imported = import_keepalived("\"\"\nnotify \"\"\n", {.file = "f", .resolve = resolve});
    BOOST_REQUIRE(imported.remarks.size() == 2U);
    BOOST_TEST(imported.remarks[0].setting == "\"\"");
    BOOST_TEST(imported.remarks[1].setting == "notify \"\"");
}

BOOST_AUTO_TEST_CASE(addresses_of_hosts_from_the_command_line) {
    BOOST_TEST(parse_host_addresses("a=10.77.0.1,fd77::1")->second.size() == 2U);
    BOOST_TEST(parse_host_addresses("a=10.77.0.1")->first == "a");
    for (const char* wrong : {"", "a", "=10.77.0.1", "a=", "a=b", "a=10.77.0.1,"}) {
        BOOST_TEST(!parse_host_addresses(wrong), wrong);
    }
}

/// Cut anywhere and with any byte changed, a file ends in a result that is accepted, or in an error.
BOOST_AUTO_TEST_CASE(any_bytes_end_in_a_result_or_an_error) {
    for (const std::string& name : cases()) {
        const std::string text = content(data_directory / (name + ".conf"));
        const ImportOptions options = options_of(name, text);
        for (std::size_t at = 0; at < text.size(); at += 11) {
            std::string bytes = at % 2 == 0 ? text.substr(0, at) : text;
            if (!bytes.empty()) {
                bytes[at % bytes.size()] = static_cast<char>(at * 37);
            }
            const Imported imported = import(name, bytes, options);
            if (imported.ok() && !belay::config::load_text(with_diff_as_comments(imported, name), name).settings) {
                BOOST_ERROR(name << " changed at " << at << " is called accepted and is not");
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
