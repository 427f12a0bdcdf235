#include "engine/plan/functions.h"

#include <algorithm>
#include <charconv>

#include "engine/plan/coerce.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

bool EvalContext::spend(i64 steps, i64 bytes) {
    budget.steps -= steps;
    budget.bytes -= bytes;
    if (budget.steps >= 0 && budget.bytes >= 0) return true;
    QueryError error{"SparkRuntimeException",
                     "org.apache.spark.SparkRuntimeException",
                     "",
                     "",
                     budget.bytes < 0 ? "The statement was stopped: it needs more memory than a statement may use."
                                      : "The statement was stopped: it takes more steps than a statement may use.",
                     true};
    failure.set(std::move(error));
    return false;
}

Value Call::fail(const std::string& exception, const std::string& error_class, const std::string& text,
                 bool context) const {
    Origin nowhere;
    cx.failure.set(run_error(exception, error_class, text, context ? e.at : nowhere));
    return null_value();
}

namespace {

struct Alias {
    std::string_view name;
    std::string_view target;
    bool shown;  ///< whether headings keep the name as typed
};

constexpr Alias kAliases[] = {
    {"ucase", "upper", true},
    {"lcase", "lower", true},
    {"substr", "substring", true},
    {"char_length", "length", true},
    {"character_length", "length", true},
    {"len", "length", true},
    {"power", "pow", true},
    {"ceiling", "ceil", true},
    {"sign", "signum", true},
    {"dayofmonth", "day", true},
    {"std", "stddev_samp", true},
    {"stddev", "stddev_samp", true},
    {"variance", "var_samp", true},
    {"mean", "avg", true},
    {"first_value", "first", true},
    {"last_value", "last", true},
    {"some", "bool_or", true},
    {"any", "bool_or", true},
    {"every", "bool_and", true},
    {"array_agg", "collect_list", false},
    {"position", "locate", true},
    {"printf", "format_string", true},
    {"regexp", "rlike", true},
    {"regexp_like", "rlike", true},
    {"mod", "%", true},
    {"char", "chr", true},
    {"cardinality", "size", true},
    {"reduce", "aggregate", true},
    {"random", "rand", false},
    {"date_diff", "datediff", true},
    {"dateadd", "date_add", false},
    {"now", "current_timestamp", true},
    {"curdate", "current_date", false},
    {"sha", "sha1", true},
    {"percentile_approx", "approx_percentile", true},
    {"to_unix_timestamp", "to_unix_timestamp", true},
    {"datepart", "date_part", true},
    {"ifnull", "ifnull", true},
    {"regr_avgx", "regr_avgx", true},
    {"localtimestamp", "localtimestamp", true},
    {"user", "current_user", false},
    {"current_database", "current_schema", true},
};

std::vector<const FunctionInfo*> collect() {
    std::vector<const FunctionInfo*> out;
    for (const auto part :
         {operator_functions(), conditional_functions(), interval_functions(), math_functions(), string_functions(),
          regex_functions(), text_functions(), charset_functions(), date_functions(), time_functions(),
          collection_functions(), array_set_functions(), sequence_functions(), map_functions(), lambda_functions(),
          json_functions(), hash_functions(), misc_functions(), aggregate_functions(), window_functions(),
          generator_functions()})
        for (const FunctionInfo& fn : part) out.push_back(&fn);
    std::stable_sort(out.begin(), out.end(), [](const FunctionInfo* a, const FunctionInfo* b) {
        return std::string_view(a->name) < std::string_view(b->name);
    });
    return out;
}

const std::vector<const FunctionInfo*>& table() {
    static const std::vector<const FunctionInfo*> kTable = collect();
    return kTable;
}

const FunctionInfo* exact(std::string_view name) {
    const auto& all = table();
    const auto it = std::lower_bound(all.begin(), all.end(), name, [](const FunctionInfo* fn, std::string_view wanted) {
        return std::string_view(fn->name) < wanted;
    });
    return it != all.end() && std::string_view((*it)->name) == name ? *it : nullptr;
}

}  // namespace

std::span<const FunctionInfo* const> all_functions() { return table(); }

std::vector<std::string_view> function_aliases() {
    std::vector<std::string_view> out;
    for (const Alias& alias : kAliases)
        if (find_function(alias.name) != nullptr) out.push_back(alias.name);
    return out;
}

const FunctionInfo* find_function(std::string_view name, bool operators) {
    const std::string lower = sim::lower_ascii(name);
    if (const FunctionInfo* fn = exact(lower)) return fn->hidden && !operators ? nullptr : fn;
    for (const Alias& alias : kAliases)
        if (alias.name == lower) return exact(alias.target);
    return nullptr;
}

ExprRef bound_call(std::string name, Exprs args, i64 k) {
    Expr call;
    call.kind = ExprKind::call;
    call.fn = find_function(name, true);
    MR_ASSERT(call.fn != nullptr);
    call.name = std::move(name);
    call.args = std::move(args);
    call.k = k;
    return make(std::move(call));
}

std::string shown_name(const FunctionInfo& fn, const std::string& typed) {
    const std::string lower = sim::lower_ascii(typed);
    if (lower == fn.name || lower.empty()) return fn.shown ? fn.shown : fn.name;
    for (const Alias& alias : kAliases)
        if (alias.name == lower && alias.shown) return lower;
    return fn.shown ? fn.shown : fn.name;
}

Arity arity_of(const FunctionInfo& fn) {
    Arity out;
    std::string_view rest = fn.args;
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view one = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        const bool optional = one.find('?') != std::string_view::npos || one.find('=') != std::string_view::npos;
        if (one.back() == '*') out.most = -1;
        else if (one.back() == '+') ++out.least, out.most = -1;
        else {
            if (!optional) ++out.least;
            if (out.most >= 0) ++out.most;
        }
    }
    return out;
}

Exprs default_arguments(const FunctionInfo& fn, std::size_t given) {
    Exprs out;
    std::string_view rest = fn.args;
    for (std::size_t i = 0; !rest.empty(); ++i) {
        const std::size_t comma = rest.find(',');
        const std::string_view one = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        const std::size_t equal = one.find('=');
        if (i < given || equal == std::string_view::npos) continue;
        const std::string_view text = one.substr(equal + 1);
        if (one[0] == 'S')
            out.push_back(string_literal(text == "comma"   ? ","
                                         : text == "space" ? " "
                                         : text == "colon" ? ":"
                                                           : std::string(text)));
        else if (one[0] == 'Z') out.push_back(bool_literal(text == "true"));
        else if (text == "null") out.push_back(null_literal());
        else {
            i64 v = 0;
            std::from_chars(text.data(), text.data() + text.size(), v);
            out.push_back(int_literal(v));
        }
    }
    return out;
}

}  // namespace engine::spark
