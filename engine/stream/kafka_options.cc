#include "engine/stream/kafka_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/operators/file_scan.h"
#include "engine/plan/json.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool has(const Options& o, std::string_view name) {
    return std::any_of(o.begin(), o.end(), [&](const auto& kv) {
        return sim::lower_ascii(kv.first) == sim::lower_ascii(std::string(name));
    });
}

/// {"topic":[0,1]} with at least one partition.
bool good_assignment(const std::string& text) {
    const auto j = parse_json(text);
    return j && j->kind == JsonKind::object && !j->items.empty();
}

std::optional<QueryError> strategy_refusal(const Options& o) {
    int given = 0;
    for (const char* s : {"subscribe", "subscribepattern", "assign"}) given += has(o, s) ? 1 : 0;
    if (given == 0)
        return illegal_argument(
            "One of the following options must be specified for Kafka source: subscribe, subscribepattern, assign. See "
            "the docs for more details.");
    if (given > 1)
        return illegal_argument(
            "Only one of the following options can be specified for Kafka source: subscribe, subscribepattern, assign. "
            "See the docs for more details.");
    if (has(o, "assign") && !good_assignment(option_of(o, "assign")))
        return illegal_argument(fmt::format(
            "No topicpartitions to assign as specified value for option 'assign' is '{}'", option_of(o, "assign")));
    const auto blank = [](const std::string& s) { return s.find_first_not_of(" ,") == std::string::npos; };
    if (has(o, "subscribe") && blank(option_of(o, "subscribe")))
        return illegal_argument(fmt::format(
            "No topics to subscribe to as specified value for option 'subscribe' is '{}'", option_of(o, "subscribe")));
    if (has(o, "subscribepattern") && blank(option_of(o, "subscribepattern")))
        return illegal_argument("Pattern to subscribe is empty as specified value for option 'subscribePattern' is ''");
    return std::nullopt;
}

std::optional<QueryError> forbidden_refusal(const Options& o) {
    if (has(o, "kafka.auto.offset.reset"))
        return illegal_argument(
            "\nKafka option 'auto.offset.reset' is not supported.\n"
            "Instead set the source option 'startingoffsets' to 'earliest' or 'latest'\n"
            "to specify where to start. Structured Streaming manages which offsets are consumed\n"
            "internally, rather than relying on the kafkaConsumer to do it. This will ensure that no\n"
            "data is missed when new topics/partitions are dynamically subscribed. Note that\n"
            "'startingoffsets' only applies when a new Streaming query is started, and\n"
            "that resuming will always pick up from where the query left off. See the docs for more\n"
            "details.\n         ");
    if (has(o, "kafka.key.deserializer"))
        return illegal_argument(
            "Kafka option 'key.deserializer' is not supported as keys are deserialized as byte arrays with "
            "ByteArrayDeserializer. Use DataFrame operations to explicitly deserialize the keys.");
    if (has(o, "kafka.value.deserializer"))
        return illegal_argument(
            "Kafka option 'value.deserializer' is not supported as values are deserialized as byte arrays with "
            "ByteArrayDeserializer. Use DataFrame operations to explicitly deserialize the values.");
    for (const char* other : {"enable.auto.commit", "interceptor.classes"})
        if (has(o, std::string("kafka.") + other))
            return illegal_argument(fmt::format("Kafka option '{}' is not supported", other));
    if (!has(o, "kafka.bootstrap.servers"))
        return illegal_argument("Option 'kafka.bootstrap.servers' must be specified for configuring Kafka consumer");
    return std::nullopt;
}

}  // namespace

