#include "engine/wire/record_batch.h"
#include "tests/fuzz/served_world.h"
#include "tests/fuzz/targets.h"

namespace tests::fuzz {

void batch(Bytes bytes) {
    const auto header = engine::wire::check_batch(bytes);
    engine::wire::RecordReader records(bytes);
    sim::i64 count = 0;
    for (engine::wire::RecordView record; records.next(record);) ++count;
    MR_ASSERT(!header || count <= header->record_count);
}

void frames(Bytes bytes) {
    ServedWorld served;
    const auto size = static_cast<sim::u32>(bytes.size());
    std::vector<sim::u8> frame;
    for (const int shift : {24, 16, 8, 0}) frame.push_back(static_cast<sim::u8>(size >> shift));
    frame.insert(frame.end(), bytes.begin(), bytes.end());
    served.act("outside send 1", std::move(frame));
    served.pass(sim::millis(600));
}

}  // namespace tests::fuzz
