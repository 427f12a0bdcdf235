// Texts of generated records: plain text with holes in braces, as in "customer-{n % 4}".
//
// A hole holds an integer expression over n, the number of the record (0 for the first): whole numbers, n,
// + - * / % and parentheses. Arithmetic is that of Java's long: it wraps, and / and % round towards zero. What
// stands behind / or % must be a number, not n, and not 0, so that no record can fail. {{ and }} stand for one brace.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/ids.h"

namespace engine::client {

enum class TemplateOp : u8 { text, number, n, add, subtract, multiply, divide, modulo, negate, print };

/// One step of a compiled template. Expressions are in postfix order; `print` ends one.
struct TemplateStep {
    TemplateOp op = TemplateOp::text;
    i64 number = 0;
    std::string text;

    friend bool operator==(const TemplateStep&, const TemplateStep&) = default;
};

struct RecordTemplate {
    std::vector<TemplateStep> steps;

    [[nodiscard]] bool empty() const { return steps.empty(); }
    friend bool operator==(const RecordTemplate&, const RecordTemplate&) = default;
};

struct TemplateError {
    u32 column = 0;        // of the text, from 1
    std::string message;   // what is wrong, and what to write instead
};

std::expected<RecordTemplate, TemplateError> compile_template(std::string_view text);
/// The text of record n.
std::string fill(const RecordTemplate& compiled, i64 n);

}  // namespace engine::client
