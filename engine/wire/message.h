// What every message offers: encode, decode, dissect, and fill from a tree of values. A message's header
// declares them with MR_DECLARE_MESSAGE, its .cc makes them with MR_DEFINE_MESSAGE (and includes
// message_instance.h), so that the visitors are compiled once a message.
#pragma once

#include "engine/wire/bytes.h"
#include "engine/wire/dissection.h"
#include "engine/wire/schema.h"

#define MR_DECLARE_MESSAGE(T)                                                     \
    void encode(Writer& out, const T& message, i16 version);                      \
    /** False if the bytes are malformed; then the message holds what was read. */ \
    bool decode(Reader& in, T& message, i16 version, Dissection* dissection = nullptr); \
    /** Empty if it went well, else what was wrong. */                            \
    std::string from_value(const Value& tree, T& message)
