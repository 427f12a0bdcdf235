// The Log files view: files, the batches of one of them with its index, and the way to an offset in three steps.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/log_files.h"

namespace app::ui {

void log_files_view(Ui& ui, const Rect& rect, const LogFilesVm& vm);

}  // namespace app::ui
