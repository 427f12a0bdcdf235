#include "app/proof/vectors/category.h"
#include "engine/model/json.h"

#include <algorithm>
#include <array>

namespace app::proof::vectors {
namespace {

constexpr std::size_t kMostShown = 400;  // characters of a value in a complaint

constexpr std::array kGroups = {
    number_categories,   message_categories, batch_categories,     assignor_categories,  epoch_categories,
    producer_categories, log_categories,     compaction_categories, partition_categories, placement_categories,
    spark_rule_categories, stream_categories, stream_check_categories,
};

std::string shown(const Json& value) {
    const std::string text = engine::json_text(value);
    return text.size() <= kMostShown ? text : text.substr(0, kMostShown) + "…";
}

std::string below(const std::string& path, const std::string& name) { return path.empty() ? name : path + "/" + name; }

}  // namespace

const Category* find_category(std::string_view name) {
    for (const auto group : kGroups) {
        const auto categories = group();
        const auto at = std::ranges::find(categories, name, &Category::name);
        if (at != categories.end()) return &*at;
    }
    return nullptr;
}

void Verdict::same(const Json& expected, const Json& got) { compare("", expected, got); }

void Verdict::compare(const std::string& path, const Json& expected, const Json& got) {
    if (expected.is_object() && got.is_object()) {
        for (const auto& [name, value] : expected.items())
            compare(below(path, name), value, got.value(name, Json("nothing")));
    } else if (expected.is_array() && got.is_array() && expected.size() == got.size()) {
        for (std::size_t i = 0; i < expected.size(); ++i) compare(below(path, std::to_string(i)), expected[i], got[i]);
    } else if (expected != got) {
        differences_.push_back({path, shown(expected), shown(got)});
    }
}

}  // namespace app::proof::vectors
