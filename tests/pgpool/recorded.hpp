#pragma once
// What pgpool-II 4.3.5 said in front of PostgreSQL 15 (streaming replication, primary 0 and standby 1), byte for byte:
// the files of recorded/. They are the corpus of tests/fuzz, too.

#include "belay/pgpool/pcp_frame.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace belay::pgpool::test {

/// The bytes of one file. The build tells where the files are.
inline std::string recorded_bytes(const std::string& name) {
    const char* const folder = std::getenv("BELAY_RECORDED_PCP");
    BOOST_REQUIRE_MESSAGE(folder != nullptr, "BELAY_RECORDED_PCP is not set; run by meson test");
    std::ifstream file(std::filesystem::path(folder) / (name + ".bin"), std::ios::binary);
    BOOST_REQUIRE_MESSAGE(file.good(), "no recording " << name);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Its frames, which must be whole.
inline std::vector<PcpFrame> recorded(const std::string& name) {
    const std::string bytes = recorded_bytes(name);
    PcpDecoder decoder;
    decoder.feed(Bytes(bytes.begin(), bytes.end()));
    std::vector<PcpFrame> frames;
    std::size_t size = 0;
    while (auto frame = decoder.next().value()) {
        size += 5 + frame->payload.size();
        frames.push_back(*std::move(frame));
    }
    BOOST_REQUIRE(size == bytes.size());
    return frames;
}

} // namespace belay::pgpool::test
