// How scans of files and of other systems print: what is pushed into them, where they read.
#pragma once

#include <string>
#include <vector>

#include "engine/sql/tree.h"

namespace engine::spark {

struct ScanText {
    std::string name;                  ///< formatted: `Scan csv `
    std::string text;                  ///< simple
    std::vector<std::string> details;
    bool rows = false;                 ///< gives rows to generated code
};

/// `relation`: a file_relation: its name the format (csv, json, text) or what another system is called; options `path`.
ScanText scan_text(const Plan& relation, const Exprs& columns, const Exprs& filters);
/// Files read only the columns asked for.
bool scan_prunes(const Plan& relation);
/// Bytes of the files.
i64 relation_bytes(const Plan& relation);
/// A predicate as a source understands it: `GreaterThan(price,310)`; empty if it does not.
std::string source_filter(const ExprRef& e);

}  // namespace engine::spark
