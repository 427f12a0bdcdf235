// Observations of files: what a replica's directory holds, decoded from the disk's bytes.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/proof/story/ops.h"
#include "engine/broker/broker_node.h"
#include "engine/wire/coordinator_records.h"
#include "engine/wire/record_batch.h"
#include "sim/base/big_endian.h"

namespace app::proof {
namespace {

namespace wire = engine::wire;

const sim::Disk& disk_of(const StoryStage& stage, i64 broker) {
    return stage.world.machine.disks.of(broker_node(stage, broker));
}

std::string directory(const Json& op) {
    return fmt::format("{}-{}", op["topic"].get<std::string>(), op.value("partition", 0));
}

std::string text_of(const sim::Disk& disk, const std::string& path) {
    const sim::FileId id = disk.find(path);
    if (id == sim::kNoFile) return "";
    const auto bytes = disk.file(id).cached.read(0, disk.file(id).cached.size());
    return {bytes.begin(), bytes.end()};
}

std::vector<sim::u8> bytes_of(const sim::Disk& disk, const std::string& path) {
    const sim::FileId id = disk.find(path);
    return id == sim::kNoFile ? std::vector<sim::u8>{} : disk.file(id).cached.read(0, disk.file(id).cached.size());
}

Json text_or_null(std::span<const sim::u8> bytes, bool is_null) {
    return is_null ? Json(nullptr) : Json(std::string(wire::text_of(bytes)));
}

Json control_json(const wire::BatchHeader& header, const wire::RecordView& record) {
    Json json{{"offset", header.base_offset + record.offset_delta},
              {"marker", wire::control_type(record) == wire::ControlType::commit ? "COMMIT" : "ABORT"}};
    if (record.value.size() >= 6) json["coordinator_epoch"] = sim::load_big_endian<i32>(record.value.data() + 2);
    return json;
}

std::string codec_name(wire::Codec codec) {
    constexpr const char* kNames[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    return static_cast<std::size_t>(codec) < std::size(kNames) ? kNames[static_cast<std::size_t>(codec)] : "?";
}

}  // namespace

Json batch_json(std::span<const sim::u8> bytes) {
    wire::RecordReader reader(bytes);
    const wire::BatchHeader& header = reader.header();
    Json batch{{"base_offset", header.base_offset},
               {"last_offset", header.last_offset()},
               {"count", header.record_count},
               {"leader_epoch", header.partition_leader_epoch}};
    if (header.has_producer()) {
        batch["producer_id"] = header.producer_id;
        batch["producer_epoch"] = header.producer_epoch;
        batch["base_sequence"] = header.base_sequence;
    }
    if (header.codec() != wire::Codec::none) batch["codec"] = codec_name(header.codec());
    if (header.is_transactional()) batch["transactional"] = true;
    if (header.is_control()) batch["control"] = true;
    if (header.has_delete_horizon()) batch["delete_horizon"] = header.base_timestamp;
    Json records = Json::array();
    for (wire::RecordView record; reader.next(record);)
        records.push_back(header.is_control() ? control_json(header, record)
                                              : Json{header.base_offset + record.offset_delta,
                                                     text_or_null(record.key, record.key_is_null),
                                                     text_or_null(record.value, record.value_is_null)});
    batch["records"] = records;
    return batch;
}

namespace {

/// Calls visit(file name, bytes of one batch) for all batches of a replica.
template <class Visit>
void for_each_batch(const sim::Disk& disk, const std::string& folder, Visit&& visit) {
    for (const std::string& path : disk.list(folder + "/")) {
        if (!path.ends_with(".log")) continue;
        const auto bytes = bytes_of(disk, path);
        std::span<const sim::u8> rest = bytes;
        while (!rest.empty()) {
            const auto header = wire::read_header(rest);
            if (!header || header->total_bytes() > rest.size()) break;
            visit(path.substr(folder.size() + 1), rest.first(header->total_bytes()));
            rest = rest.subspan(header->total_bytes());
        }
    }
}

bool has_replica(const sim::Disk& disk, const std::string& folder) { return !disk.list(folder + "/").empty(); }

Json empty_segments(const sim::Disk& disk, const std::string& folder) {
    Json segments = Json::object();
    for (const std::string& path : disk.list(folder + "/"))
        if (path.ends_with(".log")) segments[path.substr(folder.size() + 1)] = Json::array();
    return segments;
}

i64 end_of(const sim::Disk& disk, const std::string& folder) {
    i64 end = 0;
    const Json files = empty_segments(disk, folder);
    for (const auto& [file, batches] : files.items()) end = std::max<i64>(end, std::stoll(file));
    for_each_batch(disk, folder, [&](const std::string&, std::span<const sim::u8> bytes) {
        end = wire::read_header(bytes)->next_offset();
    });
    return end;
}

Json replica_json(const StoryStage& stage, i64 broker, const std::string& folder) {
    const sim::Disk& disk = disk_of(stage, broker);
    if (!has_replica(disk, folder)) return nullptr;
    Json segments = empty_segments(disk, folder);
    for_each_batch(disk, folder, [&](const std::string& file, std::span<const sim::u8> bytes) {
        segments[file].push_back(batch_json(bytes));
    });
    return {{"log_end_offset", end_of(disk, folder)},
            {"leader_epoch_checkpoint", text_of(disk, folder + "/leader-epoch-checkpoint")},
            {"segments", segments}};
}

// ---- operations ---------------------------------------------------------------------------------

OpResult observe_log(StoryStage& stage, const Json& op) { return replica_json(stage, op["broker"], directory(op)); }

OpResult observe_logs(StoryStage& stage, const Json& op) {
    Json logs = Json::object();
    std::vector<i64> ids;
    if (op.contains("brokers")) ids = op["brokers"].get<std::vector<i64>>();
    else for (const engine::BrokerSpec& broker : stage.spec.brokers) ids.push_back(broker.id.value);
    for (const i64 id : ids) logs[std::to_string(id)] = replica_json(stage, id, directory(op));
    return logs;
}

OpResult observe_log_end(StoryStage& stage, const Json& op) {
    return end_of(disk_of(stage, op["broker"]), directory(op));
}

OpResult observe_segments(StoryStage& stage, const Json& op) {
    const sim::Disk& disk = disk_of(stage, op["broker"]);
    Json segments = empty_segments(disk, directory(op));
    for_each_batch(disk, directory(op), [&](const std::string& file, std::span<const sim::u8> bytes) {
        const auto header = wire::read_header(bytes);
        segments[file].push_back({header->base_offset, header->last_offset()});
    });
    return segments;
}

OpResult observe_files(StoryStage& stage, const Json& op) {
    const std::string folder = directory(op) + "/";
    Json files = Json::array();
    for (const std::string& path : disk_of(stage, op["broker"]).list(folder))
        files.push_back(path.substr(folder.size()));
    return files;
}

OpResult observe_file_sizes(StoryStage& stage, const Json& op) {
    const sim::Disk& disk = disk_of(stage, op["broker"]);
    Json sizes = Json::object();
    const Json files = empty_segments(disk, directory(op));
    for (const auto& [file, batches] : files.items())
        sizes[file] = disk.file(disk.find(directory(op) + "/" + file)).cached.size();
    return sizes;
}

/// Line `topic partition offset` of a checkpoint file.
Json checkpoint_value(const std::string& text, const Json& op) {
    const std::string key = fmt::format("\n{} {} ", op["topic"].get<std::string>(), op.value("partition", 0));
    const auto at = text.find(key);
    return at == std::string::npos ? Json(nullptr) : Json(std::stoll(text.substr(at + key.size())));
}

OpResult observe_checkpoints(StoryStage& stage, const Json& op) {
    Json values = Json::object();
    for (const engine::BrokerSpec& broker : stage.spec.brokers)
        values[std::to_string(broker.id.value)] =
            checkpoint_value(text_of(disk_of(stage, broker.id.value), "replication-offset-checkpoint"), op);
    return values;
}

/// Lines of a broker's own log are not modelled, and recordings never compare them.
OpResult observe_log_lines(StoryStage&, const Json&) { return Json::array(); }

constexpr OpEntry kLogObservations[] = {{"log", observe_log},
                            {"logs", observe_logs},
                            {"log_end_offset", observe_log_end},
                            {"segments", observe_segments},
                            {"files", observe_files},
                            {"file_sizes", observe_file_sizes},
                            {"high_watermark_checkpoint", observe_checkpoints},
                            {"log_lines", observe_log_lines}};

}  // namespace

std::span<const OpEntry> log_observations() { return kLogObservations; }

}  // namespace app::proof
