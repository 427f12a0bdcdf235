// `serve`: a lesson's brokers, or a few fresh ones, reachable for stock clients over the loopback. The wall clock paces
// the world; what clients send becomes inputs in the journal, so that the session can be played again to the same hash.
#pragma once

#include <string>

#include "sim/base/types.h"

namespace app::serve {

struct ServeOptions {
    std::string lesson;  // "" = fresh brokers
    int brokers = 1;
    int port = 9092;      // of the first broker; the others follow
    double speed = 1.0;   // simulated seconds a second
    double seconds = 0;   // 0 = until interrupted
    std::string session;  // file; "" = not saved
    bool hash = false;
};

int serve_command(const ServeOptions& options);

}  // namespace app::serve
