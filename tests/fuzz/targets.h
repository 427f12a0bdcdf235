// What is fuzzed. Each function takes any bytes; it must neither crash nor hang nor break an invariant.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "sim/base/types.h"

namespace tests::fuzz {

using Bytes = std::span<const sim::u8>;

/// A record batch: header, checksum, every record, decompressed.
void batch(Bytes bytes);
/// What a client sends to a served broker on one connection, after the length.
void frames(Bytes bytes);
/// Requests of ZooKeeper: the first after the handshake on a connection to a served server.
void jute(Bytes bytes);
/// The files of a partition as a crash or a clean stop left them: first byte how, then the log's bytes.
void recovery(Bytes bytes);
/// A line typed into the console, and behind a zero byte what it reads.
void command(Bytes bytes);

/// A statement: read, analysed, optimised.
void sql(Bytes bytes);
/// Programs of both languages, with their plans optimised but not run.
void python(Bytes bytes);
void scala(Bytes bytes);
/// One line of a file.
void csv(Bytes bytes);
void json(Bytes bytes);
/// A pattern of dates, numbers or regular expressions; on the lines after it what it is to read.
void pattern(Bytes bytes);

struct Target {
    std::string_view name;
    void (*run)(Bytes);
};
inline constexpr std::array kTargets = {Target{"batch", batch},       Target{"frames", frames},   Target{"jute", jute},
                                        Target{"recovery", recovery}, Target{"command", command}, Target{"sql", sql},
                                        Target{"python", python},     Target{"scala", scala},     Target{"csv", csv},
                                        Target{"json", json},         Target{"pattern", pattern}};

}  // namespace tests::fuzz
