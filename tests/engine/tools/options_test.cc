#include "engine/tools/options.h"

#include <catch2/catch_test_macros.hpp>

#include <array>

#include "engine/tools/configs_options.h"
#include "engine/tools/topics_options.h"

using namespace engine;
using namespace engine::tools;

namespace {

constexpr std::array kSpecs = {
    OptionSpec{"create", ArgumentKind::none, "", "Make it."},
    OptionSpec{"topic", ArgumentKind::text, "name", "The topic."},
    OptionSpec{"partitions", ArgumentKind::number, "# of partitions", "How many."},
};

std::expected<OptionValues, OptionError> parsed(std::vector<std::string> words) { return parse_options(kSpecs, words); }

OptionValues topics(std::vector<std::string> words) {
    return parse_options(topics_option_specs(KafkaVersion::v3_9), words).value();
}
std::string usage_error(std::vector<std::string> words, KafkaVersion version = KafkaVersion::v3_9) {
    return topics_usage_error(parse_options(topics_option_specs(version), words).value(), version);
}
OptionValues configs(std::vector<std::string> words) { return parse_options(configs_option_specs(), words).value(); }

}  // namespace

TEST_CASE("options take their argument from the next word or behind an equals sign") {
    const OptionValues values = parsed({"--create", "--topic", "a", "--partitions=3"}).value();
    CHECK(values.has("create"));
    CHECK(text_of(values, "topic").value() == "a");
    CHECK(number_of(values, "partitions", -1).value() == 3);
    CHECK(number_of(values, "other", -1).value() == -1);
}

TEST_CASE("one dash is enough for a name that is known") {
    CHECK(text_of(parsed({"-topic", "a"}).value(), "topic").value() == "a");
    CHECK(parsed({"-xyz"}).error().message == "x is not a recognized option");
}

TEST_CASE("an unknown option is named, and names are not completed") {
    const auto refused = parsed({"--create", "--partition", "1"});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().type == "joptsimple.UnrecognizedOptionException");
    CHECK(refused.error().message == "partition is not a recognized option");
}

TEST_CASE("an argument that is missing is a complaint, but the next option may be one") {
    CHECK(parsed({"--topic"}).error().message == "Option topic requires an argument");
    CHECK(text_of(parsed({"--topic", "--create"}).value(), "topic").value() == "--create");
}

TEST_CASE("a wrong number is found when it is asked for") {
    const OptionValues values = parsed({"--partitions", "two"}).value();
    CHECK(number_of(values, "partitions", -1).error().message == "Cannot parse argument 'two' of option partitions");
    CHECK(number_of(parsed({"--partitions", "+4"}).value(), "partitions", -1).value() == 4);
    CHECK_FALSE(number_of(parsed({"--partitions", "4x"}).value(), "partitions", -1).has_value());
}

TEST_CASE("an option that may be given once is refused twice") {
    const OptionValues values = parsed({"--topic", "a", "--topic", "b"}).value();
    CHECK(text_of(values, "topic").error().message ==
          "Found multiple arguments for option topic, but you asked for only one");
    CHECK(values.all("topic") == std::vector<std::string>{"a", "b"});
}

TEST_CASE("words that are no options are passed over, and two dashes end the options") {
    const OptionValues values = parsed({"word", "--create", "--", "--topic"}).value();
    CHECK(values.has("create"));
    CHECK_FALSE(values.has("topic"));
}

TEST_CASE("the table of options is sorted and wrapped into 80 columns") {
    CHECK(usage_table(kSpecs) ==
          "Option                                   Description                            \n"
          "------                                   -----------                            \n"
          "--create                                 Make it.                               \n"
          "--partitions <Integer: # of partitions>  How many.                              \n"
          "--topic <String: name>                   The topic.                             \n");
}

TEST_CASE("kafka-topics wants exactly one action") {
    CHECK(topics_action(topics({"--list"})) == "list");
    CHECK(topics_action(topics({"--list", "--create"})).empty());
    CHECK(topics_action(topics({"--topic", "a"})).empty());
}

TEST_CASE("kafka-topics says which options do not go together") {
    CHECK(usage_error({"--create", "--partitions", "1"}) == "Missing required argument \"[topic]\"");
    CHECK(usage_error({"--alter", "--topic", "a", "--bootstrap-server", "b:1"}) ==
          "Missing required argument \"[partitions]\"");
    CHECK(usage_error({"--list", "--partitions", "1"}) ==
          "Option \"[partitions]\" can't be used with option \"[list]\"");
    CHECK(usage_error({"--create", "--topic", "a", "--replica-assignment", "1:2", "--replication-factor", "2"}) ==
          "Option \"[replica-assignment]\" can't be used with option \"[replication-factor]\"");
    CHECK(usage_error({"--describe", "--exclude-internal"}).empty());
}

