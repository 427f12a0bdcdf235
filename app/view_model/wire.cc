// Sections: record batches · messages · the lit field · where the bytes are.
#include "app/view_model/wire.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/batch_places.h"
#include "app/view_model/make.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"
#include "engine/broker/broker_node.h"
#include "engine/client/consumer_node.h"
#include "engine/client/producer_node.h"
#include "engine/wire/messages/registry.h"
#include "engine/zookeeper/jute.h"

namespace app {
namespace {

namespace wire = engine::wire;

constexpr std::size_t kMostBytes = 208, kMostFields = 60;

void add(WireVm& vm, std::string name, std::string value, u32 begin, u32 size, u32 depth, std::string note = "") {
    if (vm.fields.size() == kMostFields) return;
    vm.fields.push_back({std::move(name), std::move(value), std::move(note), begin, begin + size, depth, false, false});
}

// ---- record batches ---------------------------------------------------------------------------------

std::string number(auto value) { return fmt::format("{}", static_cast<i64>(value)); }

void add_header(const Scene& scene, const wire::BatchHeader& h, u32 at, u32 depth, WireVm& vm) {
    const auto clock = [&](i64 ms) {
        return ms < 0
                   ? std::string("none")
                   : fmt::format("{} s", scene.time(scene.world().frame->origin +
                                                    sim::millis(ms - scene.reader().ms(scene.world().frame->origin))));
    };
    const auto field = [&](std::string name, std::string value, u32 offset, u32 size, std::string note) {
        add(vm, std::move(name), std::move(value), at + offset, size, depth, std::move(note));
    };
    field("base offset", number(h.base_offset), 0, 8, "the leader writes it; a producer sends 0");
    field("batch length", number(h.batch_length), 8, 4, "bytes after this field");
    field("leader epoch", number(h.partition_leader_epoch), 12, 4, "of who wrote it; outside the checksum");
    field("magic", number(h.magic), 16, 1, "the format");
    field("crc", fmt::format("0x{:08x}", h.crc), 17, 4, "CRC-32C of byte 21 to the end");
    field("attributes", number(h.attributes), 21, 2,
          fmt::format(
              "{}, {}{}{}",
              h.codec() == wire::Codec::none ? "not compressed" : fmt::format("codec {}", static_cast<int>(h.codec())),
              h.log_append_time() ? "LogAppendTime" : "CreateTime", h.is_transactional() ? ", transactional" : "",
              h.is_control() ? ", control" : ""));
    field("last offset delta", number(h.last_offset_delta), 23, 4,
          h.last_offset_delta == 0 ? "so one offset"
                                   : fmt::format("so offsets {} to {}", h.base_offset, h.last_offset()));
    field("base timestamp", number(h.base_timestamp), 27, 8, clock(h.base_timestamp));
    field("max timestamp", number(h.max_timestamp), 35, 8, clock(h.max_timestamp));
    field("producer id", number(h.producer_id), 43, 8,
          h.has_producer() ? "names one life of a producer" : "none: not idempotent");
    field("producer epoch", number(h.producer_epoch), 51, 2, h.has_producer() ? "an older one is refused" : "none");
    field("base sequence", number(h.base_sequence), 53, 4,
          h.has_producer() ? "duplicates are found by this" : "none: a retry is not recognised");
    field("record count", number(h.record_count), 57, 4, "");
}

std::string text_of(std::span<const u8> bytes, bool is_null, std::size_t most) {
    if (is_null) return "null";
    std::string text(wire::text_of(bytes));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '.';
    return shortened(text, most);
}

/// Records of a batch that is not compressed lie one after the other behind the header.
void add_records(std::span<const u8> batch, u32 at, u32 depth, WireVm& vm) {
    wire::RecordReader records(batch);
    wire::RecordView record;
    u32 begin = at + wire::kBatchHeaderBytes;
    for (i32 i = 0; records.next(record); ++i) {
        if (records.header().codec() != wire::Codec::none)
            return add(vm, "records", "compressed", begin, static_cast<u32>(batch.size()) - wire::kBatchHeaderBytes,
                       depth);
        add(vm, fmt::format("record {}", i),
            fmt::format("{} = {}", text_of(record.key, record.key_is_null, 14),
                        text_of(record.value, record.value_is_null, 18)),
            begin, record.size, depth);
        begin += record.size;
    }
}

void add_batch(const Scene& scene, std::span<const u8> batch, u32 at, u32 depth, WireVm& vm) {
    const auto header = wire::read_header(batch);
    if (!header) return;
    add_header(scene, *header, at, depth, vm);
    add_records(batch, at, depth, vm);
}

/// The first record taken apart: lengths are zig-zag varints.
class RecordParts {
public:
    explicit RecordParts(std::span<const u8> bytes) : bytes_(bytes) {}

