// Rule 16: the fidelity card. Whatever a lesson sets to another value than Kafka's or Spark's own must be named.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/proof/check/lints.h"
#include "app/proof/check/prose.h"
#include "engine/client/client_config.h"
#include "engine/model/broker_config.h"
#include "engine/model/topic_config.h"

namespace app::proof {
namespace {

using lab::Lesson;
using lab::Setting;
using lab::Settings;
using lab::Text;

using Keys = std::span<const engine::ConfigKey>;

/// Spark's defaults of what lessons set; a setting that is not here has no value that goes without saying.
struct SparkDefault { std::string_view name, value; };
constexpr std::array<SparkDefault, 12> kSpark = {{
    {"spark.sql.shuffle.partitions", "200"},
    {"spark.default.parallelism", ""},
    {"spark.sql.ansi.enabled", "false"},
    {"spark.sql.session.timeZone", "UTC"},
    {"spark.sql.streaming.noDataMicroBatches.enabled", "true"},
    {"spark.sql.streaming.multipleWatermarkPolicy", "min"},
    {"spark.sql.streaming.statefulOperator.allowMultiple", "true"},
    {"spark.sql.streaming.minBatchesToRetain", "100"},
    {"spark.sql.streaming.stateStore.maintenanceInterval", "60s"},
    {"spark.streaming.blockInterval", "200ms"},
    {"spark.streaming.receiver.writeAheadLog.enable", "false"},
    {"spark.streaming.backpressure.enabled", "false"},
}};

bool names(const Text& card, std::string_view name) { return card.value.find(name) != std::string::npos; }

void need_named(const Lesson& lesson, const Setting& setting, std::string_view by_default, Findings& findings) {
    if (setting.value == by_default || names(lesson.info.differs, setting.name)) return;
    const std::string usual = by_default.empty() ? "" : fmt::format(" (default {})", by_default);
    findings.add(setting.place, fmt::format("{} is {}{}; 'differs' must name it", setting.name, setting.value, usual));
}

/// Names and ids without a default differ from nothing.
void check_kafka(const Lesson& lesson, const Settings& settings, Keys keys, Findings& findings) {
    for (const Setting& setting : settings) {
        const engine::ConfigKey* key = engine::find_key(keys, setting.name);
        const bool same = key != nullptr &&
            (key->by_default == setting.value || (key->by_default == "all" && setting.value == "-1"));
        if (key != nullptr && !key->by_default.empty() && !same) need_named(lesson, setting, key->by_default, findings);
    }
}

void check_spark(const Lesson& lesson, const Settings& conf, Findings& findings) {
    for (const Setting& setting : conf) {
        const auto known = std::ranges::find(kSpark, setting.name, &SparkDefault::name);
        need_named(lesson, setting, known == kSpark.end() ? "" : known->value, findings);
    }
}

void check_settings(const Lesson& lesson, Findings& findings) {
    check_kafka(lesson, lesson.cluster.config, engine::broker_config_keys(), findings);
    for (const lab::OneBroker& one : lesson.cluster.one)
        check_kafka(lesson, one.config, engine::broker_config_keys(), findings);
    for (const lab::TopicBlock& topic : lesson.topics)
        check_kafka(lesson, topic.config, engine::topic_config_keys(), findings);
    for (const lab::ProducerBlock& producer : lesson.producers)
        check_kafka(lesson, producer.config, engine::client::producer_config_keys(), findings);
    for (const lab::ConsumerBlock& consumer : lesson.consumers)
        check_kafka(lesson, consumer.config, engine::client::consumer_config_keys(), findings);
    check_spark(lesson, lesson.spark.conf, findings);
    for (const lab::QueryBlock& query : lesson.queries) check_spark(lesson, query.conf, findings);
    for (const lab::DStreamBlock& stream : lesson.dstreams) check_spark(lesson, stream.conf, findings);
}

// ---- old interfaces, modelled costs -------------------------------------------------------------

void check_old(const Lesson& lesson, Findings& findings) {
    const Text& differs = lesson.info.differs;
    const auto need = [&](bool used, lab::Place place, std::string_view name) {
        if (used && !names(differs, name))
            findings.add(place, fmt::format("the lesson uses {}, which is old; 'differs' must name it", name));
    };
    need(lesson.cluster.version.value == "2.8", lesson.cluster.version.place, "2.8");
    need(!lesson.dstreams.empty(), lesson.dstreams.empty() ? lab::Place{} : lesson.dstreams.front().place, "DStream");
    for (const lab::StepBlock& step : lesson.steps)
        for (const Text& line : step.actions)
            for (const std::string_view flag : {"--zookeeper", "--broker-list"})
                need(line.value.find(flag) != std::string::npos, line.place, flag);
}

bool tells_cost(const Text& simulated) {
    const std::string text = normalised(simulated.value);
    return std::ranges::any_of(std::array{"cost", "costs", "takes", "take", "work", "modelled"},
        [&](const char* word) { return has_phrase(text, word); });
}

void check_costs(const Lesson& lesson, Findings& findings) {
    std::vector<lab::Place> costs;
    if (lesson.spark.batch_cost.given()) costs.push_back(lesson.spark.batch_cost.place);
    for (const lab::ConsumerBlock& consumer : lesson.consumers)
        if (consumer.work.given()) costs.push_back(consumer.work.place);
    for (const lab::Place place : costs)
        if (!tells_cost(lesson.info.simulated)) findings.add(place, "this cost is modelled; 'simulated' must say so");
}

}  // namespace

void lint_card(const Lesson& lesson, Findings& findings) {
    const lab::LessonInfo& info = lesson.info;
    using Entry = std::pair<const Text*, std::string_view>;
    const std::array card = {Entry{&info.real, "real"}, Entry{&info.simulated, "simulated"},
                             Entry{&info.differs, "differs"}};
    for (const auto& [text, name] : card)
        if (!text->given()) findings.add(info.place, fmt::format("the fidelity card needs '{}'", name));
    check_settings(lesson, findings);
    check_old(lesson, findings);
    check_costs(lesson, findings);
}

}  // namespace app::proof
