// Data types as SQL writes them: `DECIMAL(10,2)`, `ARRAY<INT>`, `STRUCT<a: INT, b: STRING>`, `INTERVAL DAY TO SECOND`.
#include <algorithm>
#include <charconv>

#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct Named {
    std::string_view word;
    TypeId id;
};

constexpr Named kPlain[] = {
    {"BOOLEAN", TypeId::boolean},
    {"TINYINT", TypeId::tinyint},
    {"BYTE", TypeId::tinyint},
    {"SMALLINT", TypeId::smallint},
    {"SHORT", TypeId::smallint},
    {"INT", TypeId::integer},
    {"INTEGER", TypeId::integer},
    {"BIGINT", TypeId::bigint},
    {"LONG", TypeId::bigint},
    {"FLOAT", TypeId::float_},
    {"REAL", TypeId::float_},
    {"DOUBLE", TypeId::double_},
    {"DATE", TypeId::date},
    {"TIMESTAMP", TypeId::timestamp},
    {"TIMESTAMP_NTZ", TypeId::timestamp_ntz},
    {"TIMESTAMP_LTZ", TypeId::timestamp},
    {"STRING", TypeId::string},
    {"BINARY", TypeId::binary},
    {"VOID", TypeId::void_},
};

constexpr std::string_view kDecimal[] = {"DECIMAL", "DEC", "NUMERIC"};

/// `(10, 2)` -> the numbers.
std::vector<int> read_sizes(Parser& p) {
    MR_ASSERT(p.at < p.tokens.size());
    std::vector<int> out;
    if (!p.accept_symbol("(")) return out;
    do {
        int v = 0;
        if (p.peek().kind != TokenKind::number) {
            if (p.peek(1).kind == TokenKind::number) p.fail_unwanted();
            else p.fail_here();
            return out;
        }
        const Token& token = p.next();
        std::from_chars(token.text.data(), token.text.data() + token.text.size(), v);
        out.push_back(v);
    } while (p.accept_symbol(","));
    p.expect_symbol(")");
    return out;
}

DataType make_decimal(Parser& p, const std::vector<int>& sizes) {
    const int precision = sizes.empty() ? 10 : sizes[0];
    const int scale = sizes.size() > 1 ? sizes[1] : 0;
    Origin nowhere;
    nowhere.text = p.text;
    if (scale > precision) {
        p.fail("_LEGACY_ERROR_TEMP_1228",
               "Decimal scale (" + std::to_string(scale) + ") cannot be greater than precision (" +
                   std::to_string(precision) + ").",
               nowhere);
        return decimal_type(10, 0);
    }
    if (precision > kMaxPrecision) {
        QueryError e = run_error("ArithmeticException", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
                                 "Decimal precision " + std::to_string(precision) + " exceeds max precision 38.", {});
        p.failure.set(std::move(e));
        p.at = static_cast<u32>(p.tokens.size() - 1);
        return decimal_type(10, 0);
    }
    return decimal_type(precision, scale);
}

}  // namespace

DataType Parser::interval_type() {
    MR_ASSERT(at < tokens.size());
    static constexpr std::string_view kFields[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};
    const auto field = [&]() -> int {
        for (int i = 0; i < 6; ++i)
            if (is_word(kFields[i])) return i;
        return -1;
    };
    const int first = field();
    if (first < 0) return type_of(TypeId::calendar);
    next();
    int last = first;
    if (accept_word("TO")) {
        last = field();
        if (last <= first || (first < 2) != (last < 2)) {
            fail_here();
            return type_of(TypeId::calendar);
        }
        next();
    }
    return first < 2 ? year_month_type(static_cast<u8>(first), static_cast<u8>(last))
                     : day_time_type(static_cast<u8>(first - 2), static_cast<u8>(last - 2));
}

std::vector<Field> Parser::fields(bool colon) {
    MR_ASSERT(at < tokens.size());
    std::vector<Field> out;
    do {
        Field field;
        field.name = identifier();
        if (colon) accept_symbol(":");
        else accept_symbol(":");
        field.type = data_type();
        if (accept_word("NOT")) {
            expect_word("NULL");
            field.nullable = false;
        }
        if (accept_word("COMMENT")) next();
        out.push_back(std::move(field));
    } while (accept_symbol(","));
    return out;
}

DataType Parser::nested_type(const std::string& word) {
    MR_ASSERT(at < tokens.size());
    if (word == "STRUCT" && accept_symbol("<>")) return struct_type({});
    expect_symbol("<");
    DataType out;
    if (word == "ARRAY") {
        out = array_type(data_type(), true);
    } else if (word == "MAP") {
        const DataType key = data_type();
        expect_symbol(",");
        out = map_type(key, data_type(), true);
    } else {
        out = struct_type(is_symbol(">") ? std::vector<Field>{} : fields(true));
    }
    expect_symbol(">");
    return out;
}

DataType Parser::data_type() {
    MR_ASSERT(at < tokens.size());
    if (!enter()) return {};
    const Origin start = here();
    if (!at_identifier()) {
        fail_here();
        leave();
        return {};
    }
    const Token token = next();
    DataType out;
    bool found = false;
    for (const Named& named : kPlain)
        if (named.word == token.upper) out = type_of(named.id), found = true;
    if (found) {
        leave();
        return out;
    }
    if ((token.upper == "ARRAY" || token.upper == "MAP" || token.upper == "STRUCT") &&
        (is_symbol("<") || is_symbol("<>")))
        out = nested_type(token.upper);
    else if (token.upper == "INTERVAL") out = interval_type();
    else if (std::find(std::begin(kDecimal), std::end(kDecimal), token.upper) != std::end(kDecimal))
        out = make_decimal(*this, read_sizes(*this));
    else if ((token.upper == "CHAR" || token.upper == "VARCHAR" || token.upper == "CHARACTER") && is_symbol("(")) {
        read_sizes(*this);
        out = type_of(TypeId::string);
    } else {
        std::string shown = token.upper.empty() ? token.text : token.upper;
        if (is_symbol("(")) {
            const auto sizes = read_sizes(*this);
            shown += "(";
            for (std::size_t i = 0; i < sizes.size(); ++i) shown += (i ? ", " : "") + std::to_string(sizes[i]);
            shown += ")";
        }
        if (token.upper == "CHAR" || token.upper == "VARCHAR" || token.upper == "CHARACTER")
            fail("DATATYPE_MISSING_SIZE",
                 "DataType \"" + shown + "\" requires a length parameter, for example \"" + shown +
                     "\"(10). Please specify the length.",
                 start);
        else if (token.upper == "ARRAY" || token.upper == "MAP" || token.upper == "STRUCT")
            fail("INCOMPLETE_TYPE_DEFINITION." + token.upper,
                 token.upper == "ARRAY" ? "Incomplete complex type: The definition of \"ARRAY\" type is incomplete. "
                                          "You must provide an element type. For example: \"ARRAY<INT>\"."
                 : token.upper == "MAP"
                     ? "Incomplete complex type: The definition of \"MAP\" type is incomplete. You must provide a key "
                       "type and a value type. For example: \"MAP<TIMESTAMP, INT>\"."
                     : "Incomplete complex type: The definition of \"STRUCT\" type is incomplete. You must provide at "
                       "least one field type. For example: \"STRUCT<name STRING, age INT>\".",
                 start);
        else fail("UNSUPPORTED_DATATYPE", "Unsupported data type \"" + shown + "\".", start);
    }
    leave();
    return out;
}

}  // namespace engine::spark
