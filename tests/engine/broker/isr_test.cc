#include <catch2/catch_test_macros.hpp>

#include "tests/support/broken.h"
#include "tests/support/led_partition.h"

using namespace tests;

// ---- high watermark -----------------------------------------------------------------------------

TEST_CASE("a record is committed when every member of the ISR has it") {
    LedPartition led(brokers({1, 2, 3}), brokers({1, 2, 3}));
    led.append(10);
    CHECK(led.fetch(2, 10) == 0);
    CHECK(led.fetch(3, 7) == 7);
    CHECK(led.fetch(3, 10) == 10);
}

TEST_CASE("a replica outside of the ISR that has lagged for long holds nothing back") {
    LedPartition led(brokers({1, 2, 3}), brokers({1, 2}));
    led.append(10);
    CHECK(led.fetch(2, 10) == 10);
}

TEST_CASE("a replica that is about to join is waited for, one that is about to leave still is") {
    LedPartition led(brokers({1, 2, 3}), brokers({1, 2}));
    led.append(10);
    led.fetch(2, 10);
    led.fetch(3, 10);
    led.partition.isr.propose(broker::IsrChange::expand, brokers({1, 2, 3}));
    led.append(5);
    CHECK(led.fetch(2, 15) == 10);
    CHECK(led.fetch(3, 12) == 12);
    led.partition.isr.confirm(brokers({1, 2, 3}));
    led.partition.isr.propose(broker::IsrChange::shrink, brokers({1, 2}));
    CHECK(led.high_watermark() == 12);
    led.at(100);
    led.partition.isr.confirm(brokers({1, 2}));
    CHECK(led.high_watermark() == 15);
}

TEST_CASE("the high watermark never goes back within a term") {
    LedPartition led(brokers({1, 2}), brokers({1, 2}));
    led.append(10);
    led.fetch(2, 10);
    CHECK(led.fetch(2, 4) == 10);
}

TEST_CASE("below min.insync.replicas nothing is committed in 3.9, while 2.8 goes on") {
    for (const auto& [version, expected] : {std::pair{KafkaVersion::v3_9, 0}, std::pair{KafkaVersion::v2_8, 10}}) {
        LedPartition led(brokers({1, 2, 3}), brokers({1}), 2, version);
        led.append(10);
        CHECK(led.high_watermark() == expected);
    }
}

TEST_CASE("min.insync.replicas counts no more replicas than there are") {
    LedPartition led(brokers({1, 2}), brokers({1, 2}), 3);
    CHECK((led.partition.effective_min_isr() == 2 && !led.partition.under_min_isr()));
}

// ---- who lags -----------------------------------------------------------------------------------

TEST_CASE("a follower that lags leaves the ISR, one that is slow but follows stays") {
    LedPartition led(brokers({1, 2, 3}), brokers({1, 2, 3}));
    led.append(10);
    for (i64 second = 5; second <= 60; second += 5) {
        led.at(second);
        led.append(1);
        led.fetch(2, led.partition.log_end_offset().value - 1);  // always one behind, but never for long
    }
    CHECK(led.lagging() == brokers({3}));
}

TEST_CASE("a follower at the end of the log does not lag, however long nothing came") {
    LedPartition led(brokers({1, 2}), brokers({1, 2}));
    led.append(10);
    led.at(1);
    led.fetch(2, 10);
    led.at(500);
    CHECK(led.lagging().empty());
    led.append(1);
    CHECK(led.lagging() == brokers({2}));
}

TEST_CASE("a new leader gives every member of the ISR the full time to catch up") {
    LedPartition led(brokers({1, 2}), brokers({1, 2}));
    led.append(10);
    led.at(30);
    CHECK(led.lagging().empty());
    led.at(31);
    CHECK(led.lagging() == brokers({2}));
}

// ---- who may join -------------------------------------------------------------------------------

TEST_CASE("a follower joins when it has what is committed and what the present term began with") {
    LedPartition led(brokers({1, 2}), brokers({1}));
    led.append(10);
    CHECK(led.high_watermark() == 10);
    led.fetch(2, 9);
    CHECK_FALSE(led.may_join(2));
    led.fetch(2, 10);
    CHECK(led.may_join(2));
    led.partition.epoch_start = Offset{12};
    CHECK_FALSE(led.may_join(2));
}

TEST_CASE("only one change of the ISR is on its way at a time") {
    LedPartition led(brokers({1, 2, 3}), brokers({1}));
    led.partition.isr.propose(broker::IsrChange::expand, brokers({1, 2}));
    CHECK(led.partition.isr.maximal() == brokers({1, 2}));
    CHECK(breaks([&] { led.partition.isr.propose(broker::IsrChange::expand, brokers({1, 2, 3})); }));
    led.partition.isr.drop_proposal();
    CHECK(led.partition.isr.maximal() == brokers({1}));
    CHECK(breaks([&] { led.partition.isr.propose(broker::IsrChange::shrink, brokers({1, 2})); }));
}

// ---- who may read what --------------------------------------------------------------------------

TEST_CASE("replicas read to the log's end, consumers to the high watermark, careful ones to the last stable offset") {
    LedPartition led(brokers({1, 2}), brokers({1, 2}));
    led.append(10);
    led.fetch(2, 8);
    led.partition.log.producers.producers[ProducerId{1}].current_txn_first_offset = Offset{5};
    CHECK(led.partition.readable_end(true, false) == Offset{10});
    CHECK(led.partition.readable_end(false, false) == Offset{8});
    CHECK(led.partition.readable_end(false, true) == Offset{5});
}
