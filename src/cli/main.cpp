// belay(1): the operator's command.

#include "belay/cli/app.hpp"

#include <cstdlib>
#include <iostream>
#include <unistd.h>

int main(int argc, char** argv) {
    // https://no-color.org: its mere presence counts. NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
    const bool colour = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    belay::cli::Output output{.out = std::cout, .err = std::cerr, .style = {.colour = colour}};
    return static_cast<int>(belay::cli::run(argc, argv, output));
}
