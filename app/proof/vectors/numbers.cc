// Hashes, checksums, partitioners, variable-length numbers, ids.
#include <array>

#include "app/proof/vectors/values.h"
#include "engine/broker/groups.h"
#include "engine/client/partitioner.h"
#include "engine/wire/bytes.h"
#include "engine/wire/crc32c.h"
#include "engine/wire/uuid.h"

namespace app::proof::vectors {
namespace {

using namespace engine;

/// A null key is hashed as the empty one.
std::string key_of(const Json& input) {
    const Json& key = input.at("key_utf8");
    return key.is_null() ? "" : key.get<std::string>();
}

std::string hex32(u32 value) {
    const std::array<u8, 4> bytes = {static_cast<u8>(value >> 24), static_cast<u8>(value >> 16),
                                     static_cast<u8>(value >> 8), static_cast<u8>(value)};
    return to_hex(bytes);
}

// ---- hashes and partitioners --------------------------------------------------------------------

Json murmur2(const Json& input, const Json&) {
    const i32 hash = client::murmur2(bytes_of(key_of(input)));
    return {{"hash_i32", hash}, {"hash_u32_hex", hex32(static_cast<u32>(hash))}};
}

Json java_partitioner(const Json& input, const Json& expected) {
    const std::string key = key_of(input);
    const Json wanted = expected.value("partition", Json::object());
    Json partitions = Json::object();
    for (const auto& [count, partition] : wanted.items())
        partitions[count] = client::java_partition(bytes_of(key), std::stoi(count));
    return {{"hash_i32", client::murmur2(bytes_of(key))},
            {"masked", client::positive(client::murmur2(bytes_of(key)))},
            {"partition", partitions}};
}

Json java_vs_librdkafka(const Json& input, const Json&) {
    const std::string key = key_of(input);
    const i32 partitions = input.at("partitions");
    return {{"java_murmur2_masked", client::java_partition(bytes_of(key), partitions)},
            {"librdkafka_default_crc32", client::librdkafka_partition(bytes_of(key), partitions)}};
}

Json librdkafka_partitioners(const Json& input, const Json&) {
    const std::string key = key_of(input);
    const i32 partitions = input.at("partitions");
    const Json hashes = {{"murmur2", hex32(static_cast<u32>(client::positive(client::murmur2(bytes_of(key)))))},
                         {"crc32", hex32(client::crc32_ieee(bytes_of(key)))},
                         {"fnv1a", hex32(client::fnv1a_32(bytes_of(key)))}};
    return {{"murmur2_masked", client::java_partition(bytes_of(key), partitions)},
            {"crc32_consistent", client::librdkafka_partition(bytes_of(key), partitions)},
            {"fnv1a_masked", client::fnv1a_partition(bytes_of(key), partitions)},
            {"hash_hex", hashes}};
}

/// How many batches of these sizes go to the partition that was chosen first.
Json builtin_partitioner(const Json& input, const Json&) {
    client::TopicInfo topic;
    topic.partitions.resize(3);
    for (auto& partition : topic.partitions) partition.leader = BrokerId{1};
    sim::Prng rng = sim::Prng::forked(1, "vectors");
    client::StickyPartition sticky;
    const i32 first = client::sticky_partition(sticky, rng, topic);
    i32 there = 0;
    for (const Json& bytes : input.at("produce_bytes")) {
        if (sticky.partition != first) break;
        ++there;
        client::note_produced(sticky, bytes, input.at("sticky_batch_size"), true);
    }
    const bool left = sticky.partition != first;
    return {{"same_partition_for_first", there}, {"switches_after", left ? Json(there) : Json()}};
}

Json coordinator_partition(const Json& input, const Json&) {
    const std::string id = input.at("id");
    return {{"java_hash", broker::java_string_hash(id)},
            {"abs", broker::coordinator_partition(id, INT32_MAX)},
            {"mod50", broker::coordinator_partition(id, 50)},
            {"mod10", broker::coordinator_partition(id, 10)}};
}

// ---- checksums, numbers, ids --------------------------------------------------------------------

Json crc32c(const Json& input, const Json&) {
    const std::string text = input.at("utf8");
    const u32 sum = wire::crc32c(bytes_of(text));
    if (sum != wire::crc32c_by_table(bytes_of(text))) return "two different sums by instruction and by table";
    return {{"crc32c_hex", hex32(sum)}, {"crc32c", sum}};
}

/// Written, and read back; a number that does not come back is told instead.
template <class Put, class Get>
Json written(i64 value, Put&& put, Get&& get) {
    wire::Writer out;
    put(out, value);
    wire::Reader in(out.head());
    const i64 back = get(in);
    if (back != value || !in.done()) return {{"read back as", back}};
    return {{"hex", to_hex(out.head())}};
}

Json unsigned_varint(const Json& input, const Json&) {
    return written(
        number(input.at("i32")), [](wire::Writer& out, i64 value) { out.put_uvarint(static_cast<u32>(value)); },
        [](wire::Reader& in) { return static_cast<i32>(in.get_uvarint()); });
}

Json zigzag(const Json& input, const Json&) {
    if (input.contains("i32"))
        return written(
            number(input.at("i32")), [](wire::Writer& out, i64 value) { out.put_varint(static_cast<i32>(value)); },
            [](wire::Reader& in) { return in.get_zigzag32(); });
    return written(
        number(input.at("i64")), [](wire::Writer& out, i64 value) { out.put_varlong(value); },
        [](wire::Reader& in) { return in.get_zigzag64(); });
}

Json uuid(const Json& input, const Json&) {
    Json texts = Json::array();
    for (const Json& hex : input.at("uuids_hex")) {
        const auto bytes = from_hex(hex);
        wire::Uuid id;
        std::ranges::copy(bytes, id.bytes.begin());
        const std::string text = wire::to_text(id);
        texts.push_back(wire::uuid_from_text(text) == id ? text : "not read back: " + text);
    }
    return {{"text", texts}};
}

constexpr std::array kNumberCategories = {
    Category{"murmur2", answer<murmur2>},
    Category{"java_partitioner", answer<java_partitioner>},
    Category{"java_vs_librdkafka", answer<java_vs_librdkafka>},
    Category{"librdkafka_partitioners", answer<librdkafka_partitioners>},
    Category{"builtin_partitioner", answer<builtin_partitioner>},
    Category{"coordinator_partition", answer<coordinator_partition>},
    Category{"crc32c", answer<crc32c>},
    Category{"unsigned_varint", answer<unsigned_varint>},
    Category{"varint_zigzag", answer<zigzag>},
    Category{"varlong_zigzag", answer<zigzag>},
    Category{"uuid", answer<uuid>},
};

}  // namespace

std::span<const Category> number_categories() { return kNumberCategories; }

}  // namespace app::proof::vectors
