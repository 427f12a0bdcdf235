// The Log files view: the segments of one replica, the batches of one segment, its two sparse indexes, and how an
// offset is found: which file, which entry, where reading begins.
#pragma once

#include "app/view_model/base.h"
#include "app/view_model/page.h"

namespace app {

struct SegmentVm {
    std::string file;     // "00000000000000000010.log"
    std::string offsets;  // "10 to 19"
    std::string bytes;    // "1 000 B"
    std::string state;    // "closed, on the platter"
    bool active = false;
    bool lit = false;  // the one that holds the offset that is looked for
    std::string object;
};

/// A batch in the file, as wide as it is long.
struct LogBlockVm {
    std::string label;     // "10–11"
    i64 from = 0, to = 1;  // bytes
    bool committed = true;
    bool cached_only = false;  // in the page cache, not on the platter
    bool scanned = false;      // read on the way to the offset
    bool lit = false;          // holds the offset
    std::string object;
};

struct IndexRowVm {
    i64 key = 0;       // offset, or largest timestamp
    i64 value = 0;     // position, or offset
    bool lit = false;  // where the lookup begins
};

/// One step of finding an offset.
struct LookupStepVm {
    std::string title;   // "1  which file"
    std::string text;    // Markdown
    std::string answer;  // "00000000000000000010.log"
};

struct LogFilesVm {
    PageHeadVm head;
    std::vector<SegmentVm> segments;
    std::string more_segments;  // "4 older files"; "" none
    std::string file;           // of the blocks
    std::vector<LogBlockVm> blocks;
    std::string cache_note;   // "from byte 850 on: in the page cache only"; "" everything is on the platter
    std::string index_title;  // "every 4 096 bytes"
    std::vector<IndexRowVm> index;
    std::vector<IndexRowVm> time_index;
    std::string lookup_title;  // "Find offset 17"
    std::vector<LookupStepVm> lookup;
};

}  // namespace app
