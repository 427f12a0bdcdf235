// Sections: options; records; log files; indexes; other files; the tool.
#include "engine/tools/dump_log.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "engine/log/offset_index.h"
#include "engine/log/producer_state.h"
#include "engine/log/txn_index.h"
#include "engine/model/json.h"
#include "engine/tools/tool.h"
#include "engine/wire/consumer_protocol.h"
#include "engine/wire/coordinator_records.h"
#include "engine/wire/record_batch.h"

namespace engine::tools {
namespace {

using A = ArgumentKind;

constexpr std::array kDumpLogSpecs = {
    OptionSpec{"deep-iteration", A::none, "", "Look at the records inside of batches."},
    OptionSpec{"files", A::text, "file1, file2, ...", "REQUIRED: the files to dump, separated by commas."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"index-sanity-check", A::none, "", "Only check indexes, without printing them."},
    OptionSpec{"key-decoder-class", A::text, "decoder class", "Class that decodes keys."},
    OptionSpec{"max-bytes", A::number, "size", "Read at most so many bytes of a file."},
    OptionSpec{"max-message-size", A::number, "size", "Size of the largest record."},
    OptionSpec{"offsets-decoder", A::none, "", "Decode records as those of __consumer_offsets."},
    OptionSpec{"print-data-log", A::none, "", "Print the content of records."},
    OptionSpec{"skip-record-metadata", A::none, "", "With --print-data-log: leave out what is not content."},
    OptionSpec{"transaction-log-decoder", A::none, "", "Decode records as those of __transaction_state."},
    OptionSpec{"value-decoder-class", A::text, "decoder class", "Class that decodes values."},
    OptionSpec{"verify-index-only", A::none, "", "Only verify indexes, without printing them."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
};
static_assert(is_sound(kDumpLogSpecs));

/// What is wrong with the files; told at the end, by file.
struct DumpFindings {
    std::string index_mismatches, time_mismatches, out_of_order, not_found, gaps;
};

/// A line below a heading that names the file, which stands there once; `first` puts it before the others.
void note(std::string& text, const std::string& heading, const std::string& line, bool first = false) {
    const auto at = text.find(heading);
    if (at == std::string::npos) text += heading + "\n" + line + "\n";
    else if (first) text.insert(at + heading.size() + 1, line + "\n");
    else text += line + "\n";
}

struct Dump {
    ToolCall& call;
    const OptionValues& options;
    std::string path;
    const std::string& content;

    [[nodiscard]] std::span<const u8> bytes() const { return wire::bytes_of(content); }
    [[nodiscard]] bool wants_data() const {
        for (const char* option : {"print-data-log", "offsets-decoder", "transaction-log-decoder",
                                   "key-decoder-class", "value-decoder-class"})
            if (options.has(option)) return true;
        return false;
    }
    [[nodiscard]] bool wants_records() const { return options.has("deep-iteration") || wants_data(); }
    DumpFindings& findings;
};

/// The name of a file without its folder, its suffix, and the offset that it begins with.
std::string stem_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    return name.substr(0, name.find('.'));
}

std::optional<Offset> base_of(const std::string& path) {
    const std::string stem = stem_of(path);
    i64 base = 0;
    const auto read = std::from_chars(stem.data(), stem.data() + stem.size(), base);
    return read.ec == std::errc{} && read.ptr == stem.data() + stem.size() ? std::optional(Offset{base}) : std::nullopt;
}

/// Nobody catches what goes wrong with a file, in any version.
void fail(ToolCall& call, const JavaError& error) {
    MR_ASSERT(!error.type.empty());
    complain(call, fmt::format("Exception in thread \"main\" {}", error.message.empty() ? error.type : to_text(error)));
    finish(call, 1);
}

// ---- records ------------------------------------------------------------------------------------

std::string shown(std::span<const u8> bytes, bool is_null) {
    return is_null ? "null" : std::string(wire::text_of(bytes));
}

std::string codec_text(const Dump& dump, wire::Codec codec) {
    std::string name(wire::name_of(codec));
    if (dump.call.is_old())
        for (char& c : name) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return name;
}

std::string header_keys(const wire::RecordView& record) {
    std::string text;
    for (const wire::RecordHeader& header : record.headers)
        text += (text.empty() ? "" : ",") + std::string(wire::text_of(header.key));
    return text;
}

std::string marker_text(const wire::RecordView& record) {
    const wire::ControlType type = wire::control_type(record);
    if (type != wire::ControlType::commit && type != wire::ControlType::abort)
        return fmt::format(" controlType: {}", static_cast<i16>(type));
    wire::Reader in(record.value);
    in.skip(sizeof(i16));
    return fmt::format(" endTxnMarker: {} coordinatorEpoch: {}", type == wire::ControlType::commit ? "COMMIT" : "ABORT",
                       in.get_i32());
}

std::string quoted_or_null(const std::optional<std::string>& text) {
    return text ? json_text(nlohmann::json(*text)) : "null";
}

std::string base64(std::span<const u8> bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
        u32 word = 0;
        for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < left ? bytes[i + k] : 0u);
        for (std::size_t k = 0; k < 4; ++k) text += k <= left ? kDigits[word >> (18 - 6 * k) & 63] : '=';
    }
    MR_ASSERT(text.size() == (bytes.size() + 2) / 3 * 4);
    return text;
}

