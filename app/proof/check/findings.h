// What the checks of a lesson found: rule, weight, place, sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/lab/lesson/place.h"

namespace app::proof {

using lab::Place;

enum class Level : sim::u8 { error, warning };

struct Finding {
    int lint = 0;                      // number of the rule in `lint_table`
    Level level = Level::error;
    std::string path;
    Place place;                       // line 0: the file as a whole
    std::string message;
};

/// Collects findings. Rules only say where and what; which rule and which file is set by who runs them.
class Findings {
public:
    /// All that follows is said by this rule about this file.
    void begin(int lint, Level level, std::string path);
    void add(Place place, std::string message) { add(level_, place, std::move(message)); }
    /// A weaker finding than the rule's usual one.
    void warn(Place place, std::string message) { add(Level::warning, place, std::move(message)); }
    void add(Level level, Place place, std::string message);

    [[nodiscard]] const std::vector<Finding>& all() const { return all_; }
    [[nodiscard]] int errors() const;
    [[nodiscard]] int warnings() const { return static_cast<int>(all_.size()) - errors(); }
    /// How often a rule was broken.
    [[nodiscard]] int of_lint(int lint) const;
    /// By file, in the order of the file.
    void sort();

private:
    std::vector<Finding> all_;
    int lint_ = 0;
    Level level_ = Level::error;
    std::string path_;
};

/// "file:line:column: E14: message".
std::string render(const Finding& finding);
/// One line each.
std::string render(const Findings& findings);

}  // namespace app::proof
