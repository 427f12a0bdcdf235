#include "app/lab/lesson/check_lesson.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/lesson/catalogue.h"
#include "app/lab/lesson/names.h"

namespace app::lab {

bool LessonCheck::require(const Text& name, std::string_view kind, const std::vector<std::string>& known) const {
    if (!name.given() || name.value.empty() || std::ranges::find(known, name.value) != known.end()) return true;
    fail(name.place, fmt::format("unknown {} '{}'", kind, name.value), nearest_of(name.value, known));
    return false;
}

void LessonCheck::unique(std::string_view kind, const std::vector<const Text*>& names_given) const {
    for (std::size_t i = 0; i < names_given.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            if (names_given[i]->value != names_given[j]->value) continue;
            fail(names_given[i]->place,
                fmt::format("{} '{}' is used twice; first in line {}", kind, names_given[i]->value,
                names_given[j]->place.line));
            break;
        }
}

void LessonCheck::settings(const Settings& given, std::span<const engine::ConfigKey> keys,
    std::string_view owner) const {
    for (const Setting& setting : given) {
        const engine::ConfigKey* key = engine::find_key(keys, setting.name);
        if (key == nullptr) {
            fail(setting.place, fmt::format("unknown {} setting '{}'", owner, setting.name),
                std::string(engine::nearest_name(keys, setting.name)));
            continue;
        }
        if (const auto good = engine::check_value(*key, setting.value); !good) fail(setting.place, good.error());
    }
}

engine::ConfigMap config_map(const Settings& settings) {
    engine::ConfigMap map;
    for (const Setting& setting : settings) map[setting.name] = setting.value;
    return map;
}

void check_lesson_info(const LessonCheck& check) {
    const LessonInfo& info = check.lesson.info;
    for (const Text& view : info.hide)
        if (!contains(view_titles(), view.value))
            check.fail(view.place, fmt::format("unknown view '{}'", view.value), nearest_of(view.value, view_titles()));
    std::vector<std::string> ids;
    for (const Misconception& known : catalogue().misconceptions) ids.push_back(known.id.value);
    for (const Text& id : info.misconceptions) check.require(id, "misconception", ids);
    for (const LessonError& error : catalogue_errors()) check.fail({}, render(error));
    for (const SlideBlock& slide : check.lesson.slides) {
        if (!contains(deck_names(), slide.deck.value))
            check.fail(slide.deck.place, fmt::format("unknown deck '{}'", slide.deck.value),
                nearest_of(slide.deck.value, deck_names()));
        check.require(slide.after, "step", check.names.steps);
    }
}

}  // namespace app::lab