std::string member_json(const wire::GroupMetadataValue::Member& m) {
    return fmt::format(
        R"({{"memberId":{},"groupInstanceId":{},"clientId":{},"clientHost":{},"rebalanceTimeout":{},"sessionTimeout":{},"subscription":"{}","assignment":"{}"}})",
        quoted_or_null(m.member_id), quoted_or_null(m.group_instance_id), quoted_or_null(m.client_id),
        quoted_or_null(m.client_host), m.rebalance_timeout, m.session_timeout, base64(m.subscription),
        base64(m.assignment));
}

std::string group_json(const wire::GroupMetadataValue& group) {
    std::string members;
    for (const auto& member : group.members) members += (members.empty() ? "" : ",") + member_json(member);
    return fmt::format(
        R"({{"protocolType":{},"generation":{},"protocol":{},"leader":{},"currentStateTimestamp":{},"members":[{}]}})",
        quoted_or_null(group.protocol_type), group.generation, quoted_or_null(group.protocol),
        quoted_or_null(group.leader), group.current_state_timestamp, members);
}

/// What 2.8 tells of a group: who has which partitions.
std::string old_group_text(const wire::GroupMetadataValue& group) {
    std::string members;
    for (const auto& member : group.members) {
        wire::ConsumerAssignment assignment;
        std::vector<std::string> names;
        if (!member.assignment.empty() && wire::from_versioned_bytes(member.assignment, assignment))
            for (const auto& topic : assignment.assigned_partitions)
                for (const i32 partition : topic.partitions)
                    names.push_back(fmt::format("{}-{}", topic.topic, partition));
        members += fmt::format("{}{}=[{}]", members.empty() ? "" : ",", member.member_id, fmt::join(names, ", "));
    }
    return fmt::format(R"({{"protocolType":{},"protocol":{},"generationId":{},"assignment":{}}})",
                       quoted_or_null(group.protocol_type), quoted_or_null(group.protocol), group.generation,
                       quoted_or_null("{" + members + "}"));
}

/// A value behind its version; nothing if it cannot be read.
std::optional<wire::GroupMetadataValue> group_in(const wire::RecordView& record) {
    wire::Reader in(record.value);
    const i16 version = record.value_is_null ? i16{-1} : in.get_i16();
    wire::GroupMetadataValue value;
    if (version < 0 || version > wire::GroupMetadataValue::kHighest || !wire::decode(in, value, version)) return {};
    return value;
}

