// A query on a simulated cluster to which things are done: brokers with records that come on time, a driver, executors
// and a file system, and trouble with each of them. Whatever is done, the sink must hold in the end what a batch query
// gives over the same records; where Spark promises no more than at least once, rows may be there again, but only of
// batches that the driver's ledger shows to have been begun again.
//
// Records come in the order of their event times but for a few seconds, which the watermark allows for, so that none is
// late. Where records may be held up for longer the watermark waits for longer.
#pragma once

#include "app/proof/streams/stream_case.h"
#include "app/proof/sweep/plan.h"

namespace app::proof {

enum class Promise : sim::u8 { exactly_once, at_least_once };

/// A query by its shape; sources are `source` and perhaps `other`.
struct CrashShape {
    const char* name;
    const char* sql;
    const char* sink;
    engine::spark::NamedTexts sink_options;
    engine::spark::OutputMode mode;
    Promise promise;
    u32 streams = 1;
    bool timed = false;            ///< has a watermark, and is whole when it has passed everything
    const char* format = "kafka";  ///< of its source
};
std::span<const CrashShape> crash_shapes();

struct CrashCase {
    u64 seed = 0;
    const CrashShape* shape = nullptr;
    engine::WorldSpec spec;
    std::vector<Deed> deeds;  ///< in order of time
};

constexpr sim::Nanos kLastTrouble = sim::seconds(45);  ///< then all is healed
constexpr sim::Nanos kFirstClosing = sim::seconds(50), kLastClosing = sim::seconds(58);

/// The case of a seed: seeds go through the shapes in turn.
CrashCase draw_crash_case(u64 seed);

}  // namespace app::proof
