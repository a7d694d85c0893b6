// `belay nodes`: every node and the channels to it.

#include "ask.hpp"
#include "belay/cli/render.hpp"
#include "commands.hpp"

namespace belay::cli {

namespace {

ExitCode run_nodes(const Arguments& arguments, Output& output) {
    return ask_and_print(arguments, output, control::request::Nodes{}, render_nodes);
}

} // namespace

constinit const Command nodes_command{
    .name = "nodes", .help = "All nodes and the channels to each of them", .declare = nullptr, .run = run_nodes};

} // namespace belay::cli
