// The Metrics view: small charts with one time axis and one cursor.
#pragma once

#include "app/ui/ui.h"
#include "app/view_model/metrics.h"

namespace app::ui {

/// A click in a chart comes back as `go_to_time`.
void metrics_view(Ui& ui, const Rect& rect, const MetricsVm& vm);

}  // namespace app::ui
