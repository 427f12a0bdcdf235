#include "app/view_model/follow_view.h"

#include <algorithm>

#include "app/view_model/make.h"

namespace app {

void follow_view(Desk& desk, const lab::Lesson& lesson, const lab::Following& following) {
    for (std::size_t i = std::min(following.step + 1, lesson.steps.size()); i > 0; --i) {
        for (const lab::Text& title : lesson.steps[i - 1].view.items) {
            if (std::ranges::find(built_views(), title.value) == built_views().end()) continue;
            desk.view = title.value;
            return;
        }
        if (!lesson.steps[i - 1].view.items.empty())
            return;  // it names what is always on the screen, such as the stage
    }
}

}  // namespace app