std::string offset_json(const wire::OffsetCommitValue& value, i16 version) {
    const std::string epoch = version >= 3 ? fmt::format(R"("leaderEpoch":{},)", value.leader_epoch) : "";
    const std::string expiry = version == 1 ? fmt::format(R"(,"expireTimestamp":{})", value.expire_timestamp) : "";
    return fmt::format(R"({{"offset":{},{}"metadata":{},"commitTimestamp":{}{}}})", value.offset, epoch,
                       quoted_or_null(value.metadata), value.commit_timestamp, expiry);
}

struct Decoded {
    std::string key, payload;
};

/// A value behind its version, as JSON; "<DELETE>" of none, "" if it cannot be read.
template <class Value, class ToJson>
std::string payload_json(const wire::RecordView& record, ToJson&& to_json) {
    if (record.value_is_null) return "<DELETE>";
    wire::Reader in(record.value);
    const i16 version = in.get_i16();
    Value value;
    if (version < 0 || version > Value::kHighest || !wire::decode(in, value, version)) return "";
    return fmt::format(R"({{"version":"{}","data":{}}})", version, to_json(value, version));
}

/// A record of __consumer_offsets: a committed offset or a group. Nothing if it is neither.
std::optional<Decoded> decode_offsets_record(const Dump& dump, const wire::RecordView& record) {
    wire::Reader in(record.key);
    const i16 version = record.key_is_null ? i16{-1} : in.get_i16();
    wire::OffsetCommitKey commit;
    wire::GroupMetadataKey group;
    if (!in.ok() || version < 0 || version > wire::GroupMetadataKey::kVersion) return {};
    if (version == wire::GroupMetadataKey::kVersion) {
        if (!wire::decode(in, group, wire::GroupMetadataKey::kVersion)) return {};
        const auto value = group_in(record);
        if (dump.call.is_old())
            return Decoded{"group_metadata::group=" + group.group, value ? old_group_text(*value) : "<DELETE>"};
        return Decoded{
            fmt::format(R"({{"type":"2","data":{{"group":{}}}}})", quoted_or_null(group.group)),
            payload_json<wire::GroupMetadataValue>(record, [](const auto& v, i16) { return group_json(v); })};
    }
    if (!wire::decode(in, commit, version)) return {};
    if (!dump.call.is_old())
        return Decoded{fmt::format(R"({{"type":"{}","data":{{"group":{},"topic":{},"partition":{}}}}})", version,
                                   quoted_or_null(commit.group), quoted_or_null(commit.topic), commit.partition),
                       payload_json<wire::OffsetCommitValue>(record, offset_json)};
    wire::Reader body(record.value);
    const i16 value_version = body.get_i16();
    wire::OffsetCommitValue value;
    const bool read = !record.value_is_null && value_version >= 0 &&
                      value_version <= wire::OffsetCommitValue::kHighest && wire::decode(body, value, value_version);
    const std::string metadata = value.metadata.empty() ? "" : ",metadata=" + value.metadata;
    return Decoded{fmt::format("offset_commit::group={},partition={}-{}", commit.group, commit.topic, commit.partition),
                   read ? fmt::format("offset={}{}", value.offset, metadata) : "<DELETE>"};
}

/// What is told of a record besides its content.
std::string record_head(const Dump& dump, const wire::BatchHeader& header, const wire::RecordView& record,
                        std::size_t position) {
    const i64 timestamp =
        header.log_append_time() ? header.max_timestamp : header.base_timestamp + record.timestamp_delta;
    const std::string_view clock = header.log_append_time() ? "LogAppendTime" : "CreateTime";
    const i64 sequence = header.base_sequence < 0 ? -1 : i64{header.base_sequence} + record.offset_delta;
    const i64 offset = header.base_offset + record.offset_delta;
    MR_ASSERT(offset >= header.base_offset && offset <= header.last_offset());
    const i64 key = record.key_is_null ? -1 : static_cast<i64>(record.key.size());
    const i64 value = record.value_is_null ? -1 : static_cast<i64>(record.value.size());
    if (!dump.call.is_old())
        return fmt::format(" offset: {} {}: {} keySize: {} valueSize: {} sequence: {} headerKeys: [{}]", offset, clock,
                           timestamp, key, value, sequence, header_keys(record));
    return fmt::format(
        " offset: {} isValid: true crc: null keySize: {} valueSize: {} {}: {} baseOffset: {} lastOffset: {} "
        "baseSequence: {} lastSequence: {} producerEpoch: {} partitionLeaderEpoch: {} batchSize: {} magic: {} "
        "compressType: {} position: {} sequence: {} headerKeys: [{}]",
        offset, key, value, clock, timestamp, header.base_offset, header.last_offset(), header.base_sequence,
        header.base_sequence < 0 ? -1 : header.last_sequence(), header.producer_epoch, header.partition_leader_epoch,
        header.total_bytes(), header.magic, codec_text(dump, header.codec()), position, sequence, header_keys(record));
}