TEST_CASE("kafka-topics of 2.8 lets only one filter of partitions be given, and knows some only of brokers") {
    const auto old = [](std::vector<std::string> words) { return usage_error(std::move(words), KafkaVersion::v2_8); };
    CHECK(old({"--describe", "--under-replicated-partitions", "--unavailable-partitions"}) ==
          "Option \"[under-replicated-partitions]\" can't be used with option \"[unavailable-partitions]\"");
    CHECK(old({"--describe", "--zookeeper", "z:1", "--at-min-isr-partitions"}) ==
          "Option \"[at-min-isr-partitions]\" can't be used with option \"[zookeeper]\"");
    CHECK(usage_error({"--describe", "--under-replicated-partitions", "--unavailable-partitions"}).empty());
    CHECK(old({"--alter", "--topic", "a", "--bootstrap-server", "b:1", "--config", "c=d"})
              .starts_with("Option combination \"[bootstrap-server],[config]\" can't be used with option \"[alter]\""));
    CHECK(old({"--alter", "--topic", "a", "--zookeeper", "z:1", "--delete-config", "c"}).empty());
}

TEST_CASE("an argument that may be left out is not taken from the next option") {
    constexpr std::array kState = {OptionSpec{"state", ArgumentKind::optional_text, "String", "The state."},
                                   OptionSpec{"list", ArgumentKind::none, "", "List."}};
    const auto without = parse_options(kState, std::vector<std::string>{"--state", "--list"}).value();
    CHECK((without.has("state") && without.last("state").empty() && without.has("list")));
    CHECK(parse_options(kState, std::vector<std::string>{"--list", "--state", "Empty"}).value().last("state") ==
          "Empty");
}

TEST_CASE("of a property that is given twice the last counts") {
    constexpr std::array kProperty = {OptionSpec{"property", ArgumentKind::text, "prop", "A property."}};
    const auto options = parse_options(kProperty, std::vector<std::string>{"--property", "a=1", "--property", "a=2",
                                                                           "--property", "b"})
                             .value();
    CHECK(options.property("a") == "2");
    CHECK(options.property("b", "x").empty());
    CHECK(options.property("c", "x") == "x");
}

TEST_CASE("kafka-topics --create checks counts and settings before it asks anybody") {
    const auto message = [](std::vector<std::string> words) {
        return topic_to_create(topics(std::move(words)), KafkaVersion::v3_9).error().message;
    };
    CHECK(message({"--topic", "a", "--replication-factor", "0"}) ==
          "The replication factor must be between 1 and 32767 inclusive");
    CHECK(message({"--topic", "a", "--partitions", "-5"}) == "The partitions must be greater than 0");
    CHECK(message({"--topic", "a", "--config", "no.such=1"}) == "Unknown topic config name: no.such");
    CHECK(
        message({"--topic", "a", "--config", "retention.ms"}).starts_with("requirement failed: Invalid topic config"));
    CHECK(message({"--topic", "a", "--replica-assignment", "1:1"}) ==
          "Partition replica lists may not contain duplicate entries: 1");
    CHECK(message({"--topic", "a", "--replica-assignment", "1:2,3"}) ==
          "Partition 1 has different replication factor: [3]");
}

TEST_CASE("kafka-topics --create reads an assignment and settings") {
    const auto order = topic_to_create(
        topics({"--topic", "a", "--replica-assignment", "1:2,2:3", "--config", "cleanup.policy=compact,delete"}),
        KafkaVersion::v3_9);
    REQUIRE(order.has_value());
    CHECK(order->assignment == std::vector<std::vector<i32>>{{1, 2}, {2, 3}});
    CHECK(order->partitions == -1);
    CHECK(order->config.front() == std::pair<std::string, std::string>{"cleanup.policy", "compact,delete"});
}

TEST_CASE("kafka-configs splits its changes at commas that are not in brackets") {
    const auto orders = config_orders(configs({"--add-config", "a=1,b=[x,y],c=", "--delete-config", "d,e"})).value();
    REQUIRE(orders.size() == 5);
    CHECK(orders[0].remove);
    CHECK(orders[1].name == "e");
    CHECK(orders[2].value == "1");
    CHECK(orders[3].value == "x,y");
    CHECK(orders[4].value.empty());
    CHECK(
        config_orders(configs({"--add-config", "a"})).error().starts_with("requirement failed: Invalid entity config"));
}

TEST_CASE("kafka-configs says what an order lacks") {
    const auto wrong = [](std::vector<std::string> words) {
        return configs_argument_error(configs(std::move(words)), KafkaVersion::v3_9);
    };
    CHECK(configs_usage_error(configs({"--entity-type", "topics"})) ==
          "Command must include exactly one action: --describe, --alter");
    CHECK(wrong({"--alter", "--bootstrap-server", "a:1"}) == "At least one entity type must be specified");
    CHECK(wrong({"--alter", "--bootstrap-server", "a:1", "--entity-type", "topics"}) ==
          "an entity name must be specified with --alter of topics");
    CHECK(wrong({"--alter", "--bootstrap-server", "a:1", "--topic", "t"}) ==
          "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter");
    CHECK(wrong({"--describe", "--bootstrap-server", "a:1", "--entity-type", "brokers", "--entity-name", "x"}) ==
          "The entity name for brokers must be a valid integer broker id, but it is: x");
    CHECK(wrong({"--describe", "--bootstrap-server", "a:1", "--topic", "t"}).empty());
}
