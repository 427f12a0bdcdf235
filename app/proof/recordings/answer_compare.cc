// Sections: reading; values compared; ApiVersions; whole answers.
#include "app/proof/recordings/answer_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/proof/vectors/values.h"
#include "engine/model/json.h"
#include "engine/wire/messages/registry.h"

namespace app::proof {
namespace {

using engine::wire::ApiKey;
using engine::wire::RequestHeader;
using engine::wire::Value;
using engine::wire::ValueKind;
using sim::i64;
using sim::u8;

constexpr std::size_t kMostShown = 400;  // characters of a value in a complaint

// ---- reading ------------------------------------------------------------------------------------

std::string text_of(const Value& value) {
    return engine::json_text(vectors::to_json(value));
}

/// Bytes are compared as they are; `to_json` says only how many they are.
std::string key_of(const Value& value) {
    std::string key = value.kind == ValueKind::bytes ? value.text : text_of(value);
    for (const Value& item : value.list) key += key_of(item);
    for (const Value::Field& field : value.fields) key += field.name + key_of(field.value);
    return key;
}

// ---- values compared ----------------------------------------------------------------------------

/// Collects what differs, each with its path.
struct Differences {
    std::string text;

    void add(const std::string& path, const std::string& recorded, const std::string& ours) {
        if (!text.empty()) text += "; ";
        text += fmt::format("{}: {} instead of {}", path, ours.substr(0, kMostShown), recorded.substr(0, kMostShown));
    }
};

void compare(const std::string& path, const Value& recorded, const Value& ours, bool sets, Differences& out);

/// The elements that one list has and the other lacks, paired in order.
void compare_sets(const std::string& path, const Value& recorded, const Value& ours, Differences& out) {
    const auto by_key = [](const Value& a, const Value& b) { return key_of(a) < key_of(b); };
    std::vector<Value> theirs = recorded.list, mine = ours.list, missing, extra;
    std::ranges::sort(theirs, by_key);
    std::ranges::sort(mine, by_key);
    std::ranges::set_difference(theirs, mine, std::back_inserter(missing), by_key);
    std::ranges::set_difference(mine, theirs, std::back_inserter(extra), by_key);
    for (std::size_t i = 0; i < std::max(missing.size(), extra.size()); ++i) {
        const bool both = i < missing.size() && i < extra.size();
        if (both)
            compare(
                fmt::format("{}[{}]", path, missing[i].fields.empty() ? "" : text_of(missing[i].fields.front().value)),
                missing[i], extra[i], true, out);
        else
            out.add(path, i < missing.size() ? text_of(missing[i]) : "nothing",
                    i < extra.size() ? text_of(extra[i]) : "nothing");
    }
}

void compare_lists(const std::string& path, const Value& recorded, const Value& ours, bool sets, Differences& out) {
    const bool of_fields = !recorded.list.empty() && recorded.list.front().kind == ValueKind::fields;
    if (recorded.list.size() != ours.list.size() && !(sets && of_fields))
        return out.add(path, text_of(recorded), text_of(ours));
    if (sets && of_fields) return compare_sets(path, recorded, ours, out);
    for (std::size_t i = 0; i < recorded.list.size(); ++i)
        compare(fmt::format("{}[{}]", path, i), recorded.list[i], ours.list[i], sets, out);
}

/// A tagged field that has its default is not written, so an answer may lack it.
void compare_structs(const std::string& path, const Value& recorded, const Value& ours, bool sets, Differences& out) {
    for (const Value::Field& field : recorded.fields) {
        const Value* mine = ours.find(field.name);
        if (mine == nullptr) out.add(path + "/" + field.name, text_of(field.value), "nothing");
        else compare(path + "/" + field.name, field.value, *mine, sets, out);
    }
    for (const Value::Field& field : ours.fields)
        if (recorded.find(field.name) == nullptr) out.add(path + "/" + field.name, "nothing", text_of(field.value));
}

void compare(const std::string& path, const Value& recorded, const Value& ours, bool sets, Differences& out) {
    if (recorded.kind != ours.kind) return out.add(path, text_of(recorded), text_of(ours));
    switch (recorded.kind) {
        case ValueKind::list: return compare_lists(path, recorded, ours, sets, out);
        case ValueKind::fields: return compare_structs(path, recorded, ours, sets, out);
        case ValueKind::bytes:
            if (recorded.text != ours.text)
                out.add(path, vectors::to_hex(vectors::bytes_of(recorded.text)),
                        vectors::to_hex(vectors::bytes_of(ours.text)));
            return;
        case ValueKind::null: return;
        case ValueKind::boolean: case ValueKind::integer: case ValueKind::text:
            if (recorded.integer != ours.integer || recorded.text != ours.text)
                out.add(path, text_of(recorded), text_of(ours));
            return;
    }
}

// ---- ApiVersions ----------------------------------------------------------------------------------

/// What stock clients asked for in the recordings, without transactions: a conversation that uses those says so itself.
constexpr std::array kAskedByClients = {ApiKey::produce,
                                        ApiKey::fetch,
                                        ApiKey::list_offsets,
                                        ApiKey::metadata,
                                        ApiKey::offset_commit,
                                        ApiKey::offset_fetch,
                                        ApiKey::find_coordinator,
                                        ApiKey::join_group,
                                        ApiKey::heartbeat,
                                        ApiKey::leave_group,
                                        ApiKey::sync_group,
                                        ApiKey::api_versions,
                                        ApiKey::create_topics,
                                        ApiKey::delete_topics,
                                        ApiKey::init_producer_id,
                                        ApiKey::describe_configs,
                                        ApiKey::create_partitions,
                                        ApiKey::incremental_alter_configs,
                                        ApiKey::list_partition_reassignments,
                                        ApiKey::describe_cluster,
                                        ApiKey::describe_topic_partitions};

i64 integer_of(const Value& fields, std::string_view name) {
    const Value* value = fields.find(name);
    return value == nullptr ? -1 : value->integer;
}

const Value* range_of(const Value& keys, i64 api) {
    const auto at =
        std::ranges::find_if(keys.list, [&](const Value& range) { return integer_of(range, "api_key") == api; });
    return at == keys.list.end() ? nullptr : &*at;
}

bool is_asked(i64 api) {
    return std::ranges::any_of(kAskedByClients, [&](ApiKey asked) { return static_cast<i64>(asked) == api; });
}

/// Ranges of what both list; nothing that clients ask for may lack. What the quorum of a KRaft cluster has finalized
/// is a mark of that mode, as is its epoch.
void compare_api_versions(const Value& recorded, const Value& ours, Differences& out) {
    const Value none;
    const Value* theirs = recorded.find("api_keys");
    const Value* mine = ours.find("api_keys");
    for (const Value& range : (theirs == nullptr ? none : *theirs).list) {
        const i64 api = integer_of(range, "api_key");
        const Value* own = range_of(mine == nullptr ? none : *mine, api);
        if (own != nullptr) compare(fmt::format("/api_keys[{}]", api), range, *own, false, out);
        else if (is_asked(api)) out.add(fmt::format("/api_keys[{}]", api), text_of(range), "nothing");
    }
    for (const Value::Field& field : recorded.fields) {
        if (field.name == "api_keys" || field.name.starts_with("finalized_features")) continue;
        const Value* own = ours.find(field.name);
        compare("/" + field.name, field.value, own == nullptr ? none : *own, true, out);
    }
}

bool has_retriable_error(const Value& value) {
    constexpr std::array<i64, 6> kRetriable = {3, 5, 14, 15, 16, 51};
    for (const Value& item : value.list)
        if (has_retriable_error(item)) return true;
    return std::ranges::any_of(value.fields, [&](const Value::Field& field) {
        if (!field.name.ends_with("error_code")) return has_retriable_error(field.value);
        return std::ranges::find(kRetriable, field.value.integer) != kRetriable.end();
    });
}

}  // namespace

// ---- whole answers ------------------------------------------------------------------------------

std::optional<Value> read_answer(const RequestHeader& request, std::span<const u8> frame) {
    const engine::wire::MessageOps* ops = engine::wire::find_message(request.api, engine::wire::Direction::response);
    if (ops == nullptr || request.version < ops->lowest || request.version > ops->highest) return {};
    engine::wire::Reader in(frame);
    sim::i32 correlation_id = 0;
    engine::wire::Dissection fields;
    if (!engine::wire::read_response_header(in, request.api, request.version, correlation_id)) return {};
    if (correlation_id != request.correlation_id || !ops->dissect(in, request.version, fields) || !in.done()) return {};
    return fields.tree();
}

std::string compare_bytes(const RequestHeader& request, AnswerBytes recorded, AnswerBytes ours,
                          const std::vector<ByteRange>& mask) {
    const AnswerBytes theirs = recorded, mine = ours;
    if (recorded.size() == ours.size())
        for (const ByteRange& range : mask)
            for (std::size_t at = range.from; at < std::min(range.to, ours.size()); ++at) ours[at] = recorded[at] = 0;
    if (recorded == ours) return "";
    const auto a = read_answer(request, theirs), b = read_answer(request, mine);
    Differences differences;
    if (a && b) compare("", *a, *b, false, differences);
    if (!differences.text.empty()) return differences.text;
    return fmt::format("{} instead of {}", vectors::to_hex(mine), vectors::to_hex(theirs));
}

std::string compare_fields(const RequestHeader& request, const AnswerBytes& recorded, const AnswerBytes& ours) {
    const auto theirs = read_answer(request, recorded), mine = read_answer(request, ours);
    if (!theirs || !mine) return fmt::format("{} cannot be read", theirs ? "our answer" : "the recorded answer");
    Differences differences;
    if (request.api == ApiKey::api_versions) compare_api_versions(*theirs, *mine, differences);
    else compare("", *theirs, *mine, true, differences);
    return differences.text;
}

bool asks_to_retry(const RequestHeader& request, std::span<const u8> frame) {
    const auto answer = read_answer(request, frame);
    return answer && has_retriable_error(*answer);
}

}  // namespace app::proof
