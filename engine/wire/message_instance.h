// Makes the functions that message.h declares. Only for the .cc files of messages.
#pragma once

#include "engine/wire/decoder.h"
#include "engine/wire/encoder.h"
#include "engine/wire/message.h"
#include "engine/wire/schema_check.h"
#include "engine/wire/value_reader.h"

#define MR_DEFINE_MESSAGE(T)                                                               \
    void encode(Writer& out, const T& message, i16 version) {                              \
        Encoder(out, version, version >= T::kFlexibleSince).message(message);              \
    }                                                                                      \
    bool decode(Reader& in, T& message, i16 version, Dissection* dissection) {             \
        Decoder(in, version, version >= T::kFlexibleSince, dissection).message(message);   \
        return in.ok();                                                                    \
    }                                                                                      \
    std::string from_value(const Value& tree, T& message) {                                \
        ValueReader reader;                                                                \
        reader.message(tree, message);                                                     \
        return reader.error();                                                             \
    }                                                                                      \
    static_assert(T::kFlexibleSince >= 0)
