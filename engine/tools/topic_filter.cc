#include "engine/tools/topic_filter.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <cstdint>
#include <memory>

#include "sim/base/assert.h"

namespace engine::tools {
namespace {

constexpr std::uint32_t kMostSteps = 100'000;  // of one match: expressions come from strangers

/// Kafka's rewriting of what the user typed.
std::string cleaned(std::string_view typed) {
    std::string out;
    for (const char c : typed)
        if (c != ' ') out += c == ',' ? '|' : c;
    const auto is_quote = [](char c) { return c == '"' || c == '\''; };
    while (!out.empty() && is_quote(out.front())) out.erase(out.begin());
    while (!out.empty() && is_quote(out.back())) out.pop_back();
    return out;
}

using Code = std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)>;
using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
using MatchContext = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;

PCRE2_SPTR as_units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

std::expected<std::vector<std::string>, std::string> matching(std::string_view expression,
                                                              const std::vector<std::string>& names) {
    const std::string pattern = cleaned(expression);
    int error = 0;
    PCRE2_SIZE place = 0;
    const Code code(
        pcre2_compile(as_units(pattern), pattern.size(), PCRE2_ANCHORED | PCRE2_ENDANCHORED, &error, &place, nullptr),
        &pcre2_code_free);
    if (code == nullptr) return std::unexpected(fmt::format("{} is an invalid regex.", pattern));
    const MatchData data(pcre2_match_data_create_from_pattern(code.get(), nullptr), &pcre2_match_data_free);
    const MatchContext context(pcre2_match_context_create(nullptr), &pcre2_match_context_free);
    MR_ASSERT(data != nullptr && context != nullptr);
    pcre2_set_match_limit(context.get(), kMostSteps);
    std::vector<std::string> matched;
    for (const std::string& name : names)
        if (pcre2_match(code.get(), as_units(name), name.size(), 0, 0, data.get(), context.get()) >= 0)
            matched.push_back(name);
    MR_ASSERT(matched.size() <= names.size());
    return matched;
}

bool is_internal_topic(std::string_view name) { return name == "__consumer_offsets" || name == "__transaction_state"; }

}  // namespace engine::tools