std::optional<QueryError> kafka_source_refusal(const py::ReadRequest& r) {
    const Options& o = r.options;
    if (r.stream && (has(o, "endingoffsets") || has(o, "endingoffsetsbytimestamp") || has(o, "endingtimestamp"))) {
        const bool offsets = has(o, "endingoffsets");
        return illegal_argument(offsets ? "ending offset not valid in streaming queries"
                                        : "ending timestamp not valid in streaming queries");
    }
    if (r.schema)
        return illegal_argument(
            "requirement failed: Kafka source has a fixed schema and cannot be set with a custom one");
    if (auto e = strategy_refusal(o)) return e;
    if (const std::string n = option_of(o, "minpartitions"); !n.empty()) {
        const bool digits = n.find_first_not_of("0123456789-") == std::string::npos;
        if (!digits)
            return QueryError{"NumberFormatException", "java.lang.NumberFormatException", "", "",
                              fmt::format("For input string: \"{}\"", n)};
        if (std::atoll(n.c_str()) <= 0) return illegal_argument("minPartitions must be positive");
    }
    if (auto e = forbidden_refusal(o)) return e;
    const std::string least = option_of(o, "minoffsetspertrigger"), most = option_of(o, "maxoffsetspertrigger");
    if (!least.empty() && !most.empty() && std::atoll(least.c_str()) > std::atoll(most.c_str()))
        return illegal_argument(fmt::format(
            "The value of minOffsetPerTrigger({}) is higher than the maxOffsetsPerTrigger({}).", least, most));
    if (!r.stream && sim::lower_ascii(option_of(o, "startingoffsets")) == "latest")
        return illegal_argument("starting offset can't be latest for batch queries on Kafka");
    if (!r.stream && sim::lower_ascii(option_of(o, "endingoffsets")) == "earliest")
        return illegal_argument("ending offset can't be earliest for batch queries on Kafka");
    return std::nullopt;
}

DataType kafka_schema(bool headers) {
    std::vector<Field> f = {
        {"key", type_of(TypeId::binary), true},           {"value", type_of(TypeId::binary), true},
        {"topic", type_of(TypeId::string), true},         {"partition", type_of(TypeId::integer), true},
        {"offset", type_of(TypeId::bigint), true},        {"timestamp", type_of(TypeId::timestamp), true},
        {"timestampType", type_of(TypeId::integer), true}};
    if (headers)
        f.push_back(
            {"headers",
             array_type(struct_type({{"key", type_of(TypeId::string), true}, {"value", type_of(TypeId::binary), true}}),
                        true),
             true});
    MR_ASSERT(f.size() >= 7);
    return struct_type(std::move(f));
}

std::string kafka_strategy(const Options& o) {
    if (has(o, "assign")) {
        const auto j = parse_json(option_of(o, "assign"));
        std::string list;
        for (std::size_t i = 0; j && i < j->names.size(); ++i)
            for (const Json& p : j->items[i].items) list += (list.empty() ? "" : ", ") + j->names[i] + "-" + p.text;
        return "Assign[" + list + "]";
    }
    if (has(o, "subscribepattern")) return "SubscribePattern[" + option_of(o, "subscribepattern") + "]";
    std::string list;
    for (const char c : option_of(o, "subscribe")) {
        if (c == ' ') continue;
        list += c;
        if (c == ',') list += ' ';
    }
    return "Subscribe[" + list + "]";
}

std::expected<PlanRef, QueryError> kafka_relation(Session& session, const py::ReadRequest& r) {
    MR_ASSERT(!r.format.empty());
    if (auto e = kafka_source_refusal(r)) return std::unexpected(std::move(*e));
    Plan p;
    p.kind = PlanKind::file_relation;
    p.name = fmt::format("KafkaRelation(strategy={}, start=EarliestOffsetRangeLimit, end=LatestOffsetRangeLimit)",
                         kafka_strategy(r.options));
    p.options = r.options;
    const DataType schema = kafka_schema(option_of(r.options, "includeHeaders") == "true");
    for (const Field& f : *schema.fields) p.output.push_back(attribute(f.name, f.type, true, session.ids.take()));
    p.table = std::make_shared<Table>();
    p.resolved = true;
    return make(std::move(p));
}

}  // namespace engine::spark
