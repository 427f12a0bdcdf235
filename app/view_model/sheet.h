// A page of sections, each a table or lines in mono, below a field to type into: for views whose subject is rows and
// text.
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
    double bar = -1;                 // 0 to 1: drawn in the last column; negative: none
    std::string object;              // what a click selects
    bool lit = false;                // the row that is looked at
};

struct SheetColumnVm {
    std::string title;
    i32 share = 1;                   // of the width
    bool right = false;              // numbers
};

/// Something to begin with: a click types it.
struct SheetChipVm {
    std::string text;
    std::string typed;
};

struct SheetLineVm {
    std::string text;
    bool lit = false;                // what just happened
    bool broken = false;
    bool strong = false;             // a prompt, a heading
};

struct SheetSectionVm {
    std::string title;
    std::string sentence;
    std::vector<SheetColumnVm> columns;
    std::vector<SheetRowVm> rows;
    std::vector<SheetLineVm> lines;
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
    std::string field_verb;          // "Break when true": what the button beside it does; "" no button
    std::string chips_title;
    std::vector<SheetChipVm> chips;
    std::vector<SheetSectionVm> sections;
};

/// What is typed into the Console, as a line that the world takes: `nc counts cat dog` types into a query's socket,
/// `spark-submit mine like counts output_mode=update` starts a query, all else are Kafka's tools.
std::string console_line(const std::string& typed);

}  // namespace app
