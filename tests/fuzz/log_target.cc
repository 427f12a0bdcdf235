#include <algorithm>
#include <string_view>

#include "engine/log/log.h"
#include "sim/machine.h"
#include "tests/fuzz/targets.h"

namespace tests::fuzz {
namespace {

using namespace engine;

void put(sim::DiskDoor& disk, std::string_view path, Bytes content) {
    const auto file = disk.open(path);
    MR_ASSERT(file.has_value());
    if (!content.empty()) (void)disk.append(*file, sim::Slice::whole(sim::Chunk::of(content)));
}

/// A log as it was written: batch by batch.
void put_log(sim::DiskDoor& disk, std::string_view path, Bytes content) {
    while (!content.empty()) {
        const auto header = wire::read_header(content);
        const std::size_t size = header ? std::min<std::size_t>(header->total_bytes(), content.size()) : content.size();
        put(disk, path, content.first(size));
        content = content.subspan(size);
    }
}

/// The second half of what is left, which becomes a file of its own.
Bytes take_half(Bytes& bytes) {
    const std::size_t half = bytes.size() / 2;
    const Bytes second = bytes.subspan(half);
    bytes = bytes.first(half);
    return second;
}

}  // namespace

void recovery(Bytes bytes) {
    if (bytes.empty()) return;
    const sim::u8 how = bytes.front();
    bytes = bytes.subspan(1);
    sim::Machine machine(1);
    const sim::NodeId node = machine.add_node({}, {});
    sim::Recorder recorder;
    sim::Env env(machine.parts(recorder), node, 0);
    sim::DiskDoor disk = env.disk();
    if ((how & 1) != 0) put_log(disk, "t-0/00000000000000000010.log", take_half(bytes));
    if ((how & 2) != 0) put(disk, "t-0/leader-epoch-checkpoint", take_half(bytes));
    if ((how & 4) != 0) put(disk, "t-0/00000000000000000000.index", take_half(bytes));
    if ((how & 8) != 0) put(disk, "t-0/00000000000000000010.snapshot", take_half(bytes));
    put_log(disk, "t-0/00000000000000000000.log", bytes);
    log::Log log;
    log.directory = "t-0";
    log.config = make_topic_config({});
    const log::LogContext context{disk, 0, env.rng()};
    const Offset recovery_point{(how & 16) != 0 ? 10 : 0};
    if (!log::open_log(log, context, recovery_point, Offset{0}, (how & 32) != 0)) return;
    MR_ASSERT(log.holds_together());
    (void)log::read(log, disk, log.log_start, log.next_offset, INT32_MAX, true);
}

}  // namespace tests::fuzz
