// What the checks share: hex, numbers that JSON writes as text, and messages as trees of values.
#pragma once

#include <nlohmann/json.hpp>

#include "app/proof/vectors/category.h"
#include "engine/broker/isr.h"
#include "engine/model/error_codes.h"
#include "engine/wire/value.h"

namespace app::proof::vectors {

using sim::i16;
using sim::i32;
using sim::i64;
using sim::u32;
using sim::u64;
using sim::u8;

/// Most vectors of Kafka give an input and an expected output: a check is a function from one to the other. It is
/// shown what is expected only to know what it is asked for.
template <Json (*kAnswer)(const Json& input, const Json& expected)>
void answer(const Json& vector, Verdict& verdict) {
    verdict.same(vector.at("expected"), kAnswer(vector.at("input"), vector.at("expected")));
}

std::string to_hex(std::span<const u8> bytes);
/// Throws what the JSON library throws if it is not hex.
std::vector<u8> from_hex(const Json& text);
std::span<const u8> bytes_of(const std::string& text);
/// A number behind a word (a pattern): 15 behind "LEO " of "t=10001 leader LEO 15, follower fetches at 10".
std::optional<i64> number_behind(const std::string& text, const std::string& word);
/// 64-bit numbers may be written as text.
i64 number(const Json& value);
/// Kafka's name of an error, "ok" for none.
std::string error_text(engine::ErrorCode error);

engine::wire::Value to_value(const Json& json);
/// Bytes are shown as `<nB>`, as in recordings.
Json to_json(const engine::wire::Value& value);

/// Brokers by number, or as objects with an `id`.
engine::broker::BrokerList brokers_of(const Json& list);
Json numbers_of(const engine::broker::BrokerList& brokers);

}  // namespace app::proof::vectors