    std::vector<WirePartVm> take() {
        varint("length");
        raw("attr", 1);
        varint("time \u0394");
        varint("offset \u0394");
        text("key", varint("key len"));
        text("value", varint("val len"));
        varint("headers");
        return std::move(parts_);
    }

private:
    i64 varint(const char* name) {
        u64 value = 0;
        std::string hex;
        for (int shift = 0; at_ < bytes_.size(); shift += 7) {
            const u8 byte = bytes_[at_++];
            value |= static_cast<u64>(byte & 0x7f) << shift;
            hex += fmt::format("{}{:02x}", hex.empty() ? "" : " ", byte);
            if ((byte & 0x80) == 0 || shift > 56) break;
        }
        const i64 number = static_cast<i64>(value >> 1) ^ -static_cast<i64>(value & 1);
        const auto share = static_cast<i32>(4 + hex.size());
        parts_.push_back({std::move(hex), fmt::format("= {}", number), name, share});
        return number;
    }
    void raw(const char* name, std::size_t count) {
        if (at_ + count > bytes_.size()) return;
        parts_.push_back({fmt::format("{:02x}", bytes_[at_]), fmt::format("= {}", bytes_[at_]), name, 6});
        at_ += count;
    }
    void text(const char* name, i64 length) {
        if (length < 0) return;
        const std::size_t count = std::min<std::size_t>(static_cast<std::size_t>(length), bytes_.size() - at_);
        parts_.push_back({text_of(bytes_.subspan(at_, count), false, 16), fmt::format("{} bytes", length), name,
                          static_cast<i32>(std::clamp<std::size_t>(count + 4, 9, 20))});
        at_ += count;
    }

    std::span<const u8> bytes_;
    std::size_t at_ = 0;
    std::vector<WirePartVm> parts_;
};

void show_bytes(std::span<const u8> bytes, WireVm& vm) {
    vm.bytes.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), kMostBytes)));
    if (bytes.size() > kMostBytes) vm.more = fmt::format("{} bytes more", bytes.size() - kMostBytes);
}

// ---- messages ---------------------------------------------------------------------------------------

struct Flying {
    const sim::Segment* segment = nullptr;
    sim::Handle connection;
    NodeId from, to;
};

Flying find_flying(const engine::World& world, u64 message) {
    Flying found;
    world.machine.network.connections().for_each([&](sim::Handle handle, const sim::Connection& connection) {
        for (u32 side = 0; side < 2; ++side)
            for (u32 i = 0; i < connection.segments[side].size(); ++i)
                if (connection.segments[side][i].message == message)
                    found = {&connection.segments[side][i], handle, connection.ends[side].node,
                             connection.ends[sim::other(side)].node};
    });
    return found;
}

/// The version in which an answer is written is known to who asked: it waits at the front of its channel.
sim::i16 version_of_answer(const engine::World& world, const Flying& flying) {
    sim::i16 version = -1;
    const auto look = [&](const wire::Channel& channel) {
        if (channel.connection.handle == flying.connection && !channel.in_flight.empty())
            version = channel.in_flight[0].version;
    };
    const engine::Node& node = world.nodes[flying.to.value];
    const auto look_at = [&](const engine::client::ClusterClient& client) {
        for (const auto& [id, link] : client.links) look(link.channel);
    };
    const engine::NodeKind kind = node.code().kind();
    if (kind == engine::NodeKind::producer)
        look_at(node.as<engine::client::ProducerNode>().state.memory.producer.cluster);
    if (kind == engine::NodeKind::consumer)
        look_at(node.as<engine::client::ConsumerNode>().state.memory.consumer.cluster);
    if (kind != engine::NodeKind::broker) return version;
    const auto& memory = node.as<engine::broker::BrokerNode>().state.memory;
    for (const auto& [leader, fetcher] : memory.fetchers.by_leader) look(fetcher.channel);
    for (const auto& [broker, channel] : memory.controller.channels) look(channel.channel);
    look(memory.alter_partition.channel);
    return version;
}

