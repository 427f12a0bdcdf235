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

struct Dump {
    ToolCall& call;
    const OptionValues& options;
    std::string path;
    const std::string& content;

    [[nodiscard]] std::span<const u8> bytes() const { return wire::bytes_of(content); }
    [[nodiscard]] bool wants_records() const {
        for (const char* option : {"print-data-log", "deep-iteration", "offsets-decoder", "transaction-log-decoder"})
            if (options.has(option)) return true;
        return false;
    }
    [[nodiscard]] bool wants_data() const {
        return options.has("print-data-log") || options.has("offsets-decoder") ||
               options.has("transaction-log-decoder");
    }
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

// ---- records ------------------------------------------------------------------------------------

std::string shown(std::span<const u8> bytes, bool is_null) {
    return is_null ? "null" : std::string(wire::text_of(bytes));
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
        if (dump.call.is_old())
            return Decoded{"group_metadata::group=" + group.group,
                           record.value_is_null ? "<DELETE>"
                                                : payload_json<wire::GroupMetadataValue>(
                                                      record, [](const auto& v, i16) { return group_json(v); })};
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

void print_record(const Dump& dump, const wire::BatchHeader& header, const wire::RecordView& record) {
    const bool old = dump.call.is_old();
    const i64 timestamp =
        header.log_append_time() ? header.max_timestamp : header.base_timestamp + record.timestamp_delta;
    const i64 sequence = header.base_sequence < 0 ? -1 : i64{header.base_sequence} + record.offset_delta;
    const auto size = [](std::span<const u8> bytes, bool is_null) {
        return is_null ? -1 : static_cast<i64>(bytes.size());
    };
    std::string line = "|";
    if (!dump.options.has("skip-record-metadata"))
        line += fmt::format(
            " offset: {} {}: {} {}: {} {}: {} sequence: {} headerKeys: [{}]", header.base_offset + record.offset_delta,
            header.log_append_time() ? "LogAppendTime" : "CreateTime", timestamp, old ? "keysize" : "keySize",
            size(record.key, record.key_is_null), old ? "valuesize" : "valueSize",
            size(record.value, record.value_is_null), sequence, header_keys(record));
    if (header.is_control()) line += marker_text(record);
    else if (const auto decoded =
                 dump.options.has("offsets-decoder") ? decode_offsets_record(dump, record) : std::nullopt) {
        line += fmt::format(" key: {} payload: {}", decoded->key, decoded->payload);
    } else if (dump.wants_data()) {
        if (!record.key_is_null) line += " key: " + shown(record.key, false);
        if (!record.value_is_null) line += " payload: " + shown(record.value, false);
    }
    print(dump.call, line);
}

// ---- log files ----------------------------------------------------------------------------------

std::string_view flag(bool on) { return on ? "true" : "false"; }

std::string codec_text(const Dump& dump, wire::Codec codec) {
    std::string name(wire::name_of(codec));
    if (dump.call.is_old())
        for (char& c : name) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return name;
}

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
    while (!rest.empty()) {
        const auto header = wire::read_header(rest);
        if (!header || header->total_bytes() > rest.size()) {
            print(dump.call, fmt::format("Found {} invalid bytes at the end of {}", rest.size(),
                                         dump.path.substr(dump.path.rfind('/') + 1)));
            return;
        }
        const auto batch = rest.first(header->total_bytes());
        print_batch(dump, *header, dump.bytes().size() - rest.size(), wire::check_batch(batch).has_value());
        wire::RecordReader reader(batch);
        for (wire::RecordView record; dump.wants_records() && reader.next(record);) print_record(dump, *header, record);
        rest = rest.subspan(header->total_bytes());
    }
}

void dump_log_file(const Dump& dump) {
    const auto base = base_of(dump.path);
    MR_ASSERT(base.has_value());
    print(dump.call,
          fmt::format("{}: {}", dump.call.is_old() ? "Starting offset" : "Log starting offset", base->value));
    dump_batches(dump);
}

// ---- indexes ------------------------------------------------------------------------------------

/// The last offset of the batch at a position of the log beside an index; nothing if there is none.
std::optional<i64> last_offset_at(const Dump& dump, std::size_t position) {
    MR_ASSERT(dump.path.find('.') != std::string::npos);
    const std::string* log = dump.call.files.find(dump.path.substr(0, dump.path.rfind('.')) + ".log");
    if (log == nullptr || position >= log->size()) return {};
    const auto header = wire::read_header(wire::bytes_of(*log).subspan(position));
    return header ? std::optional(header->last_offset()) : std::nullopt;
}

bool only_checked(const Dump& dump) {
    if (!dump.options.has("index-sanity-check")) return false;
    print(dump.call, dump.path + " passed sanity check.");
    return true;
}

void dump_offset_index(const Dump& dump) {
    MR_ASSERT(base_of(dump.path).has_value());
    if (only_checked(dump)) return;
    const Offset base = *base_of(dump.path);
    const auto index = log::OffsetIndex::from_bytes(base, dump.bytes());
    std::string mismatches;
    const u64 count = std::max<u64>(index.entries.size(), 1);   // an empty one reads as one entry of zeros
    for (u64 i = 0; i < count; ++i) {
        const log::IndexEntry entry = i < index.entries.size() ? index.entries[i] : log::IndexEntry{};
        const i64 offset = base.value + entry.relative_offset;
        const auto found = last_offset_at(dump, static_cast<std::size_t>(entry.position));
        if (found && *found != offset)
            mismatches += fmt::format("  Index offset: {}, log offset: {}\n", offset, *found);
        if (!dump.options.has("verify-index-only"))
            print(dump.call, fmt::format("offset: {} position: {}", offset, entry.position));
    }
    if (!mismatches.empty()) dump.call.command.errors += fmt::format("Mismatches in :{}\n{}", dump.path, mismatches);
}

void dump_time_index(const Dump& dump) {
    MR_ASSERT(base_of(dump.path).has_value());
    if (only_checked(dump)) return;
    const Offset base = *base_of(dump.path);
    const auto index = log::TimeIndex::from_bytes(base, dump.bytes());
    for (u64 i = 0; i < index.entries.size(); ++i)
        print(dump.call, fmt::format("timestamp: {} offset: {}", index.entries[i].timestamp,
                                     base.value + index.entries[i].relative_offset));
    if (index.entries.size() > 0) return;
    print(dump.call, fmt::format("timestamp: 0 offset: {}", base.value));
    const auto found = last_offset_at(dump, 0);
    if (!found || *found == base.value) return;
    complain(dump.call, "The following indexed offsets are not found in the log.");
    complain(dump.call, fmt::format("Indexed offset: {}, found log offset: {}", base.value, *found));
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

/// Nobody catches what goes wrong with a file, in any version.
void fail(ToolCall& call, const JavaError& error) {
    MR_ASSERT(!error.type.empty());
    complain(call, fmt::format("Exception in thread \"main\" {}", to_text(error)));
    finish(call, 1);
}

/// False: the tool has ended by it.
bool dump_one(ToolCall& call, const OptionValues& options, const std::string& path) {
    MR_ASSERT(!call.command.finished);
    print(call, "Dumping " + path);
    const auto kind = std::ranges::find_if(kKinds, [&](const Kind& k) { return path.ends_with(k.suffix); });
    if (kind == kKinds.end()) {
        complain(call, fmt::format("Ignoring unknown file {}", path));
        return true;
    }
    if (!base_of(path)) {
        fail(call, {"java.lang.NumberFormatException", fmt::format("For input string: \"{}\"", stem_of(path))});
        return false;
    }
    const std::string* content = call.files.find(path);
    if (content == nullptr) {
        fail(call, {"java.nio.file.NoSuchFileException", path});
        return false;
    }
    kind->dump({call, options, path, *content});
    return true;
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
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        if (!dump_one(call, *options, list.substr(at, end - at))) return;
        at = end + 1;
    }
    finish(call, 0);
}

}  // namespace engine::tools
