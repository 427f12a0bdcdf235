// Answers of brokers compared: byte for byte outside of masks, or field by field with lists of structures as sets.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/wire/header.h"
#include "engine/wire/value.h"

namespace app::proof {

using AnswerBytes = std::vector<sim::u8>;

/// An answer read with the schema of the request's API and version: its fields. Nothing if it cannot be read to its
/// end.
std::optional<engine::wire::Value> read_answer(const engine::wire::RequestHeader& request,
                                               std::span<const sim::u8> frame);

/// Byte ranges [from, to) that are not compared.
struct ByteRange {
    std::size_t from = 0, to = 0;
};

/// What differs, or "". Where both can be read, it is said by field.
std::string compare_bytes(const engine::wire::RequestHeader& request, AnswerBytes recorded, AnswerBytes ours,
                          const std::vector<ByteRange>& mask);
std::string compare_fields(const engine::wire::RequestHeader& request, const AnswerBytes& recorded,
                           const AnswerBytes& ours);

/// Whether an answer asks for patience: a coordinator that is not ready, a leader that is not known yet.
bool asks_to_retry(const engine::wire::RequestHeader& request, std::span<const sim::u8> frame);

}  // namespace app::proof