/// What 2.8 throws at a record that is none of the decoder's; nothing if it can be read.
std::optional<JavaError> undecodable(const Dump& dump, const wire::RecordView& record) {
    const bool offsets = dump.options.has("offsets-decoder");
    if (!dump.call.is_old() || (!offsets && !dump.options.has("transaction-log-decoder"))) return {};
    if (record.key_is_null)
        return JavaError{"org.apache.kafka.common.KafkaException",
                         fmt::format("Failed to decode message using {} topic decoder (message had a missing key)",
                                     offsets ? "offset" : "transaction")};
    if (record.key.size() < sizeof(i16)) return JavaError{"java.nio.BufferUnderflowException", ""};
    if (!offsets || decode_offsets_record(dump, record)) return {};
    wire::Reader in(record.key);
    return JavaError{"java.lang.IllegalStateException",
                     fmt::format("Unknown group metadata message version: {}", in.get_i16())};
}

/// False: the tool has ended by this record.
bool print_record(const Dump& dump, const wire::BatchHeader& header, const wire::RecordView& record,
                  std::size_t position) {
    std::string line = "|";
    if (!dump.options.has("skip-record-metadata")) line += record_head(dump, header, record, position);
    if (header.is_control()) {
        line += marker_text(record);
    } else if (const auto wrong = undecodable(dump, record)) {
        dump.call.command.output += line;
        fail(dump.call, *wrong);
        return false;
    } else if (const auto decoded =
                   dump.options.has("offsets-decoder") ? decode_offsets_record(dump, record) : std::nullopt) {
        line += fmt::format(" key: {} payload: {}", decoded->key, decoded->payload);
    } else if (dump.wants_data()) {
        if (!record.key_is_null) line += " key: " + shown(record.key, false);
        if (!record.value_is_null) line += " payload: " + shown(record.value, false);
    }
    print(dump.call, line);
    return true;
}

// ---- log files ----------------------------------------------------------------------------------

std::string_view flag(bool on) { return on ? "true" : "false"; }

void print_batch(const Dump& dump, const wire::BatchHeader& header, std::size_t position, bool valid) {
    MR_ASSERT(position < dump.content.size());
    const std::string horizon = dump.call.is_old() ? ""
                                : header.has_delete_horizon()
                                    ? fmt::format(" deleteHorizonMs: OptionalLong[{}]", header.base_timestamp)
                                    : " deleteHorizonMs: OptionalLong.empty";
    print(
        dump.call,
        fmt::format("baseOffset: {} lastOffset: {} count: {} baseSequence: {} lastSequence: {} producerId: {} "
                    "producerEpoch: {} partitionLeaderEpoch: {} "
                    "isTransactional: {} isControl: {}{} position: {} {}: {} size: {} magic: {} compresscodec: {} crc: "
                    "{} isvalid: {}",
                    header.base_offset, header.last_offset(), header.record_count, header.base_sequence,
                    header.base_sequence < 0 ? -1 : header.last_sequence(), header.producer_id, header.producer_epoch,
                    header.partition_leader_epoch, flag(header.is_transactional()), flag(header.is_control()), horizon,
                    position, header.log_append_time() ? "LogAppendTime" : "CreateTime", header.max_timestamp,
                    header.total_bytes(), header.magic, codec_text(dump, header.codec()), header.crc, flag(valid)));
}

