#include "engine/tools/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/base/assert.h"

namespace engine::tools {
namespace {

std::unexpected<OptionError> complain(std::string_view type, std::string message) {
    return std::unexpected(OptionError{fmt::format("joptsimple.{}", type), std::move(message)});
}

std::unexpected<OptionError> unrecognized(std::string_view name) {
    return complain("UnrecognizedOptionException", fmt::format("{} is not a recognized option", name));
}

const OptionSpec* find_spec(OptionSpecs specs, std::string_view name) {
    MR_ASSERT(!specs.empty());
    const auto at = std::ranges::find(specs, name, &OptionSpec::name);
    return at == specs.end() ? nullptr : &*at;
}

/// Name and argument of a word such as --name=argument, without its dashes.
struct OptionWord {
    std::string_view name;
    std::string_view argument;
};
OptionWord take_apart(std::string_view word) {
    MR_ASSERT(word.size() >= 2 && word.front() == '-');
    const std::string_view body = word.substr(word.starts_with("--") ? 2 : 1);
    const std::size_t equals = std::min(body.find('='), body.size());
    MR_ASSERT(equals <= body.size());
    return {body.substr(0, equals), body.substr(std::min(equals + 1, body.size()))};
}

bool looks_like_option(std::string_view word) { return word.size() > 1 && word.starts_with('-'); }

/// An argument as a number of this width.
template <class Number>
std::expected<Number, OptionError> parsed(const OptionValues& values, std::string_view name, Number otherwise) {
    const auto text = text_of(values, name);
    if (!text) return std::unexpected(text.error());
    if (text->empty()) return otherwise;
    MR_ASSERT(values.has(name));
    Number number = 0;
    const char* first = text->data() + (text->starts_with('+') ? 1 : 0);
    const char* last = text->data() + text->size();
    const auto [end, status] = std::from_chars(first, last, number);
    if (status != std::errc{} || end != last) return std::unexpected(cannot_parse(*text, name));
    return number;
}

}  // namespace

std::vector<std::string> OptionValues::all(std::string_view name) const {
    const std::vector<std::string>* found = values.find(name);
    return found == nullptr ? std::vector<std::string>{} : *found;
}

std::string OptionValues::last(std::string_view name) const {
    const std::vector<std::string>* found = values.find(name);
    return found == nullptr || found->empty() ? std::string{} : found->back();
}

std::string OptionValues::property(std::string_view name, std::string otherwise) const {
    for (const std::string& given : all("property")) {
        if (given == name) otherwise = "";   // without "=" it is set to nothing
        else if (given.size() > name.size() && given.starts_with(name) && given[name.size()] == '=')
            otherwise = given.substr(name.size() + 1);
    }
    return otherwise;
}

std::expected<OptionValues, OptionError> parse_options(OptionSpecs specs, std::span<const std::string> words) {
    OptionValues parsed;
    for (std::size_t at = 0; at < words.size() && words[at] != "--"; ++at) {
        const std::string& word = words[at];
        if (word.size() < 2 || !word.starts_with('-')) continue;
        const OptionWord given = take_apart(word);
        const OptionSpec* spec = find_spec(specs, given.name);
        if (spec == nullptr) return unrecognized(word.starts_with("--") ? given.name : given.name.substr(0, 1));
        std::vector<std::string>& arguments = parsed.values[std::string(spec->name)];
        if (spec->argument == ArgumentKind::none) continue;
        if (spec->argument == ArgumentKind::optional_text && given.argument.empty() &&
            (at + 1 == words.size() || looks_like_option(words[at + 1])))
            continue;
        if (given.argument.empty() && at + 1 == words.size())
            return complain("OptionMissingRequiredArgumentException",
                            fmt::format("Option {} requires an argument", spec->name));
        arguments.push_back(given.argument.empty() ? words[++at] : std::string(given.argument));
        MR_ASSERT(at < words.size());
    }
    return parsed;
}

std::expected<std::string, OptionError> text_of(const OptionValues& values, std::string_view name) {
    const std::vector<std::string>* found = values.values.find(name);
    if (found == nullptr || found->empty()) return "";
    MR_ASSERT(!name.empty());
    if (found->size() > 1)
        return complain("MultipleArgumentsForOptionException",
                        fmt::format("Found multiple arguments for option {}, but you asked for only one", name));
    return found->front();
}

std::expected<i32, OptionError> number_of(const OptionValues& values, std::string_view name, i32 otherwise) {
    return parsed(values, name, otherwise);
}

std::expected<i64, OptionError> long_of(const OptionValues& values, std::string_view name, i64 otherwise) {
    return parsed(values, name, otherwise);
}

std::string not_together(std::string_view used, std::string_view other) {
    MR_ASSERT(used != other);
    return fmt::format("Option \"[{}]\" can't be used with option \"[{}]\"", used, other);
}

OptionError cannot_parse(std::string_view argument, std::string_view name) {
    MR_ASSERT(!name.empty());
    return {"joptsimple.OptionArgumentConversionException",
            fmt::format("Cannot parse argument '{}' of option {}", argument, name)};
}

}  // namespace engine::tools
