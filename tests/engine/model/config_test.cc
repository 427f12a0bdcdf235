#include "engine/model/config_def.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/model/broker_config.h"
#include "engine/model/topic_config.h"
#include "tests/support/broken.h"

using namespace engine;

namespace {

std::string refusal(std::span<const ConfigKey> keys, std::string_view name, std::string_view value) {
    const ConfigKey* key = find_key(keys, name);
    if (key == nullptr) return "no such setting";
    const auto checked = check_value(*key, value);
    return checked ? "" : checked.error();
}

std::string topic_refusal(std::string_view name, std::string_view value) {
    return refusal(topic_config_keys(), name, value);
}

}  // namespace

TEST_CASE("settings that fit are taken") {
    CHECK(topic_refusal("retention.ms", "-1").empty());
    CHECK(topic_refusal("cleanup.policy", "compact,delete").empty());
    CHECK(topic_refusal("unclean.leader.election.enable", "true").empty());
    CHECK(topic_refusal("min.cleanable.dirty.ratio", "0.25").empty());
}

TEST_CASE("a value of the wrong kind is refused in Kafka's words") {
    CHECK(topic_refusal("retention.ms", "a week") ==
          "Invalid value a week for configuration retention.ms: Not a number of type LONG");
    CHECK(topic_refusal("min.insync.replicas", "3000000000") ==
          "Invalid value 3000000000 for configuration min.insync.replicas: Not a number of type INT");
    CHECK(topic_refusal("unclean.leader.election.enable", "yes") ==
          "Invalid value yes for configuration unclean.leader.election.enable: Expected value to be either true or "
          "false");
}

TEST_CASE("a value beyond its limits is refused with the limit") {
    CHECK(topic_refusal("min.insync.replicas", "0") ==
          "Invalid value 0 for configuration min.insync.replicas: Value must be at least 1");
    CHECK(topic_refusal("min.cleanable.dirty.ratio", "1.5") ==
          "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more than 1");
    CHECK_FALSE(topic_refusal("retention.ms", "-2").empty());
    CHECK_FALSE(topic_refusal("segment.bytes", "13").empty());
}

TEST_CASE("a word that is none of the choices is refused with the choices") {
    CHECK(topic_refusal("cleanup.policy", "compact,keep").find("String must be one of: compact, delete") !=
          std::string::npos);
    CHECK_FALSE(topic_refusal("compression.type", "rar").empty());
    CHECK_FALSE(topic_refusal("cleanup.policy", "compact, delete").empty());
}

TEST_CASE("a misspelt setting is answered with the nearest one there is") {
    CHECK(find_key(topic_config_keys(), "retention.mss") == nullptr);
    CHECK(nearest_name(topic_config_keys(), "retention.mss") == "retention.ms");
    CHECK(nearest_name(topic_config_keys(), "zzzzzzzzzzzzzzzzzzz").empty());
}

TEST_CASE("every default fits its own setting") {
    for (const auto keys : {topic_config_keys(), broker_config_keys()})
        for (const ConfigKey& key : keys) {
            INFO(key.name);
            if (!key.by_default.empty()) CHECK(check_value(key, key.by_default).has_value());
        }
}

TEST_CASE("settings are listed once and in order") {
    for (const auto keys : {topic_config_keys(), broker_config_keys()})
        for (std::size_t i = 1; i < keys.size(); ++i) CHECK(keys[i - 1].name < keys[i].name);
}

TEST_CASE("a topic that is told nothing has Kafka's defaults") {
    const TopicConfig config = make_topic_config({});
    CHECK(
        (config.segment_bytes == 1'073'741'824 && config.retention_ms == 604'800'000 && config.retention_bytes == -1));
    CHECK((config.min_insync_replicas == 1 && !config.unclean_leader_election && config.cleanup_delete &&
           !config.cleanup_compact));
    CHECK((config.max_message_bytes == 1'048'588 && config.compression == -1 &&
           config.min_cleanable_dirty_millionths == 500'000));
}

TEST_CASE("a setting that somebody wrote into a znode and that does not fit is as good as none") {
    ConfigMap topic;
    topic["retention.ms"] = "soon";
    topic["segment.bytes"] = "-5";
    topic["min.insync.replicas"] = "2";
    topic["unclean.leader.election.enable"] = "perhaps";
    topic["of.nobody"] = "x";
    const TopicConfig config = make_topic_config(topic);
    CHECK((config.retention_ms == 604'800'000 && config.segment_bytes == 1'073'741'824));
    CHECK((config.min_insync_replicas == 2 && !config.unclean_leader_election));
    ConfigMap broker;
    broker["num.partitions"] = "many";
    CHECK(make_broker_config(broker).num_partitions == 1);
}

TEST_CASE("what a broker is told becomes the default of its topics") {
    ConfigMap broker;
    broker["log.retention.ms"] = "5000";
    broker["min.insync.replicas"] = "2";
    const TopicConfig config = make_topic_config(topic_defaults_of(broker));
    CHECK((config.retention_ms == 5000 && config.min_insync_replicas == 2));
}

TEST_CASE("fractions are read in millionths, without floating point") {
    CHECK(parse_millionths("0.5") == 500'000);
    CHECK(parse_millionths("-1.25") == -1'250'000);
    CHECK(parse_millionths("3") == 3'000'000);
    CHECK(parse_millionths("0.0000019") == 1);
    CHECK_FALSE(parse_millionths("0.5x").has_value());
    CHECK_FALSE(parse_millionths("").has_value());
}

TEST_CASE("asking for a setting that does not exist is a broken contract") {
    const ConfigMap none;
    const ConfigReader reader(topic_config_keys(), none);
    CHECK(tests::breaks([&] { (void)reader.text("no.such.setting"); }));
}