void dump_batches(const Dump& dump) {
    std::span<const u8> rest = dump.bytes();
    i64 last = -1;
    while (!rest.empty()) {
        const auto header = wire::read_header(rest);
        if (!header || header->total_bytes() > rest.size()) {
            print(dump.call, fmt::format("Found {} invalid bytes at the end of {}", rest.size(),
                                         dump.path.substr(dump.path.rfind('/') + 1)));
            return;
        }
        const auto batch = rest.first(header->total_bytes());
        const std::size_t position = dump.bytes().size() - rest.size();
        print_batch(dump, *header, position, wire::check_batch(batch).has_value());
        wire::RecordReader reader(batch);
        for (wire::RecordView record; dump.wants_records() && reader.next(record);) {
            const i64 offset = header->base_offset + record.offset_delta;
            if (last >= 0 && offset != last + 1)
                note(dump.findings.gaps, "Non-consecutive offsets in " + dump.path,
                     fmt::format("  {} is followed by {}", last, offset), true);
            last = offset;
            if (!print_record(dump, *header, record, position)) return;
        }
        rest = rest.subspan(header->total_bytes());
    }
}

void print_start(ToolCall& call, const std::string& path) {
    const auto base = base_of(path);
    MR_ASSERT(base.has_value());
    print(call, fmt::format("{}: {}", call.is_old() ? "Starting offset" : "Log starting offset", base->value));
}

void dump_log_file(const Dump& dump) {
    print_start(dump.call, dump.path);
    dump_batches(dump);
}

// ---- indexes ------------------------------------------------------------------------------------

/// The log beside an index, as bytes; none if it is not there.
std::span<const u8> log_beside(const Dump& dump) {
    MR_ASSERT(dump.path.find('.') != std::string::npos);
    const std::string* log = dump.call.files.find(dump.path.substr(0, dump.path.rfind('.')) + ".log");
    return log == nullptr ? std::span<const u8>{} : wire::bytes_of(*log);
}

/// The last offset of the batch at a position of the log beside an index; nothing if there is none.
std::optional<i64> last_offset_at(const Dump& dump, std::size_t position) {
    const auto log = log_beside(dump);
    if (position >= log.size()) return {};
    const auto header = wire::read_header(log.subspan(position));
    return header ? std::optional(header->last_offset()) : std::nullopt;
}

/// Whether the broker still appends to this segment: indexes of others have been cut to what is in them.
bool is_active(const Dump& dump) {
    MR_ASSERT(base_of(dump.path).has_value());
    const std::string folder = dump.path.substr(0, dump.path.rfind('/') + 1);
    for (const auto& [path, content] : dump.call.files)
        if (path.starts_with(folder) && path.ends_with(".log") && path.find('/', folder.size()) == std::string::npos &&
            base_of(path) > base_of(dump.path))
            return false;
    return true;
}

bool only_checked(const Dump& dump) {
    if (!dump.options.has("index-sanity-check")) return false;
    print(dump.call, dump.path + " passed sanity check.");
    return true;
}

void dump_offset_index(const Dump& dump) {
    MR_ASSERT(base_of(dump.path).has_value());
    const Offset base = *base_of(dump.path);
    const auto index = log::OffsetIndex::from_bytes(base, dump.bytes());
    if (index.entries.size() == 0 && !is_active(dump)) return print(dump.call, dump.path + " is empty.");
    if (only_checked(dump)) return;
    const u64 count = std::max<u64>(index.entries.size(), 1);   // an empty one reads as one entry of zeros
    for (u64 i = 0; i < count; ++i) {
        const log::IndexEntry entry = i < index.entries.size() ? index.entries[i] : log::IndexEntry{};
        const i64 offset = base.value + entry.relative_offset;
        const auto found = last_offset_at(dump, static_cast<std::size_t>(entry.position));
        if (found && *found != offset)
            note(dump.findings.index_mismatches, "Mismatches in :" + dump.path,
                 fmt::format("  Index offset: {}, log offset: {}", offset, *found), true);
        if (!dump.options.has("verify-index-only"))
            print(dump.call, fmt::format("offset: {} position: {}", offset, entry.position));
    }
}

