// A screen with made-up contents: the moment that the pictures of the look show. Only for drawing; no run made it.
#pragma once

#include "app/view_model/screen.h"

namespace sample {

app::ScreenVm leader_failover();
/// The course home with eleven lessons done.
app::ScreenVm home();
/// A cluster of `brokers` with one partition each: for budgets and narrow screens.
app::ScreenVm wide_cluster(int brokers, int cells);

}  // namespace sample
