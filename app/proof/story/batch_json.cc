#include "app/proof/story/batch_json.h"

#include <nlohmann/json.hpp>

#include "engine/wire/record_batch.h"

namespace app::proof {
namespace {

namespace wire = engine::wire;
using Json = nlohmann::json;
using sim::i32;

Json text_or_null(std::span<const sim::u8> bytes, bool is_null) { return is_null ? Json(nullptr) : Json(std::string(wire::text_of(bytes))); }

Json control_json(const wire::BatchHeader& header, const wire::RecordView& record) {
    Json json{{"offset", header.base_offset + record.offset_delta},
              {"marker", wire::control_type(record) == wire::ControlType::commit ? "COMMIT" : "ABORT"}};
    if (record.value.size() >= 6) {
        i32 epoch = 0;
        for (std::size_t i = 2; i < 6; ++i) epoch = epoch << 8 | record.value[i];
        json["coordinator_epoch"] = epoch;
    }
    return json;
}

std::string codec_name(wire::Codec codec) {
    constexpr const char* kNames[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    return static_cast<std::size_t>(codec) < std::size(kNames) ? kNames[static_cast<std::size_t>(codec)] : "?";
}

}  // namespace

Json batch_json(std::span<const sim::u8> batch_bytes) {
    wire::RecordReader reader(batch_bytes);
    const wire::BatchHeader& header = reader.header();
    Json batch{{"base_offset", header.base_offset}, {"last_offset", header.last_offset()}, {"count", header.record_count},
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
                                              : Json{header.base_offset + record.offset_delta, text_or_null(record.key, record.key_is_null),
                                                     text_or_null(record.value, record.value_is_null)});
    batch["records"] = records;
    return batch;
}

}  // namespace app::proof
