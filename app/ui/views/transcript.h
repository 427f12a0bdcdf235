// The transcript in the lower drawer: words alone, the newest line last and in sight.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/transcript.h"

namespace app::ui {

void transcript_view(Ui& ui, const Rect& rect, const TranscriptVm& vm);

}  // namespace app::ui