std::string value_text(const wire::Value& value) {
    switch (value.kind) {
        case wire::ValueKind::null: return "null";
        case wire::ValueKind::boolean: return value.integer != 0 ? "true" : "false";
        case wire::ValueKind::integer: return number(value.integer);
        case wire::ValueKind::text: return value.text.empty() ? "\"\"" : shortened(value.text, 34);
        case wire::ValueKind::bytes: return fmt::format("{} bytes", value.text.size());
        case wire::ValueKind::list:
        case wire::ValueKind::fields: return "";
    }
    return "";
}

std::string spaced(std::string name) {
    std::ranges::replace(name, '_', ' ');
    const bool is_index = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
    return is_index ? "[" + name + "]" : name;
}

/// The decoder's own dissection; record batches inside it are taken apart as well.
void add_dissection(const Scene& scene, std::span<const u8> bytes, const wire::Dissection& dissection, WireVm& vm) {
    const auto& fields = dissection.fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const wire::DissectedField& field = fields[i];
        const bool holds = i + 1 < fields.size() && fields[i + 1].depth > field.depth;
        const bool records = field.name == "records" && field.end - field.begin > wire::kBatchHeaderBytes;
        add(vm, spaced(field.name), records ? "record batches" : value_text(field.value), field.begin,
            field.end - field.begin, field.depth);
        vm.fields.back().holds_others = holds || records;
        if (!records) continue;
        u32 at = field.end;  // batches end where the field ends; its length stands before them
        for (u32 from = field.begin; from + wire::kBatchHeaderBytes <= field.end; ++from)
            if (const auto header = wire::read_header(bytes.subspan(from, field.end - from));
                header && from + header->total_bytes() == field.end)
                at = std::min(at, from);
        if (at < field.end) add_batch(scene, bytes.subspan(at, field.end - at), at, field.depth + 1, vm);
    }
}

void add_request(const Scene& scene, std::span<const u8> bytes, WireVm& vm) {
    wire::Reader in(bytes);
    wire::RequestHeader header;
    if (!wire::read_request_header(in, header)) return;
    add(vm, "size", number(bytes.size() - wire::kSizePrefixBytes), 0, 4, 0, "bytes after this field");
    add(vm, "api key", number(header.api), 4, 2, 0, "what is asked");
    add(vm, "api version", number(header.version), 6, 2, 0, "in which words");
    add(vm, "correlation id", number(header.correlation_id), 8, 4, 0, "the answer carries it too");
    add(vm, "client id", header.client_id, 12, in.position() - 12, 0);
    wire::Dissection dissection;
    const auto* ops = wire::find_message(header.api, wire::Direction::request);
    if (ops != nullptr && ops->dissect(in, header.version, dissection)) add_dissection(scene, bytes, dissection, vm);
    vm.crumbs.push_back(fmt::format("version {}", header.version));
}

void add_answer(const Scene& scene, const engine::World& world, const Flying& flying, std::span<const u8> bytes,
                WireVm& vm) {
    const auto api = static_cast<wire::ApiKey>(flying.segment->label >> 1);
    const sim::i16 version = version_of_answer(world, flying);
    wire::Reader in(bytes);
    i32 correlation = 0;
    add(vm, "size", number(bytes.size() - wire::kSizePrefixBytes), 0, 4, 0, "bytes after this field");
    if (version < 0 || !wire::read_response_header(in, api, version, correlation))
        return add(vm, "the rest", "", 4, static_cast<u32>(bytes.size()) - 4, 0, "who asked has forgotten the version");
    add(vm, "correlation id", number(correlation), 4, in.position() - 4, 0, "of the request");
    wire::Dissection dissection;
    const auto* ops = wire::find_message(api, wire::Direction::response);
    if (ops != nullptr && ops->dissect(in, version, dissection)) add_dissection(scene, bytes, dissection, vm);
    vm.crumbs.push_back(fmt::format("version {}", version));
}

void set_gone(const Scene& scene, u64 message, WireVm& vm) {
    vm.head.empty_title = "This message is not on its way";
    const u64 row = message - std::min(message, scene.history().first_message);
    const bool known = message >= scene.history().first_message && row < scene.history().messages.size();
    vm.head.empty_text =
        known ? fmt::format("It was sent at {} s. Go there to see its bytes, or select a record on a tape.",
                            scene.time(scene.history().messages[row].sent_at))
              : "Select one on the stage, or a record on a tape.";
}