/// Holds an entry of a time index against the batch that it is about.
void check_time_entry(const Dump& dump, i64 timestamp, i64 offset, i64 before) {
    MR_ASSERT(dump.path.ends_with(".timeindex"));
    std::span<const u8> rest = log_beside(dump);
    auto header = wire::read_header(rest);
    while (header && header->last_offset() < offset && header->total_bytes() <= rest.size()) {
        rest = rest.subspan(header->total_bytes());
        header = wire::read_header(rest);
    }
    if (!header || header->last_offset() != offset) {
        note(dump.findings.not_found, "The following indexed offsets are not found in the log.",
             fmt::format("Indexed offset: {}, found log offset: {}", offset, header ? header->last_offset() : -1));
        return;
    }
    i64 latest = -1;
    wire::RecordReader reader(rest.first(std::min<std::size_t>(rest.size(), header->total_bytes())));
    for (wire::RecordView record; reader.next(record);)
        latest = std::max(latest, header->log_append_time() ? header->max_timestamp
                                                            : header->base_timestamp + record.timestamp_delta);
    if (latest != timestamp)
        note(dump.findings.time_mismatches, "Found timestamp mismatch in :" + dump.path,
             fmt::format("  Index timestamp: {}, log timestamp: {}", timestamp, latest));
    if (before >= timestamp)
        note(dump.findings.out_of_order, "Found out of order timestamp in :" + dump.path,
             fmt::format("  Index timestamp: {}, Previously indexed timestamp: {}", timestamp, before));
}

void dump_time_index(const Dump& dump) {
    MR_ASSERT(base_of(dump.path).has_value());
    if (only_checked(dump)) return;
    const Offset base = *base_of(dump.path);
    const auto index = log::TimeIndex::from_bytes(base, dump.bytes());
    // An empty one that the broker still writes to reads as one entry of zeros.
    const u64 count = is_active(dump) ? std::max<u64>(index.entries.size(), 1) : index.entries.size();
    i64 before = -1;
    for (u64 i = 0; i < count; ++i) {
        const bool real = i < index.entries.size();
        const i64 timestamp = real ? index.entries[i].timestamp : 0;
        const i64 offset = base.value + (real ? index.entries[i].relative_offset : 0);
        check_time_entry(dump, timestamp, offset, before);
        if (!dump.options.has("verify-index-only"))
            print(dump.call, fmt::format("timestamp: {} offset: {}", timestamp, offset));
        before = timestamp;
    }
}

// ---- other files --------------------------------------------------------------------------------

void dump_txn_index(const Dump& dump) {
    MR_ASSERT(dump.path.ends_with(".txnindex"));
    const auto index = log::TxnIndex::from_bytes(dump.bytes());
    for (const log::AbortedTxn& txn : index.entries)
        print(dump.call, fmt::format("version: 0 producerId: {} firstOffset: {} lastOffset: {} lastStableOffset: {}",
                                     txn.producer.value, txn.first.value, txn.last.value, txn.last_stable.value));
}

std::string batch_text(const log::ProducerEntry& entry) {
    if (entry.batches.empty()) return "";
    const log::ProducerBatch& batch = entry.batches.back();
    return fmt::format("firstSequence: {} lastSequence: {} lastOffset: {} offsetDelta: {} timestamp: {}",
                       batch.first_sequence, batch.last_sequence, batch.last_offset.value, batch.offset_delta,
                       batch.timestamp);
}

