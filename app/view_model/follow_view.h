// The view that a lesson opens: a step names one, or keeps that of the step before.
#pragma once

#include "app/view_model/snapshot.h"

namespace app {

void follow_view(Desk& desk, const lab::Lesson& lesson, const lab::Following& following);

}  // namespace app