void show_message(const Scene& scene, u64 message, WireVm& vm) {
    const engine::World* world = &scene.world();
    Flying flying = find_flying(*world, message);
    if (flying.segment == nullptr && scene.before() != nullptr) {
        world = &scene.before()->reader.world();
        flying = find_flying(*world, message);
    }
    if (flying.segment == nullptr || !flying.segment->frame) return set_gone(scene, message, vm);
    const std::vector<u8> bytes = flying.segment->frame->flatten();
    const u16 label = flying.segment->label;
    vm.head.chips = {fmt::format("{} to {}", scene.name(flying.from), scene.name(flying.to))};
    vm.crumbs = {fmt::format("frame, {} bytes", bytes.size()),
                 fmt::format("{} {}", request_name(label), is_reply(label) ? "response" : "request")};
    show_bytes(bytes, vm);
    if (label >= engine::zookeeper::kZkLabelBase)
        add(vm, "jute", "", 0, static_cast<u32>(bytes.size()), 0, "ZooKeeper's own protocol");
    else if (is_reply(label)) add_answer(scene, *world, flying, bytes, vm);
    else add_request(scene, bytes, vm);
    const bool here = world == &scene.world();
    vm.places.push_back(
        {PlaceKind::flying, "on the link",
         here ? fmt::format("arrives at {} s", scene.time(flying.segment->due)) : "it arrives in this step",
         fmt::format("message {}", message)});
}

// ---- where the bytes are ------------------------------------------------------------------------------

bool contains(std::span<const u8> all, std::span<const u8> part) {
    return std::ranges::search(all, part).begin() != all.end();
}

void add_logs(const Scene& scene, const PlacedBatch& batch, TopicPartition id, WireVm& vm) {
    for (const NodeId node : scene.brokers()) {
        const lab::Replica replica = scene.cluster().replica(node, id);
        if (!replica || batch.first() >= replica.partition->log_end_offset().value ||
            replica.partition->log.segments.empty())
            continue;
        const auto there =
            batches_around(scene, replica, segment_with(replica.partition->log, batch.first()), batch.first(), 60);
        const auto found = std::ranges::find_if(there, [&](const PlacedBatch& other) {
            return other.first() == batch.first() && other.header.crc == batch.header.crc;
        });
        if (found == there.end()) continue;
        const bool committed = batch.last() < replica.partition->high_watermark.value;
        vm.places.push_back({committed ? PlaceKind::committed : PlaceKind::uncommitted, "log of " + scene.name(node),
                             fmt::format("position {}, {}", found->position, committed ? "committed" : "not committed"),
                             fmt::format("{} offset {}", scene.replica_name(id, replica.broker), batch.first())});
    }
}

/// Messages on their way that carry the batch: all behind the leader's own fields is equal.
void add_flights(const Scene& scene, std::span<const u8> batch, WireVm& vm) {
    constexpr std::size_t kSameFrom = 16;
    if (batch.size() <= kSameFrom) return;
    scene.world().machine.network.connections().for_each([&](sim::Handle, const sim::Connection& connection) {
        for (u32 side = 0; side < 2; ++side)
            for (u32 i = 0; i < connection.segments[side].size(); ++i) {
                const sim::Segment& segment = connection.segments[side][i];
                if (!segment.frame || segment.frame->wire_size() < batch.size() ||
                    !contains(segment.frame->flatten(), batch.subspan(kSameFrom)))
                    continue;
                const std::string name = fmt::format("{} {} to {}", request_name(segment.label),
                                                     is_reply(segment.label) ? "answer" : "request",
                                                     scene.name(connection.ends[sim::other(side)].node));
                vm.places.push_back({PlaceKind::flying, name, fmt::format("arrives at {} s", scene.time(segment.due)),
                                     fmt::format("message {}", segment.message)});
            }
    });
}

// ---- the lit field ------------------------------------------------------------------------------------

