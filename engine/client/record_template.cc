// Sections: arithmetic; expressions; texts; filling.
#include "engine/client/record_template.h"

#include <fmt/format.h>

#include <charconv>

#include "sim/base/assert.h"

namespace engine::client {
namespace {

using Op = TemplateOp;

constexpr u32 kDeepestNesting = 32;
static_assert(static_cast<i64>(-7) / 2 == -3 && static_cast<i64>(-7) % 2 == -1);  // rounding as documented

// ---- arithmetic ---------------------------------------------------------------------------------

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
u64 bits(i64 value) { return static_cast<u64>(value); }

i64 divided(Op op, i64 a, i64 b) {
    MR_ASSERT(b != 0);
    if (b == -1) return op == Op::divide ? static_cast<i64>(0 - bits(a)) : 0;  // the quotient may not fit
    return op == Op::divide ? a / b : a % b;
}

i64 applied(Op op, i64 a, i64 b) {
    switch (op) {
        case Op::add: return static_cast<i64>(bits(a) + bits(b));
        case Op::subtract: return static_cast<i64>(bits(a) - bits(b));
        case Op::multiply: return static_cast<i64>(bits(a) * bits(b));
        case Op::divide:
        case Op::modulo: return divided(op, a, b);
        case Op::text: case Op::number: case Op::n: case Op::negate: case Op::print: break;
    }
    MR_ASSERT(false);
    return 0;
}

// ---- expressions --------------------------------------------------------------------------------

/// The value of a compiled expression that does not use n, in `known`; false if it does.
bool is_constant(const std::vector<TemplateStep>& steps, std::size_t from, i64& known) {
    std::vector<i64> stack;
    for (std::size_t i = from; i < steps.size(); ++i) {
        const TemplateStep& step = steps[i];
        if (step.op == Op::n) return false;
        if (step.op == Op::number) { stack.push_back(step.number); continue; }
        MR_ASSERT(step.op != Op::text && step.op != Op::print && !stack.empty());
        const i64 right = stack.back();
        stack.pop_back();
        if (step.op == Op::negate) { stack.push_back(applied(Op::subtract, 0, right)); continue; }
        stack.back() = applied(step.op, stack.back(), right);
    }
    MR_ASSERT(stack.size() == 1);
    known = stack.back();
    return true;
}

/// Compiles one template. Stops at the first mistake.
class Compiler {
public:
    explicit Compiler(std::string_view text) : text_(text) {}

    std::expected<RecordTemplate, TemplateError> compile() {
        while (good() && at_ < text_.size()) compile_next();
        flush_text();
        if (!good()) return std::unexpected(std::move(error_));
        return std::move(out_);
    }

private:
    [[nodiscard]] bool good() const { return error_.column == 0; }
    [[nodiscard]] char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skip_blanks() { while (here() == ' ') ++at_; }
    void emit(Op op, i64 number = 0) { out_.steps.push_back({op, number, ""}); }
    void fail(std::size_t at, std::string message) {
        if (good()) error_ = {static_cast<u32>(at) + 1, std::move(message)};
    }

    void flush_text() {
        if (plain_.empty()) return;
        out_.steps.push_back({Op::text, 0, std::move(plain_)});
        plain_.clear();
    }

    void compile_next() {
        MR_ASSERT(at_ < text_.size());
        const char c = here();
        const bool doubled = (c == '{' || c == '}') && at_ + 1 < text_.size() && text_[at_ + 1] == c;
        if (doubled) ++at_;
        else if (c == '}') return fail(at_, "this } closes nothing: write }} for a brace");
        else if (c == '{') return hole();
        plain_ += c;
        ++at_;
    }

    void hole() {
        MR_ASSERT(here() == '{');
        const std::size_t opened = at_++;
        flush_text();
        sum(0);
        if (good() && here() == '\0')
            return fail(opened, "this { is not closed: write } behind the expression, or {{ for a brace");
        if (good() && here() != '}')
            return fail(
                at_, fmt::format("'{}' does not belong here: an expression has numbers, n, + - * / % and parentheses",
                                 here()));
        ++at_;
        emit(Op::print);
    }

