// What a check of vectors is: code that puts a vector's input into the real engine and tells a verdict what it
// expected and what it got. No check knows a rule of Kafka or Spark; it only knows which function has it.
//
// A new category is one line in the table of its group; a new group one line in category.cc.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace app::proof::vectors {

/// In the order of the file: maps of topics are listed as they were recorded.
using Json = nlohmann::ordered_json;

struct Difference {
    std::string path;      // within what was expected
    std::string expected;
    std::string got;
};

/// What a check found out about one vector.
class Verdict {
public:
    /// Everything that `expected` names must be in `got`, and equal; `got` may say more.
    void same(const Json& expected, const Json& got);
    /// There is nothing in the engine yet that could answer.
    void not_built(std::string what) { missing_ = std::move(what); }

    [[nodiscard]] const std::vector<Difference>& differences() const { return differences_; }
    [[nodiscard]] const std::string& missing() const { return missing_; }

private:
    void compare(const std::string& path, const Json& expected, const Json& got);

    std::vector<Difference> differences_;
    std::string missing_;
};

struct Category {
    std::string_view name;
    void (*check)(const Json& vector, Verdict& verdict);
};

/// Nullptr if nobody checks this category yet.
const Category* find_category(std::string_view name);

// ---- the groups, a file each ----------------------------------------------------------------------

std::span<const Category> number_categories();
std::span<const Category> message_categories();
std::span<const Category> batch_categories();
std::span<const Category> assignor_categories();
std::span<const Category> epoch_categories();
std::span<const Category> producer_categories();
std::span<const Category> log_categories();
std::span<const Category> compaction_categories();
std::span<const Category> partition_categories();
std::span<const Category> placement_categories();
std::span<const Category> spark_rule_categories();
std::span<const Category> stream_categories();
std::span<const Category> stream_check_categories();

}  // namespace app::proof::vectors
