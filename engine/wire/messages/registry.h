// All messages by API, without their C++ types: for the dissection, the vectors and tests.
#pragma once

#include <string>

#include "engine/wire/api.h"
#include "engine/wire/bytes.h"
#include "engine/wire/dissection.h"

namespace engine::wire {

enum class Direction : u8 { request, response };

struct MessageOps {
    ApiKey api = ApiKey::produce;
    Direction direction = Direction::request;
    i16 lowest = 0;   // versions that the schema describes
    i16 highest = 0;
    /// Reads a body and takes it apart. False if it is malformed.
    bool (*dissect)(Reader& in, i16 version, Dissection& out) = nullptr;
    /// Writes a body from a tree. Empty if it went well, else what was wrong with the tree.
    std::string (*encode_tree)(const Value& tree, i16 version, Writer& out) = nullptr;
    /// Reads a body and writes what was understood. False if it is malformed.
    bool (*recode)(Reader& in, i16 version, Writer& out) = nullptr;
};

/// All of them.
std::span<const MessageOps> all_messages();

/// The operations of a message, or nullptr if there is no schema for it.
const MessageOps* find_message(ApiKey api, Direction direction);

}  // namespace engine::wire
