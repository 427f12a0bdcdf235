// The table of options, laid out as joptsimple does it: sorted by name, each column wrapped and its further
// lines indented by two.
#include <fmt/format.h>

#include <algorithm>

#include "engine/tools/options.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kGap = 2;
constexpr std::size_t kWidestOption = (kWidth - kGap) / 2;
static_assert(2 * kWidestOption + kGap <= kWidth);

std::string option_cell(const OptionSpec& spec) {
    MR_ASSERT(!spec.name.empty());
    if (spec.argument == ArgumentKind::none) return fmt::format("--{}", spec.name);
    if (spec.argument == ArgumentKind::optional_text)
        return fmt::format("--{} [String: {}]", spec.name, spec.placeholder);
    return fmt::format("--{} <{}: {}>", spec.name, spec.argument == ArgumentKind::number ? "Integer" : "String",
                       spec.placeholder);
}

std::string without_end_blanks(std::string text) {
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    MR_ASSERT(width > 2);
    std::vector<std::string> lines;
    std::string line;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t blank = std::min(text.find(' ', at), text.size() - 1);
        const std::string_view word = text.substr(at, blank + 1 - at);
        if (line.size() + word.size() > width && !line.empty()) {
            lines.push_back(without_end_blanks(std::move(line)));
            line = "  ";
        }
        line += word;
        MR_ASSERT(blank >= at && !word.empty());
        at = blank + 1;
    }
    lines.push_back(without_end_blanks(std::move(line)));
    return lines;
}

void add_row(std::string& table, std::string_view left, std::string_view right, std::size_t left_width) {
    const auto cells = wrapped(left, left_width);
    MR_ASSERT(!cells.empty());
    const auto texts = wrapped(right, kWidth - left_width - kGap);
    for (std::size_t i = 0; i < std::max(cells.size(), texts.size()); ++i)
        table += fmt::format("{:<{}}  {:<{}}\n", i < cells.size() ? cells[i] : "", left_width,
                             i < texts.size() ? texts[i] : "", kWidth - left_width - kGap);
}

}  // namespace

std::string usage_table(OptionSpecs specs) {
    std::vector<const OptionSpec*> sorted;
    std::size_t widest = 0;
    for (const OptionSpec& spec : specs) {
        sorted.push_back(&spec);
        widest = std::max(widest, option_cell(spec).size());
    }
    std::ranges::sort(sorted, {}, [](const OptionSpec* spec) { return spec->name; });
    const std::size_t left = std::min(kWidestOption, widest);
    MR_ASSERT(left > 0 && left + kGap < kWidth);
    std::string table;
    add_row(table, "Option", "Description", left);
    add_row(table, "------", "-----------", left);
    for (const OptionSpec* spec : sorted) add_row(table, option_cell(*spec), spec->description, left);
    return table;
}

}  // namespace engine::tools
