// `serve`: a cluster that stock clients of Kafka and ZooKeeper reach on loopback ports: a lesson's, or fresh brokers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace app::serve {

struct ServeOptions {
    std::string lesson;               // "": fresh brokers
    int brokers = 1;
    sim::u16 port = 9092;             // of the first broker; the next ones follow
    sim::u16 zookeeper_port = 0;      // 0: ZooKeeper is not served
    std::string speed = "1";          // simulated time per wall time; "max" = as fast as it goes
    std::string listen = "127.0.0.1";
    std::string advertise;            // what clients are told to connect to; "": as listened, the loopback as localhost
    std::string session;              // file of the journal; "": none
    double seconds = 0;               // 0 = until interrupted
    std::vector<std::string> deeds;   // "8s kill broker 1": verbs with times, from the start of serving
    std::optional<sim::u64> seed;
    bool hash = false;
};

int serve_command(const ServeOptions& options);
/// What is wrong with the options, and what to give instead; "" nothing.
std::string usage_error(const ServeOptions& options);
/// The host that brokers give in their metadata (advertised.listeners).
std::string advertised_host(const ServeOptions& options);

/// The lesson of nothing but brokers, which begins at a moment of the calendar.
std::string plain_lesson(int brokers, sim::i64 start_ms);

}  // namespace app::serve
