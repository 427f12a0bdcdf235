// Options of a command-line tool, parsed as Kafka's tools do it: with joptsimple's rules and its complaints.
//
// --name value, --name=value, and -name where a tool has it; an option that needs an argument takes the next word
// whatever it is, one that may have an argument only if it does not look like an option; -- ends options; other words
// are passed over. Names are never abbreviated. Arguments are looked at when they are asked for, so a wrong number is
// reported after what the tool checks first.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/ids.h"
#include "sim/base/flat_map.h"

namespace engine::tools {

/// optional_text may be left out.
enum class ArgumentKind : u8 { none, text, number, optional_text };

struct OptionSpec {
    std::string_view name;
    ArgumentKind argument = ArgumentKind::none;
    std::string_view placeholder = {};   // what the argument is, for the usage text
    std::string_view description = {};
};
/// Whether a table of options is as it must be: no name twice, and each argument says what it is.
constexpr bool is_sound(std::span<const OptionSpec> specs) {
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if ((specs[i].argument == ArgumentKind::none) != specs[i].placeholder.empty()) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (specs[i].name == specs[j].name) return false;
    }
    return true;
}
using OptionSpecs = std::span<const OptionSpec>;

/// What was given: name -> arguments in order; an option without argument has none.
struct OptionValues {
    sim::FlatMap<std::string, std::vector<std::string>> values;

    [[nodiscard]] bool has(std::string_view name) const { return values.contains(name); }
    /// All arguments of an option.
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    /// The last of them; "" if there is none.
    [[nodiscard]] std::string last(std::string_view name) const;
    /// What `--property name=...` says, the last that names it; `otherwise` if none does.
    [[nodiscard]] std::string property(std::string_view name, std::string otherwise = "") const;
};

/// A complaint of the parser, with the class of the exception that carries it.
struct OptionError {
    std::string type;
    std::string message;
};

std::expected<OptionValues, OptionError> parse_options(OptionSpecs specs, std::span<const std::string> words);
/// The argument of an option that may be given once; "" if it was not.
std::expected<std::string, OptionError> text_of(const OptionValues& values, std::string_view name);
/// The same as a number; `otherwise` if it was not given.
std::expected<i32, OptionError> number_of(const OptionValues& values, std::string_view name, i32 otherwise);
/// The same as a Long.
std::expected<i64, OptionError> long_of(const OptionValues& values, std::string_view name, i64 otherwise);
/// `Option "[a]" can't be used with option "[b]"`.
std::string not_together(std::string_view used, std::string_view other);
OptionError cannot_parse(std::string_view argument, std::string_view name);

/// The table of options that follows a complaint of usage: two columns in 80.
std::string usage_table(OptionSpecs specs);

}  // namespace engine::tools
