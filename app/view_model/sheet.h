// A page of sections, each a table, lines in mono, or a strip of cells: for views whose subject is rows and text.
#pragma once

#include "app/view_model/base.h"
#include "app/view_model/page.h"

namespace app {

struct SheetCellVm {
    std::string text;
    bool changed = false;            // by this step or since the last stop: bold
    bool quiet = false;
};

struct SheetRowVm {
    std::vector<SheetCellVm> cells;
    std::string object;              // what a click selects
    bool lit = false;                // the row that is looked at
};

struct SheetColumnVm {
    std::string title;
    i32 share = 1;                   // of the width
    bool right = false;              // numbers
};

struct SheetLineVm {
    std::string text;
    bool lit = false;                // what just happened
    bool broken = false;
    bool strong = false;             // a prompt, a heading
};

/// A batch in a segment, as wide as it is long.
struct SheetBlockVm {
    std::string label;               // "10–11"
    i64 from = 0, to = 1;            // bytes
    bool committed = true;
    bool lit = false;
    std::string object;
};

struct SheetSectionVm {
    std::string title;
    std::string sentence;
    std::vector<SheetColumnVm> columns;
    std::vector<SheetRowVm> rows;
    std::vector<SheetLineVm> lines;
    std::vector<SheetBlockVm> blocks;
    std::string rule;                // Markdown, in a box
    std::string empty;               // what stands there when there are no rows
};

struct SheetVm {
    PageHeadVm head;
    // A field to type into; hint "" shows none.
    std::string field;               // what it is for: "sql"
    std::string field_hint;
    std::string field_text;
    std::string field_error;         // with its place
    std::vector<SheetSectionVm> sections;
};

}  // namespace app
