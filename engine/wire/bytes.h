// The byte tools of the wire code, under the names it uses.
#pragma once

#include "engine/model/ids.h"
#include "sim/base/byte_reader.h"
#include "sim/base/byte_writer.h"
#include "sim/base/varint.h"

namespace engine::wire {

using Reader = sim::ByteReader;
using Writer = sim::ByteWriter;
using sim::put_uvarint;
using sim::Slices;
using sim::total_length;
using sim::uvarint_size;
using sim::zigzag;

}  // namespace engine::wire
