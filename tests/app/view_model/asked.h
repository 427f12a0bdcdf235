// Questions asked of a run or of a lesson's step: the verdict and what it rests on, in words.
#pragma once

#include "app/view_model/questions.h"
#include "app/view_model/shot.h"
#include "app/view_model/telling.h"
#include "tests/app/view_model/told.h"

namespace tests {

struct Asked {
    bool so = false;
    std::string words;  // verdict and what it rests on
    [[nodiscard]] bool names(std::string_view what) const { return words.find(what) != std::string::npos; }
};

inline Asked ask(Told& told, const std::string& name) {
    const app::Snapshot at = told.snapshot();
    const app::Scene scene(at);
    INFO(name);
    REQUIRE(app::question_named(scene, name));
    const app::Answer answer = app::answer_to(scene, name);
    Asked asked{answer.so, answer.verdict};
    for (const engine::FactRow* row : answer.evidence)
        asked.words += "\n" + app::short_text(scene, *row) + ": " + scene.fact_text(row->fact);
    return asked;
}

/// Of a lesson, at the stop of a step; the learner's own seed.
inline Asked ask(const std::string& lesson, const std::string& step, const std::string& name) {
    app::ShotRequest request;
    request.lesson = lesson;
    request.step = step;
    request.why = name;
    const auto shot = app::prepare_shot(request);
    INFO(lesson << " " << step << " " << name << (shot ? "" : ": " + shot.error()));
    REQUIRE(shot);
    const app::InspectorVm& vm = shot->screen.inspector;
    Asked asked{!vm.text.starts_with("**It is not so.**"), vm.text};
    for (const app::CauseVm& cause : vm.causes) asked.words += "\n" + cause.text;
    return asked;
}

}  // namespace tests
