#include "app/proof/sweep/lesson_text.h"

#include <fmt/format.h>

namespace app::proof {
namespace {

using engine::ConfigMap;

constexpr i64 kNanosAMilli = 1'000'000;

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

/// Microseconds where milliseconds would not do.
std::string span(Nanos span) {
    return span.count % kNanosAMilli == 0 ? fmt::format("\"{}ms\"", span.count / kNanosAMilli)
                                          : fmt::format("\"{}us\"", span.count / 1000);
}

std::string table(const ConfigMap& config) {
    std::string text;
    for (const auto& [key, value] : config)
        text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", in_quotes(key), in_quotes(value));
    return "{ " + text + " }";
}

template <class List, class Text>
std::string list(const List& items, Text&& text) {
    std::string all;
    for (const auto& item : items) all += (all.empty() ? "" : ", ") + text(item);
    return "[" + all + "]";
}

std::string head(const Plan& plan, const std::string& id) {
    return fmt::format(
        "[lesson]\nid = {}\ntitle = \"Seed {}\"\nlevel = 9\nminutes = 10\nseed = {}\nseeds = \"pinned\"\n"
        "seed_reason = \"A seed of the sweep.\"\n\n",
        in_quotes(id), plan.seed, plan.seed);
}

std::string cluster(const engine::WorldSpec& spec) {
    std::string text = "[cluster]\nmode = \"zookeeper\"\n";
    text += fmt::format("brokers = {}\n",
                        list(spec.brokers, [](const auto& broker) { return fmt::format("{}", broker.id.value); }));
    text += "controller = \"race\"\n";
    text += fmt::format("version = \"{}\"\n", spec.version == engine::KafkaVersion::v2_8 ? "2.8" : "3.9");
    if (spec.buggify.enabled) text += "buggify = true\n";
    if (spec.bug != engine::PlantedBug::none) text += fmt::format("bug = \"{}\"\n", engine::name_of(spec.bug));
    return text + fmt::format("config = {}\n\n", table(spec.cluster_config));
}

/// The first link rule is the lesson's own default and goes without saying.
std::string network(const engine::WorldSpec& spec) {
    std::string text = fmt::format("[network]\nlatency = {}\nlinks = [", span(spec.link.latency));
    for (std::size_t i = 1; i < spec.links.size(); ++i)
        text += fmt::format("\n  {{ between = [{}, {}], latency = {} }},", in_quotes(spec.links[i].a),
                            in_quotes(spec.links[i].b), span(spec.links[i].profile.latency));
    return text + "\n]\n\n";
}

std::string topic(const engine::TopicSpec& topic) {
    return fmt::format("[[topic]]\nname = {}\npartitions = {}\nreplication_factor = {}\nconfig = {}\n\n",
                       in_quotes(topic.name), topic.partitions, topic.replication_factor, table(topic.config));
}

/// A wall-clock time of the lesson's day.
std::string clock(i64 epoch_ms) {
    constexpr i64 kDayMs = 86'400'000;
    const i64 ms = (epoch_ms % kDayMs + kDayMs) % kDayMs;
    return fmt::format("\"{:02}:{:02}:{:02}.{:03}\"", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

std::string record(const engine::RecordSpec& record) {
    std::string text = "\n  { at = " + span(record.at);
    if (record.timestamp_ms >= 0) text += ", timestamp = " + clock(record.timestamp_ms);
    if (record.partition >= 0) text += fmt::format(", partition = {}", record.partition);
    if (!record.key.is_null) text += ", key = " + in_quotes(record.key.text);
    if (!record.value.is_null) text += ", value = " + in_quotes(record.value.text);
    return text + " }";
}

std::string producer(const engine::ProducerSpec& producer) {
    const std::string start = producer.manual ? "start = \"manual\"\n" : "";
    if (!producer.records.empty())
        return fmt::format("[[producer]]\nname = {}\ntopic = {}\nconfig = {}\n{}records = {}\n\n",
                           in_quotes(producer.name), in_quotes(producer.topic), table(producer.config), start,
                           list(producer.records, record));
    std::string records = fmt::format("every = {}, count = {}", span(producer.every), producer.count);
    if (!producer.pattern.key.is_null) records += ", key = " + in_quotes(producer.pattern.key.text);
    if (!producer.pattern.value.is_null) records += ", value = " + in_quotes(producer.pattern.value.text);
    return fmt::format("[[producer]]\nname = {}\ntopic = {}\nconfig = {}\n{}records = {{ {} }}\n\n",
                       in_quotes(producer.name), in_quotes(producer.topic), table(producer.config), start, records);
}

std::string_view commit(engine::CommitStyle style) {
    switch (style) {
        case engine::CommitStyle::automatic: return "auto";
        case engine::CommitStyle::before_work: return "before";
        case engine::CommitStyle::after_work: return "after";
        case engine::CommitStyle::none: return "none";
    }
    return "auto";
}

std::string consumer(const engine::ConsumerSpec& consumer) {
    return fmt::format(
        "[[consumer]]\nname = {}\ntopics = {}\ngroup = {}\nconfig = {}\nwork = {}\ncommit = \"{}\"\n{}\n",
        in_quotes(consumer.name), list(consumer.topics, [](const auto& name) { return in_quotes(name); }),
        in_quotes(consumer.group), table(consumer.config), span(consumer.work), commit(consumer.commit),
        consumer.manual ? "start = \"manual\"\n" : "");
}

// ---- streams ------------------------------------------------------------------------------------

std::string options(const engine::spark::NamedTexts& named) {
    std::string text;
    for (const auto& [key, value] : named) text += fmt::format(", {} = {}", in_quotes(key), in_quotes(value));
    return text;
}

std::string source(const engine::spark::SourceSpec& source) {
    std::string text = "{ format = " + in_quotes(source.format) + options(source.options);
    if (!source.name.empty()) text += ", name = " + in_quotes(source.name);
    if (!source.watermark_column.empty())
        text += fmt::format(", watermark = {{ column = {}, delay = {} }}", in_quotes(source.watermark_column),
                            in_quotes(source.watermark_delay));
    return text + " }";
}

std::string query(const engine::spark::QuerySpec& query) {
    return fmt::format(
        "[[query]]\nname = {}\nsource = {}\nsql = {}\noutput_mode = {}\ntrigger = {}\nsink = {{ format = "
        "{}{} }}\n\n",
        in_quotes(query.name), list(query.sources, source), in_quotes(query.sql), in_quotes(query.output_mode),
        in_quotes(query.trigger), in_quotes(query.sink), options(query.sink_options));
}

/// What stands between the quotes of a literal of SQL.
std::string unquoted(const std::string& literal) {
    return literal.size() >= 2 && literal.front() == '\'' ? literal.substr(1, literal.size() - 2) : literal;
}

std::string static_table(const engine::spark::StaticTable& t) {
    const auto row = [&](const std::vector<std::string>& cells) {
        std::string text;
        for (std::size_t i = 0; i < cells.size(); ++i)
            text += fmt::format("{}{} = {}", i ? ", " : "", t.columns[i].substr(0, t.columns[i].find(' ')),
                                in_quotes(unquoted(cells[i])));
        return "{ " + text + " }";
    };
    return fmt::format("[[table]]\nname = {}\ncolumns = {}\nrows = {}\n\n", in_quotes(t.name),
                       list(t.columns, in_quotes), list(t.rows, row));
}

std::string spark(const engine::spark::SparkSpec& spec) {
    if (spec.queries.empty()) return "";
    std::string conf;
    for (const auto& [key, value] : spec.conf)
        conf += fmt::format("{}{} = {}", conf.empty() ? "" : ", ", in_quotes(key), in_quotes(value));
    std::string text =
        fmt::format("[spark]\nexecutors = {}\ncores = {}\nconf = {{ {} }}\n", spec.executors, spec.cores, conf);
    if (spec.batch_cost.count > 0) text += "batch_cost = " + span(spec.batch_cost) + "\n";
    text += "\n";
    for (const auto& each : spec.queries) text += query(each);
    for (const auto& each : spec.tables) text += static_table(each);
    return text;
}

}  // namespace

std::string lesson_text(const Plan& plan, const std::string& id) {
    std::string text = head(plan, id) + cluster(plan.spec) + network(plan.spec);
    for (const auto& spec : plan.spec.topics) text += topic(spec);
    for (const auto& spec : plan.spec.producers) text += producer(spec);
    for (const auto& spec : plan.spec.consumers) text += consumer(spec);
    text += spark(plan.spec.spark);
    const i64 seconds = plan.safety.to_millis() / 1000;
    return text + fmt::format(
                      "[[step]]\nid = \"run\"\nview = \"Partitions\"\nsay = \"The faults of the seed, one after the "
                      "other.\"\nuntil_after = \"{}s\"\n",
                      seconds);
}

}  // namespace app::proof
