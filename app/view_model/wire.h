// The Wire view: bytes, the fields they are, and where the same bytes lie now. Of a message on its way the fields are
// the decoder's own dissection; of a record batch its header and records as the log's reader takes them apart.
#pragma once

#include "app/view_model/base.h"
#include "app/view_model/page.h"

namespace app {

struct WireFieldVm {
    std::string name;
    std::string value;
    std::string note;        // where it comes from, what it is good for
    u32 begin = 0, end = 0;  // bytes [begin, end) of what is shown
    u32 depth = 0;
    bool holds_others = false;  // its bytes belong to the fields below it
    bool lit = false;
};

/// A part of the first record, drawn as wide as `share` says.
struct WirePartVm {
    std::string hex;    // its bytes; of long ones its text
    std::string value;  // "= 24", "10 bytes"
    std::string name;   // "key len"
    i32 share = 1;
};

enum class PlaceKind : u8 { committed, uncommitted, flying };

/// A place where the same bytes are at this moment.
struct WirePlaceVm {
    PlaceKind kind = PlaceKind::committed;
    std::string title;  // "log of broker 2"
    std::string note;   // "position 850, not committed"
    std::string object;
};

struct WireVm {
    PageHeadVm head;
    std::vector<std::string> crumbs;  // "Produce request", "record batch, 112 bytes"
    std::vector<u8> bytes;            // the first ones
    std::string more;                 // "24 bytes more"; "" if all are shown
    std::vector<WireFieldVm> fields;  // in the order of the bytes
    std::string record_title;
    std::vector<WirePartVm> record;
    std::string why_title, why_text;  // of the lit field
    std::vector<WirePlaceVm> places;
};

}  // namespace app