std::string why_batch_field(const Scene& scene, const lab::Replica& replica, const PlacedBatch& batch,
                            const std::string& name) {
    const std::string who = scene.name(replica.node);
    if (name == "base offset")
        return fmt::format("The log of {} ended at {} when the leader wrote it, so the batch got {}.",
                           scene.name(replica.partition->id), batch.first(), batch.first());
    if (name == "base sequence" || name == "producer id" || name == "producer epoch") {
        if (!batch.header.has_producer())
            return "The producer is not idempotent. If the answer is lost, its retry is written a second time.";
        return fmt::format(
            "Producer {} numbers its records. A batch that begins at {} again is answered, and not written again.",
            batch.header.producer_id, batch.header.base_sequence);
    }
    if (name == "leader epoch")
        return fmt::format(
            "It was written under leader epoch {}. A follower that comes back compares epochs to find where its log "
            "went another way.",
            batch.header.partition_leader_epoch);
    if (name == "crc")
        return "Every reader computes it again. It leaves out base offset and leader epoch, so the leader can write "
               "those without touching the rest.";
    if (name == "base timestamp" || name == "max timestamp")
        return "Milliseconds since 1970. The producer stamps its records; the largest goes into the time index.";
    if (name.starts_with("record")) return "Key and value are bytes. The broker does not look into them.";
    return "";
}

/// The field that was chosen, else the one that says most here.
void light(const Scene& scene, std::string_view usual, WireVm& vm) {
    const std::string& wanted = scene.at().desk.wire_field;
    const auto named = [&](std::string_view name) { return std::ranges::find(vm.fields, name, &WireFieldVm::name); };
    auto found = wanted.empty() ? vm.fields.end() : named(wanted);
    if (found == vm.fields.end()) found = named(usual);
    if (found != vm.fields.end()) found->lit = true;
}

void show_batch(const Scene& scene, const lab::Replica& replica, WireVm& vm) {
    const engine::log::Log& log = replica.partition->log;
    const i64 wanted = watched_offset(scene, replica);
    const auto batches = log.segments.empty() ? std::vector<PlacedBatch>{}
                                              : batches_around(scene, replica, segment_with(log, wanted), wanted, 60);
    const auto found = std::ranges::find_if(batches, [&](const PlacedBatch& batch) { return wanted <= batch.last(); });
    if (found == batches.end()) {
        vm.head.empty_title = "No batch to show";
        vm.head.empty_text = "The log is empty. Produce a record, or select a message on the stage.";
        return;
    }
    const TopicPartition id = replica.partition->id;
    const auto bytes = found->bytes.bytes();
    vm.head.chips = {scene.name(replica.node), scene.name(id),
                     found->first() == found->last()
                         ? fmt::format("offset {}", found->first())
                         : fmt::format("offsets {}\u2013{}", found->first(), found->last())};
    vm.crumbs = {"log of " + scene.name(replica.node),
                 fmt::format("{:020}.log", log.segments[segment_with(log, wanted)].base.value),
                 fmt::format("byte {}", found->position), fmt::format("record batch, {} bytes", bytes.size())};
    show_bytes(bytes, vm);
    add_batch(scene, bytes, 0, 0, vm);
    light(scene, found->header.has_producer() ? "base sequence" : "base offset", vm);
    if (found->header.codec() == wire::Codec::none && bytes.size() > wire::kBatchHeaderBytes) {
        vm.record_title = "Record 0, byte by byte";
        vm.record = RecordParts(bytes.subspan(wire::kBatchHeaderBytes)).take();
    }
    for (const WireFieldVm& field : vm.fields)
        if (field.lit) {
            vm.why_title = capital(field.name) + ": why is it here?";
            vm.why_text = why_batch_field(scene, replica, *found, field.name);
        }
    add_logs(scene, *found, id, vm);
    add_flights(scene, bytes, vm);
}

}  // namespace

WireVm make_wire(const Scene& scene) {
    WireVm vm;
    vm.head.title = "Wire";
    vm.head.sentence = "Bytes, what each of them means, and where the same bytes are now.";
    if (scene.selected().kind == ObjectKind::message) {
        show_message(scene, scene.selected().number, vm);
        light(scene, "correlation id", vm);
        return vm;
    }
    if (const lab::Replica replica = chosen_replica(scene)) show_batch(scene, replica, vm);
    else {
        vm.head.empty_title = "No log to show";
        vm.head.empty_text = "Nobody has created a topic. Select a message on the stage to see its bytes.";
    }
    return vm;
}

}  // namespace app
