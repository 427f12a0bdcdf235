#include "engine/log/producer_state.h"

#include <catch2/catch_test_macros.hpp>

#include "app/proof/vectors/transactions.h"

using namespace engine;
using app::proof::vectors::append_marker, app::proof::vectors::append_transactional,
    app::proof::vectors::producer_header, app::proof::vectors::ScratchLog;
using log::ProducerStates;

namespace {

constexpr ProducerId kOne{1}, kTwo{2};

wire::BatchHeader batch(i16 epoch, i32 first, i32 count, i64 offset = 0) {
    wire::BatchHeader header = producer_header(kOne, epoch, first, false);
    header.last_offset_delta = count - 1;
    header.record_count = count;
    header.base_offset = offset;
    return header;
}

ErrorCode check(const ProducerStates& states, const wire::BatchHeader& header) {
    const auto checked = states.check(header);
    return checked ? ErrorCode::none : checked.error();
}

}  // namespace

TEST_CASE("a producer that is not known may begin anywhere, a known one must go on") {
    ProducerStates states;
    CHECK(check(states, batch(0, 17, 1)) == ErrorCode::none);
    states.update(batch(0, 17, 3));
    CHECK(check(states, batch(0, 20, 1)) == ErrorCode::none);
    CHECK(check(states, batch(0, 21, 1)) == ErrorCode::out_of_order_sequence_number);
    CHECK(check(states, batch(0, 19, 1)) == ErrorCode::out_of_order_sequence_number);
}

TEST_CASE("sequences go on from the largest number with zero") {
    ProducerStates states;
    states.update(batch(0, INT32_MAX, 1));
    CHECK(check(states, batch(0, 0, 1)) == ErrorCode::none);
    CHECK(check(states, batch(0, 1, 1)) == ErrorCode::out_of_order_sequence_number);
}

TEST_CASE("a newer epoch begins at zero and shuts out the older one") {
    ProducerStates states;
    states.update(batch(1, 0, 5));
    CHECK(check(states, batch(2, 5, 1)) == ErrorCode::out_of_order_sequence_number);
    CHECK(check(states, batch(2, 0, 1)) == ErrorCode::none);
    CHECK(check(states, batch(0, 5, 1)) == ErrorCode::invalid_producer_epoch);
}

TEST_CASE("the last five batches are recognised when they come again, an older one is not") {
    ProducerStates states;
    for (i32 i = 0; i < 6; ++i) states.update(batch(0, i * 10, 10, i * 10));
    for (i32 i = 1; i < 6; ++i) {
        const log::ProducerBatch* known = states.find_duplicate(batch(0, i * 10, 10));
        REQUIRE(known != nullptr);
        CHECK(known->first_offset() == Offset{i * 10});
    }
    CHECK(states.find_duplicate(batch(0, 0, 10)) == nullptr);
    CHECK(states.find_duplicate(batch(0, 50, 9)) == nullptr);
    CHECK(states.find_duplicate(batch(1, 50, 10)) == nullptr);
}

TEST_CASE("what is known of producers survives its snapshot, but for all batches except the last") {
    ProducerStates states;
    for (i32 i = 0; i < 3; ++i) states.update(batch(0, i, 1, i));
    const auto bytes = states.to_snapshot();
    const auto back = ProducerStates::from_snapshot(bytes);
    REQUIRE(back.has_value());
    CHECK((back->producers.at(kOne).last_sequence() == 2 && back->producers.at(kOne).batches.size() == 1));
    CHECK(back->to_snapshot() == bytes);
}

TEST_CASE("a snapshot with any byte wrong is not believed") {
    ProducerStates states;
    states.update(batch(0, 0, 1));
    const auto bytes = states.to_snapshot();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto damaged = bytes;
        damaged[at] ^= 0x40;
        CHECK_FALSE(ProducerStates::from_snapshot(damaged).has_value());
        CHECK_FALSE(ProducerStates::from_snapshot(std::span(bytes).first(at)).has_value());
    }
}

TEST_CASE("a transaction holds the last stable offset until its marker is replicated") {
    ScratchLog scratch;
    REQUIRE(append_transactional(scratch, kOne, 0, 3));
    REQUIRE(append_transactional(scratch, kTwo, 0, 2));
    CHECK(scratch.log.producers.first_unstable_offset() == Offset{0});
    REQUIRE(append_marker(scratch, kOne, false, 0));
    CHECK((scratch.log.producers.first_undecided_offset() == Offset{3} &&
           scratch.log.producers.first_unstable_offset() == Offset{0}));
    scratch.log.producers.on_high_watermark(Offset{6});
    CHECK(scratch.log.producers.first_unstable_offset() == Offset{3});
}

TEST_CASE("producers that are silent for long are forgotten, those with an open transaction never") {
    ScratchLog scratch;
    REQUIRE(append_transactional(scratch, kOne, 0, 1));
    REQUIRE(append_transactional(scratch, kTwo, 0, 1));
    REQUIRE(append_marker(scratch, kTwo, true, 0));
    scratch.log.producers.remove_expired(1000 + 86'400'000, 86'400'000);
    CHECK((scratch.log.producers.producers.contains(kOne) && !scratch.log.producers.producers.contains(kTwo)));
}

TEST_CASE("a log that is cut forgets the sequences that were cut with it") {
    ScratchLog scratch;
    for (int i = 0; i < 4; ++i) REQUIRE(append_transactional(scratch, kOne, 0, 1));
    REQUIRE(log::truncate_to(scratch.log, scratch.context(), Offset{2}).has_value());
    CHECK(scratch.log.producers.producers.at(kOne).last_sequence() == 1);
}
