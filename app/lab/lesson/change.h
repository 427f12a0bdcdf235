// Changes to a lesson before it starts: how a twin differs. They are made in the file's tree, so that the result
// is read and checked like any other lesson.
#pragma once

#include "app/lab/lesson/lesson_error.h"
#include "app/lab/lesson/toml_tree.h"

namespace app::lab {

/// `query counts trigger once`, `producer shop config acks=1`, `cluster mode kraft`.
void apply_change(TomlNode& root, const Text& change, ErrorSink& errors);

}  // namespace app::lab