void dump_snapshot(const Dump& dump) {
    MR_ASSERT(dump.path.ends_with(".snapshot"));
    const auto states = log::ProducerStates::from_snapshot(dump.bytes());
    if (!states)
        return complain(dump.call,
                        "org.apache.kafka.storage.internals.log.CorruptSnapshotException: Snapshot is corrupt");
    for (const auto& [id, entry] : states->producers)
        print(
            dump.call,
            fmt::format(
                "producerId: {} producerEpoch: {} coordinatorEpoch: {} currentTxnFirstOffset: {} lastTimestamp: {} {}",
                id.value, entry.epoch.value, entry.coordinator_epoch,
                entry.current_txn_first_offset == kNoOffset ? (dump.call.is_old() ? "None" : "OptionalLong.empty")
                                                            : fmt::to_string(entry.current_txn_first_offset.value),
                entry.last_timestamp, batch_text(entry)));
}

struct Kind {
    std::string_view suffix;
    void (*dump)(const Dump&);
};
constexpr std::array kKinds = {Kind{".log", dump_log_file}, Kind{".index", dump_offset_index},
                               Kind{".timeindex", dump_time_index}, Kind{".txnindex", dump_txn_index},
                               Kind{".snapshot", dump_snapshot}};

// ---- the tool -----------------------------------------------------------------------------------

/// The class of --key-decoder-class or --value-decoder-class, if it is none of Kafka's that show text; "" if it is.
std::string unknown_decoder(const OptionValues& options) {
    for (const std::string_view option : {"key-decoder-class", "value-decoder-class"}) {
        const std::string name = options.last(option);
        if (!name.empty() && !name.ends_with(".StringDecoder") && !name.ends_with(".DefaultDecoder")) return name;
    }
    return "";
}

/// False: the tool has ended by it.
bool dump_one(ToolCall& call, const OptionValues& options, const std::string& path, DumpFindings& findings) {
    MR_ASSERT(!call.command.finished);
    print(call, "Dumping " + path);
    const std::string name = path.substr(path.rfind('/') + 1);
    if (name.find('.') == std::string::npos) {
        fail(call, {"java.lang.StringIndexOutOfBoundsException",
                    fmt::format("begin -1, end {0}, length {0}", name.size())});
        return false;
    }
    const auto kind = std::ranges::find_if(kKinds, [&](const Kind& k) { return path.ends_with(k.suffix); });
    if (kind == kKinds.end()) {
        complain(call, fmt::format("Ignoring unknown file {}", path));
        return true;
    }
    if (!base_of(path)) {
        fail(call, {"java.lang.NumberFormatException", fmt::format("For input string: \"{}\"", stem_of(path))});
        return false;
    }
    const bool is_log = kind->suffix == ".log";
    if (const std::string missing = is_log ? unknown_decoder(options) : ""; !missing.empty()) {
        fail(call, {"java.lang.ClassNotFoundException", missing});
        return false;
    }
    const std::string* content = call.files.find(path);
    if (content == nullptr) {
        if (is_log) print_start(call, path);
        fail(call, {"java.nio.file.NoSuchFileException", path});
        return false;
    }
    kind->dump({call, options, path, *content, findings});
    return !call.command.finished;
}

}  // namespace

void begin_dump_log(ToolCall& call) {
    auto options = parse_options(kDumpLogSpecs, call.arguments());
    if (!options) return finish_with_uncaught(call, {options.error().type, options.error().message});
    if (answered_help(call, *options,
                      "This tool helps to parse a log file and dump its contents to the console, useful for debugging "
                      "a seemingly corrupt log segment.",
                      kDumpLogSpecs))
        return;
    if (!options->has("files")) return finish_with_usage(call, "Missing required argument \"[files]\"", kDumpLogSpecs);
    const std::string list = options->all("files").back();
    DumpFindings findings;
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        if (!dump_one(call, *options, list.substr(at, end - at), findings)) return;
        at = end + 1;
    }
    for (const std::string* text : {&findings.index_mismatches, &findings.time_mismatches, &findings.out_of_order,
                                    &findings.not_found, &findings.gaps})
        call.command.errors += *text;
    finish(call, 0);
}

}  // namespace engine::tools
