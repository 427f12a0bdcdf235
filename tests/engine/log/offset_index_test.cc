#include "engine/log/offset_index.h"

#include <catch2/catch_test_macros.hpp>

using namespace engine;
using log::OffsetIndex, log::TimeIndex;

namespace {

OffsetIndex index_of(std::initializer_list<std::pair<i64, u32>> entries) {
    OffsetIndex index{Offset{100}, {}};
    for (const auto& [offset, position] : entries) index.append(Offset{offset}, position);
    return index;
}

template <class Index>
std::vector<u8> file_of(const Index& index) {
    std::vector<u8> bytes;
    for (u64 i = 0; i < index.entries.size(); ++i)
        for (const u8 byte : index.bytes_of(i)) bytes.push_back(byte);
    return bytes;
}

}  // namespace

TEST_CASE("a lookup finds the greatest entry at or below, or the segment's start") {
    const OffsetIndex index = index_of({{110, 500}, {120, 900}});
    CHECK(index.lookup(Offset{109}) == log::OffsetPosition{Offset{100}, 0});
    CHECK(index.lookup(Offset{110}) == log::OffsetPosition{Offset{110}, 500});
    CHECK(index.lookup(Offset{999}) == log::OffsetPosition{Offset{120}, 900});
}

TEST_CASE("an entry that does not ascend is not taken") {
    OffsetIndex index = index_of({{110, 500}});
    CHECK_FALSE(index.append(Offset{110}, 600));
    CHECK_FALSE(index.append(Offset{105}, 600));
    CHECK_FALSE(index.append(Offset{99}, 600));
    CHECK(index.entries.size() == 1);
}

TEST_CASE("a truncated index forgets what is at or above the cut") {
    OffsetIndex index = index_of({{110, 500}, {120, 900}, {130, 1300}});
    index.truncate(Offset{120});
    CHECK((index.entries.size() == 1 && index.lookup(Offset{125}).offset == Offset{110}));
}

TEST_CASE("indexes come back from the bytes of their files") {
    const OffsetIndex index = index_of({{110, 500}, {120, 900}});
    CHECK(file_of(index).size() == 16);
    CHECK(file_of(OffsetIndex::from_bytes(Offset{100}, file_of(index))) == file_of(index));
    TimeIndex times{Offset{100}, {}};
    times.maybe_append(5000, Offset{110});
    times.maybe_append(6000, Offset{120});
    CHECK(file_of(times).size() == 24);
    CHECK(TimeIndex::from_bytes(Offset{100}, file_of(times)).lookup(5999) == log::TimestampOffset{5000, Offset{110}});
}

TEST_CASE("a torn index file gives the entries that are whole") {
    auto bytes = file_of(index_of({{110, 500}, {120, 900}}));
    bytes.resize(12);
    CHECK(OffsetIndex::from_bytes(Offset{100}, bytes).entries.size() == 1);
}

TEST_CASE("a time index keeps only times that are later than all before") {
    TimeIndex times{Offset{100}, {}};
    CHECK(times.maybe_append(5000, Offset{110}));
    CHECK_FALSE(times.maybe_append(5000, Offset{120}));
    CHECK_FALSE(times.maybe_append(4000, Offset{130}));
    CHECK(times.maybe_append(5001, Offset{140}));
    CHECK(times.lookup(4999) == log::TimestampOffset{-1, Offset{100}});
}
