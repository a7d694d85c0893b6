// The virtual address: pgpool-II knows it as an address and as command lines that put it up.

#include "belay/cli/vip_command.hpp"
#include "import_pgpool_sections.hpp"

namespace belay::cli {

namespace {

/// Of every release, with ifconfig or ip.
constexpr std::string_view if_up_default = "ip addr add $_IP_$/24 dev eth0 label eth0:0";

/// Fills in what the commands say, the one that puts the address up first.
VipCommand read_commands(PgpoolSource& source) {
    const PgpoolSetting* const up = source.find("if_up_cmd");
    VipCommand command = parse_vip_command(source.text("if_up_cmd", if_up_default));
    std::string where;
    if (command.length) {
        where = "[vip main] address: the length of its network";
    }
    if (!command.interface.empty()) {
        where += where.empty() ? "[vip main] interface" : "; interface";
    }
    if (where.empty()) {
        source.not_taken(up, "no command is run: belayd puts the address up by netlink");
    } else {
        where +=
            command.label.empty()
                ? ""
                : fmt::format(". The label {} is not taken over: belayd adds the address without one, 'ip address' "
                              "shows it",
                              command.label);
        source.taken(up, where);
    }
    const PgpoolSetting* const arping = source.find("arping_cmd");
    const std::string announcing = "belayd announces the address itself; [announce] says how often";
    if (command.interface.empty() && arping != nullptr) {
        command.interface = parse_vip_command(arping->value).interface;
        source.taken(arping, "[vip main] interface; " + announcing);
    }
    source.not_taken(arping, announcing);
    return command;
}

} // namespace

std::optional<PgpoolVip> read_pgpool_vip(PgpoolSource& source) {
    const ImportOptions& options = source.options();
    const PgpoolSetting* const setting = source.find("delegate_ip");
    const VipCommand command = read_commands(source);
    const std::string text = !options.vip.empty() ? options.vip : setting == nullptr ? std::string() : setting->value;
    if (text.empty()) {
        source.error(setting, "delegate_IP is not set, so this watchdog has no virtual address; say which one Belay is "
                              "to keep by --vip ADDRESS/LENGTH --interface NAME");
        return std::nullopt;
    }
    const auto address = parse_prefix(text);
    if (!address) {
        source.error(options.vip.empty() ? setting : nullptr,
                     fmt::format("{}: {}", options.vip.empty() ? "delegate_IP" : "--vip", address.error().text));
        return std::nullopt;
    }
    PgpoolVip vip{.address = *address, .has_length = text.contains('/'), .interface = options.interface};
    if (!vip.has_length && command.length && *command.length <= vip.address.length) {
        vip.address.length = *command.length;
        vip.has_length = true;
    }
    if (vip.interface.empty()) {
        vip.interface = command.interface;
    }
    if (vip.interface.empty()) {
        source.error(source.find("if_up_cmd"), "if_up_cmd does not say on which interface the address is put, and "
                                               "arping_cmd neither; say it by --interface NAME");
        return std::nullopt;
    }
    if (options.vip.empty()) {
        source.taken(setting, "[vip main] address");
    } else {
        source.not_taken(setting, "--vip says the address");
    }
    return vip;
}

void write_vip(IniText& ini, const PgpoolVip& vip) {
    ini.section("vip main");
    if (!vip.has_length) {
        ini.comment("The file does not say how long the address of its network is; add it, as in /24, where hosts of "
                    "that network are to be reached from the address.");
    }
    ini.key("address", to_text(vip.address));
    ini.comment("The same on every node. If one of them calls it otherwise, rename it there.");
    ini.key("interface", vip.interface);
    ini.blank();
}

} // namespace belay::cli