    void sum(u32 depth) {
        MR_ASSERT(depth <= kDeepestNesting);
        product(depth);
        for (skip_blanks(); good() && (here() == '+' || here() == '-'); skip_blanks()) {
            const Op op = here() == '+' ? Op::add : Op::subtract;
            ++at_;
            product(depth);
            emit(op);
        }
    }

    void product(u32 depth) {
        factor(depth);
        for (skip_blanks(); good() && (here() == '*' || here() == '/' || here() == '%'); skip_blanks()) {
            const Op op = here() == '*' ? Op::multiply : here() == '/' ? Op::divide : Op::modulo;
            ++at_;
            skip_blanks();
            const std::size_t at = at_;
            const std::size_t first = out_.steps.size();
            factor(depth);
            if (good() && op != Op::multiply) check_divisor(at, first);
            emit(op);
        }
    }

    void check_divisor(std::size_t at, std::size_t first) {
        MR_ASSERT(first < out_.steps.size());
        i64 divisor = 0;
        if (!is_constant(out_.steps, first, divisor))
            fail(at, "what stands behind / or % must be a number: n may be 0 there");
        else if (divisor == 0) fail(at, "nothing can be divided by 0: write another number");
    }

    void factor(u32 depth) {
        MR_ASSERT(depth <= kDeepestNesting);
        skip_blanks();
        if (depth >= kDeepestNesting)
            return fail(at_, fmt::format("parentheses are nested more than {} deep: take some out", kDeepestNesting));
        if (here() == '-') {
            ++at_;
            factor(depth + 1);
            emit(Op::negate);
        } else if (here() == '(') parenthesis(depth);
        else if (is_digit(here())) number();
        else if (is_letter(here())) word();
        else
            fail(at_, here() == '\0' || here() == '}'
                          ? "a number or n is missing here"
                          : fmt::format("'{}' cannot begin a number: write a number, n or a parenthesis", here()));
    }

    void parenthesis(u32 depth) {
        MR_ASSERT(here() == '(' && depth < kDeepestNesting);
        const std::size_t opened = at_++;
        sum(depth + 1);
        if (good() && here() != ')') return fail(opened, "this ( is not closed: write ) behind the sum");
        ++at_;
    }

    void number() {
        MR_ASSERT(is_digit(here()));
        i64 value = 0;
        const auto [end, status] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        if (status != std::errc{}) return fail(at_, "this number is too large: the largest is 9223372036854775807");
        at_ = static_cast<std::size_t>(end - text_.data());
        emit(Op::number, value);
    }

    void word() {
        MR_ASSERT(is_letter(here()));
        const std::size_t from = at_;
        while (is_letter(here()) || is_digit(here())) ++at_;
        const std::string_view name = text_.substr(from, at_ - from);
        if (name != "n") return fail(from, fmt::format("'{}' is not known here: the number of the record is n", name));
        emit(Op::n);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string plain_;
    RecordTemplate out_;
    TemplateError error_;
};

i64 pop(std::vector<i64>& stack) {
    MR_ASSERT(!stack.empty());
    const i64 top = stack.back();
    stack.pop_back();
    return top;
}

}  // namespace

std::expected<RecordTemplate, TemplateError> compile_template(std::string_view text) {
    return Compiler(text).compile();
}

std::string fill(const RecordTemplate& compiled, i64 n) {
    std::string text;
    std::vector<i64> stack;
    for (const TemplateStep& step : compiled.steps) {
        if (step.op == Op::text) text += step.text;
        else if (step.op == Op::number) stack.push_back(step.number);
        else if (step.op == Op::n) stack.push_back(n);
        else if (step.op == Op::print) text += std::to_string(pop(stack));
        else if (step.op == Op::negate) stack.back() = applied(Op::subtract, 0, stack.back());
        else {
            const i64 right = pop(stack);
            stack.back() = applied(step.op, stack.back(), right);
        }
    }
    MR_ASSERT(stack.empty());
    return text;
}

}  // namespace engine::client
