// Requests, responses and their headers, and the records that coordinators and consumers put into others' messages.
#include <array>

#include "app/proof/vectors/values.h"
#include "engine/wire/consumer_protocol.h"
#include "engine/wire/coordinator_records.h"
#include "engine/wire/header.h"
#include "engine/wire/messages/registry.h"

namespace app::proof::vectors {
namespace {

using namespace engine;
using wire::Direction;
using wire::MessageOps;

constexpr std::size_t kUuidHexDigits = 32;
constexpr std::size_t kUuidTextLength = 22;

const wire::ApiInfo& api_of(const Json& input) {
    std::string name = input.at("api");
    if (name.ends_with("Response")) name.resize(name.size() - std::string_view("Response").size());
    const wire::ApiInfo* api = wire::find_api(name);
    if (api == nullptr) throw std::invalid_argument("no API " + name);
    return *api;
}

const MessageOps& ops_of(const Json& input, Direction direction) {
    const MessageOps* ops = wire::find_message(api_of(input).key, direction);
    if (ops == nullptr) throw std::invalid_argument("no schema of " + input.at("api").get<std::string>());
    const i16 version = input.at("version");
    if (version < ops->lowest || version > ops->highest)
        throw std::invalid_argument("no schema of version " + std::to_string(version));
    return *ops;
}

/// What was understood of a body, written again; says so if it cannot be read or something was left over.
std::string recoded(const MessageOps& ops, i16 version, std::span<const u8> body) {
    wire::Reader in(body);
    wire::Writer out;
    if (!ops.recode(in, version, out)) return "malformed";
    return in.done() ? to_hex(out.frame()->flatten()) : "bytes left over";
}

/// Ids are text in our trees and hex in recordings.
void show_ids_as(const Json& expected, Json& got) {
    if (expected.is_string() && got.is_string()) {
        const bool id = expected.get_ref<const std::string&>().size() == kUuidHexDigits &&
                        got.get_ref<const std::string&>().size() == kUuidTextLength;
        if (id) got = to_hex(wire::uuid_from_text(got.get<std::string>()).bytes);
    } else if (expected.is_array() && got.is_array()) {
        for (std::size_t i = 0; i < std::min(expected.size(), got.size()); ++i) show_ids_as(expected[i], got[i]);
    } else if (expected.is_object() && got.is_object()) {
        for (const auto& [name, value] : expected.items())
            if (got.contains(name)) show_ids_as(value, got[name]);
    }
}

Json dissected(const MessageOps& ops, i16 version, std::span<const u8> body, const Json& expected) {
    wire::Reader in(body);
    wire::Dissection fields;
    if (!ops.dissect(in, version, fields)) return "malformed";
    Json tree = to_json(fields.tree());
    show_ids_as(expected, tree);
    return tree;
}

// ---- requests and responses ---------------------------------------------------------------------

/// Written from the fields; and read from the bytes, which gives the same bytes again.
void request_frame(const Json& vector, Verdict& verdict) {
    const Json& input = vector.at("input");
    const MessageOps& ops = ops_of(input, Direction::request);
    const i16 version = input.at("version");
    wire::Writer out;
    wire::begin_request(out, {ops.api, version, input.at("correlation_id"), input.at("client_id")});
    const std::string wrong = ops.encode_tree(to_value(input.at("body")), version, out);
    wire::end_frame(out);
    const auto frame = out.frame()->flatten();
    const std::span<const u8> unprefixed = std::span(frame).subspan(wire::kSizePrefixBytes);
    verdict.same(vector.at("expected"), {{"hex", wrong.empty() ? to_hex(unprefixed) : wrong}});
}

/// A body given as fields is written and read. One given in words can only be read: every byte of it must be
/// understood, which is to say come out again when written.
void response_body(const Json& vector, Verdict& verdict) {
    const Json& input = vector.at("input");
    const MessageOps& ops = ops_of(input, Direction::response);
    const i16 version = input.at("version");
    const auto body = from_hex(vector.at("expected").at("hex"));
    verdict.same(vector.at("expected").at("hex"), recoded(ops, version, body));
    if (!input.contains("body")) return;
    wire::Writer out;
    const std::string wrong = ops.encode_tree(to_value(input.at("body")), version, out);
    verdict.same(vector.at("expected").at("hex"), wrong.empty() ? to_hex(out.frame()->flatten()) : wrong);
    verdict.same(input.at("body"), dissected(ops, version, body, input.at("body")));
}

Json response_header(const Json& input, const Json&) {
    const wire::ApiInfo& api = api_of(input);
    return {{"response_header_version", wire::response_header_version(api.key, input.at("version"))},
            {"request_header_version", wire::request_header_version(api.key, input.at("version"))}};
}

Json client_frame(const Json& input, const Json& expected) {
    const auto frame = from_hex(input.at("frame_hex"));
    wire::Writer prefixed;
    prefixed.put_i32(static_cast<i32>(frame.size()));
    prefixed.put_bytes(frame);
    wire::Reader in(prefixed.head());
    wire::RequestHeader header;
    if (!wire::read_request_header(in, header)) return "malformed header";
    const MessageOps* ops = wire::find_message(header.api, Direction::request);
    if (ops == nullptr || header.version > ops->highest) return "no schema of this version";
    const std::span<const u8> body = prefixed.head().subspan(in.position());
    if (recoded(*ops, header.version, body) != to_hex(body)) return "not understood to the last byte";
    return {{"api", wire::find_api(header.api)->name},
            {"version", header.version},
            {"correlation_id", header.correlation_id},
            {"client_id", header.client_id},
            {"body", dissected(*ops, header.version, body, expected.value("body", Json::object()))}};
}

// ---- what travels inside of messages ------------------------------------------------------------

/// With its leading version; says so if it does not come back.
template <class T>
std::string versioned_hex(const T& message, i16 version) {
    const auto bytes = wire::to_versioned_bytes(message, version);
    T back;
    if (!wire::from_versioned_bytes(bytes, back) || wire::to_versioned_bytes(back, version) != bytes)
        return "not read back";
    return to_hex(bytes);
}

std::optional<wire::Blob> blob_of(const Json& input) {
    if (!input.contains("user_data") || input["user_data"].is_null()) return {};
    const std::string text = input["user_data"];
    return wire::Blob(text.begin(), text.end());
}

wire::List<wire::TopicPartitions> topics_of(const Json& object) {
    wire::List<wire::TopicPartitions> topics;
    for (const auto& [name, partitions] : object.items()) {
        auto& topic = topics.emplace_back();
        topic.topic = name;
        for (const Json& partition : partitions) topic.partitions.push_back(partition);
    }
    return topics;
}

Json consumer_protocol(const Json& input, const Json&) {
    const i16 version = input.at("version");
    if (input.contains("assigned")) {
        const wire::ConsumerAssignment assignment{topics_of(input["assigned"]), blob_of(input)};
        return {{"hex", versioned_hex(assignment, version)}};
    }
    wire::ConsumerSubscription subscription;
    for (const Json& topic : input.at("topics")) subscription.topics.push_back(topic);
    subscription.user_data = blob_of(input);
    subscription.owned_partitions = topics_of(input.value("owned", Json::object()));
    subscription.generation_id = input.value("generation_id", -1);
    if (const Json rack = input.value("rack_id", Json()); !rack.is_null())
        subscription.rack_id = rack.get<std::string>();
    return {{"hex", versioned_hex(subscription, version)}};
}

template <class T>
std::string record_hex(const wire::Value& tree, i16 version) {
    T record;
    const std::string wrong = wire::from_value(tree, record);
    return wrong.empty() ? versioned_hex(record, version) : wrong;
}

struct RecordKind {
    std::string_view name;
    std::string (*hex)(const wire::Value& tree, i16 version);
};
constexpr std::array kRecords = {
    RecordKind{"OffsetCommitKey", record_hex<wire::OffsetCommitKey>},
    RecordKind{"OffsetCommitValue", record_hex<wire::OffsetCommitValue>},
    RecordKind{"GroupMetadataKey", record_hex<wire::GroupMetadataKey>},
    RecordKind{"GroupMetadataValue", record_hex<wire::GroupMetadataValue>},
    RecordKind{"TransactionLogKey", record_hex<wire::TransactionLogKey>},
    RecordKind{"TransactionLogValue", record_hex<wire::TransactionLogValue>},
};

Json coordinator_record(const Json& input, const Json&) {
    const auto kind = std::ranges::find(kRecords, input.at("record").get<std::string>(), &RecordKind::name);
    if (kind == kRecords.end()) return "no such record";
    return {{"hex", kind->hex(to_value(input.at("body")), input.at("version"))}};
}

constexpr std::array kMessageCategories = {
    Category{"request_frame", request_frame},
    Category{"response_body", response_body},
    Category{"response_header", answer<response_header>},
    Category{"client_frame", answer<client_frame>},
    Category{"consumer_protocol", answer<consumer_protocol>},
    Category{"coordinator_record", answer<coordinator_record>},
};

}  // namespace

std::span<const Category> message_categories() { return kMessageCategories; }

}  // namespace app::proof::vectors
