#include "app/proof/vectors.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/proof/vectors/category.h"
#include "engine/model/json.h"

namespace app::proof {
namespace {

using vectors::Json;
using Tell = std::function<void(std::string_view)>;

/// Kafka's vectors name a category, Spark's a kind.
std::string category_of(const Json& vector) { return vector.value("category", vector.value("kind", std::string("?"))); }

std::string name_of(const std::string& file, const Json& vector) {
    const Json id = vector.value("id", Json());
    return fmt::format("{} {}/{}", file, id.is_string() ? id.get<std::string>() : engine::json_text(id),
                       category_of(vector));
}

/// Empty if the vector holds, else the complaint.
std::string complaint_about(const Json& vector) {
    const vectors::Category* category = vectors::find_category(category_of(vector));
    if (category == nullptr) return "not built yet: " + category_of(vector);
    vectors::Verdict verdict;
    try {
        category->check(vector, verdict);
    } catch (const std::exception& error) {  // the library's way to say that a value is missing or of another kind
        return fmt::format("expected a vector of a known form, got {}", error.what());
    }
    if (!verdict.missing().empty())
        return fmt::format("not built yet: {} ({})", category_of(vector), verdict.missing());
    if (verdict.differences().empty()) return "";
    const vectors::Difference& first = verdict.differences().front();
    return fmt::format("{}expected {}, got {}", first.path.empty() ? "" : first.path + ": ", first.expected, first.got);
}

void check_file(const std::string& file, VectorTally& tally, const Tell& tell) {
    const auto fail = [&](std::string_view why) {
        ++tally.failed;
        tell(fmt::format("FAILED {}: {}", file, why));
    };
    const auto text = lab::read_file(file);
    if (!text) return fail(text.error());
    const Json content = engine::read_json<Json>(*text);
    if (content.is_discarded()) return fail("expected JSON");
    const Json list = content.is_object() ? content.value("vectors", Json()) : content;
    if (!list.is_array() || list.empty()) return fail("expected a list of vectors");
    for (const Json& vector : list) {
        const std::string complaint = complaint_about(vector);
        ++(complaint.empty() ? tally.passed : tally.failed);
        if (!complaint.empty()) tell(fmt::format("FAILED {}: {}", name_of(file, vector), complaint));
    }
}

}  // namespace

VectorTally check_vectors(std::span<const std::string> files, const Tell& tell) {
    VectorTally tally;
    for (const std::string& file : files) check_file(file, tally, tell);
    return tally;
}

int run_vectors(std::span<const std::string> files) {
    VectorTally tally;
    for (const std::string& file : files) {
        fmt::print(stderr, "checking {}\n", file);
        check_file(file, tally, [](std::string_view line) { lab::print_line(std::string(line)); });
    }
    lab::print_line(fmt::format("{} passed, {} failed", tally.passed, tally.failed));
    return tally.failed == 0 ? lab::kGood : lab::kFailed;
}

}  // namespace app::proof
