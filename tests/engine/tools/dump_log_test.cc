// kafka-dump-log over files that brokers wrote. Texts are those of Kafka 3.9.1, or of 2.8.2 where that is said.
#include <catch2/catch_test_macros.hpp>

#include "tests/engine/tools/small_cluster.h"

using namespace tests;

namespace {

/// The first file of that name on any broker's disk whose text has `word`; empty if there is none.
std::string file_with(SmallCluster& cluster, std::string_view folder, std::string_view word) {
    for (const i32 id : {1, 2, 3}) {
        const sim::Disk& disk = cluster.world.machine.disks.of(cluster.world.broker_node(BrokerId{id}));
        for (const std::string& path : disk.list(folder)) {
            if (!path.ends_with(".log")) continue;
            const auto& file = disk.file(disk.find(path));
            const auto bytes = file.cached.read(0, file.cached.size());
            std::string text(bytes.begin(), bytes.end());
            if (text.find(word) != std::string::npos) return text;
        }
    }
    return "";
}

}  // namespace

TEST_CASE("dump-log: records about groups are shown as what they say") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --partitions 1").exit_code == 0);
    REQUIRE(cluster.run("echo one | kafka-console-producer.sh {B} --topic orders").exit_code == 0);
    (void)cluster.run("kafka-console-consumer.sh {B} --topic orders --group team --from-beginning --max-messages 1");
    cluster.pass(sim::seconds(6));
    cluster.console().files["0.log"] = file_with(cluster, "__consumer_offsets", "team");
    const CommandRow dump = cluster.run("kafka-dump-log.sh --files 0.log --offsets-decoder");
    CHECK(dump.exit_code == 0);
    const auto has = [&](std::string_view part) { return dump.output.find(part) != std::string::npos; };
    CHECK(has(R"(key: {"type":"1","data":{"group":"team","topic":"orders","partition":0}} )"
              R"(payload: {"version":"3","data":{"offset":1,"leaderEpoch":0,"metadata":"","commitTimestamp":)"));
    CHECK(has(R"(key: {"type":"2","data":{"group":"team"}} payload: {"version":"3","data":{"protocolType":"consumer",)"
              R"("generation":1,"protocol":"range","leader":")"));
}

TEST_CASE("dump-log: 2.8 tells of each record what its batch is") {
    SmallCluster cluster(KafkaVersion::v2_8);
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --partitions 1").exit_code == 0);
    REQUIRE(cluster.run("echo one | kafka-console-producer.sh {B} --topic orders").exit_code == 0);
    cluster.console().files["0.log"] = file_with(cluster, "orders", "one");
    const CommandRow dump = cluster.run("kafka-dump-log.sh --files 0.log --print-data-log");
    CHECK(dump.exit_code == 0);
    const auto has = [&](std::string_view part) { return dump.output.find(part) != std::string::npos; };
    CHECK(has("| offset: 0 isValid: true crc: null keySize: -1 valueSize: 3 CreateTime: "));
    CHECK(
        has(" baseOffset: 0 lastOffset: 0 baseSequence: -1 lastSequence: -1 producerEpoch: -1 partitionLeaderEpoch: 0 "
            "batchSize: 71 magic: 2 compressType: NONE position: 0 sequence: -1 headerKeys: [] payload: one\n"));
}

TEST_CASE("dump-log: a record that is none of the decoder's ends 2.8") {
    SmallCluster cluster(KafkaVersion::v2_8);
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --partitions 1").exit_code == 0);
    REQUIRE(cluster.run("echo one | kafka-console-producer.sh {B} --topic orders").exit_code == 0);
    cluster.console().files["0.log"] = file_with(cluster, "orders", "one");
    const CommandRow dump = cluster.run("kafka-dump-log.sh --files 0.log --offsets-decoder");
    CHECK(dump.exit_code == 1);
    CHECK(dump.errors ==
          "Exception in thread \"main\" org.apache.kafka.common.KafkaException: Failed to decode message using offset "
          "topic decoder (message had a missing key)\n");
}
