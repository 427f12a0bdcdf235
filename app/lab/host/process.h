// The program running itself as a fresh process, for proofs that need one. With files.h the lab's only touch of
// the operating system.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace app::lab {

struct ProcessSettings {
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;  // set in addition to our own
    std::string folder;                                            // working directory; "" = ours
};

/// Standard output of this program run with these arguments. An error if it cannot be started or fails.
std::expected<std::string, std::string> run_self(const ProcessSettings& settings);

/// What the clock of this machine shows, since 1970: for programs and statements outside a world.
sim::i64 wall_micros();

}  // namespace app::lab
