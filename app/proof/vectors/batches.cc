// Record batches, byte for byte.
#include <array>

#include "app/proof/vectors/transactions.h"
#include "app/proof/vectors/values.h"
#include "engine/wire/batch_builder.h"

namespace app::proof::vectors {
namespace {

using namespace engine;
using wire::BatchHeader;
using wire::Codec;

using Text = std::optional<std::string>;
Text text_at(const Json& object, const char* name) {
    const Json value = object.value(name, Json());
    return value.is_null() ? Text() : Text(value.get<std::string>());
}

Codec codec_of(const Json& input) {
    const std::string name = input.value("codec", "none");
    for (const Codec codec : {Codec::gzip, Codec::snappy, Codec::lz4, Codec::zstd})
        if (wire::name_of(codec) == name) return codec;
    return Codec::none;
}

// ---- reading ------------------------------------------------------------------------------------

Json hex_or_null(std::span<const u8> bytes, bool is_null) { return is_null ? Json() : Json(to_hex(bytes)); }

Json record_json(const wire::RecordView& record) {
    Json headers = Json::array();
    for (const wire::RecordHeader& header : record.headers)
        headers.push_back({wire::text_of(header.key), hex_or_null(header.value, header.value_is_null)});
    return {{"timestamp_delta", record.timestamp_delta},
            {"offset_delta", record.offset_delta},
            {"key_hex", hex_or_null(record.key, record.key_is_null)},
            {"value_hex", hex_or_null(record.value, record.value_is_null)},
            {"headers", headers}};
}

Json header_json(const BatchHeader& header) {
    return {{"base_offset", header.base_offset},
            {"batch_length", header.batch_length},
            {"partition_leader_epoch", header.partition_leader_epoch},
            {"magic", header.magic},
            {"crc32c", header.crc},
            {"attributes", header.attributes},
            {"last_offset_delta", header.last_offset_delta},
            {"base_timestamp", header.base_timestamp},
            {"max_timestamp", header.max_timestamp},
            {"producer_id", header.producer_id},
            {"producer_epoch", header.producer_epoch},
            {"base_sequence", header.base_sequence},
            {"record_count", header.record_count},
            {"total_bytes", header.total_bytes()}};
}

Json decoded(std::span<const u8> batch) {
    const auto header = wire::check_batch(batch);
    if (!header) return error_text(header.error());
    Json shown = header_json(*header);
    shown["records"] = Json::array();
    wire::RecordReader records(batch);
    for (wire::RecordView record; records.next(record);) shown["records"].push_back(record_json(record));
    if (failed(records.error())) return error_text(records.error());
    return shown;
}

// ---- writing ------------------------------------------------------------------------------------

BatchHeader header_of(const Json& input) {
    BatchHeader header;
    header.base_offset = input.value("base_offset", i64{0});
    header.partition_leader_epoch = input.value("partition_leader_epoch", -1);
    header.producer_id = input.value("producer_id", i64{-1});
    header.producer_epoch = input.value("producer_epoch", i16{-1});
    header.base_sequence = input.value("base_sequence", -1);
    header.attributes = static_cast<i16>(codec_of(input));
    if (input.value("transactional", false)) header.attributes |= kTransactional;
    return header;
}

std::vector<u8> control_of(const Json& input) {
    const auto type = input.at("control") == "COMMIT" ? wire::ControlType::commit : wire::ControlType::abort;
    return wire::control_batch(header_of(input), type, input.at("coordinator_epoch"), input.at("ts"));
}

std::vector<u8> built(const Json& input) {
    if (input.contains("control")) return control_of(input);
    wire::BatchBuilder builder(header_of(input));
    for (const Json& given : input.at("records")) {
        const Text key = text_at(given, "key"), value = text_at(given, "value");
        wire::NewRecord record{number(given.at("ts")), key, value, {}};
        for (const Json& header : given.value("headers", Json::array()))
            record.headers.emplace_back(header[0].get<std::string>(),
                                        header[1].is_null() ? Text() : Text(header[1].get<std::string>()));
        builder.append(record);
    }
    auto batch = builder.finish();
    const i64 append_time =
        input.value("timestamp_type", "CreateTime") == "LogAppendTime" ? input.value("log_append_time", i64{-1}) : -1;
    wire::assign_offsets(batch, input.value("base_offset", i64{0}), input.value("partition_leader_epoch", -1),
                         append_time);
    return batch;
}

/// Encoders may pack differently; then what is inside must be the same.
Json unpacked(std::span<const u8> batch) { return decoded(batch).at("records"); }

void record_batch(const Json& vector, Verdict& verdict) {
    const Json& expected = vector.at("expected");
    const auto bytes = from_hex(expected.at("hex"));
    verdict.same(expected.at("decoded"), decoded(bytes));
    const auto ours = built(vector.at("input"));
    if (codec_of(vector.at("input")) == Codec::none) verdict.same(expected.at("hex"), to_hex(ours));
    else verdict.same(unpacked(bytes), unpacked(ours));
}

constexpr std::array kBatchCategories = {Category{"record_batch", record_batch}};

}  // namespace

std::span<const Category> batch_categories() { return kBatchCategories; }

}  // namespace app::proof::vectors
