// approxQuantile, corr, cov: statistics of columns, which run at once. describe and summary, which are frames.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/pyspark/frames.h"
#include "engine/pyspark/gateway.h"
#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

bool two_columns(Interpreter& in, const Args& args) {
    static constexpr const char* kNames[] = {"col1", "col2"};
    for (std::size_t i = 0; i < 2 && i < args.positional.size(); ++i)
        if (args.positional[i].kind != Kind::text)
            return raise_type(in, "NOT_STR", kNames[i], "a str", args.positional[i]), false;
    return true;
}

bool quantile_arguments(Interpreter& in, const Args& args) {
    const Bound b = bind_args(in, "DataFrame.approxQuantile", "col, probabilities, relativeError", args);
    const auto list = [](const PyValue& v) { return v.kind == Kind::list || v.kind == Kind::tuple; };
    const auto number = [](const PyValue& v) { return v.kind == Kind::integer || v.kind == Kind::real; };
    if (!in.ok()) return false;
    if (b[0].kind != Kind::text && !list(b[0]))
        return raise_type(in, "NOT_LIST_OR_STR_OR_TUPLE", "col", "a list, str or tuple", b[0]), false;
    if (!list(b[1])) return raise_type(in, "NOT_LIST_OR_TUPLE", "probabilities", "a list or tuple", b[1]), false;
    for (const PyValue& p : b[1].object->items) {
        const double share = p.kind == Kind::real ? p.d : static_cast<double>(p.i);
        if (!number(p) || share < 0 || share > 1)
            return raise_type(in, "NOT_LIST_OF_FLOAT_OR_INT", "probabilities", "a list[float, int]", p), false;
    }
    if (!number(b[2])) return raise_type(in, "NOT_FLOAT_OR_INT", "relativeError", "a float or int", b[2]), false;
    const bool negative = b[2].kind == Kind::real ? b[2].d < 0 : b[2].i < 0;
    if (negative)
        in.raise("PySparkValueError", fmt::format("[NEGATIVE_VALUE] Value for `relativeError` must be greater than or "
                                                  "equal to 0, got '{}'.",
                                                  text_of(b[2])));
    return !negative;
}

}  // namespace

/// Statistics of columns: they run at once, over numbers only.
PyValue statistic(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const bool quantile = name == "approxQuantile";
    if (quantile ? !quantile_arguments(in, args) : !two_columns(in, args)) return none();
    std::vector<PyValue> names;
    for (const PyValue& v : args.positional) {
        if (v.kind == Kind::text) names.push_back(v);
        else if (quantile && names.empty() && v.object) names = in.iterate(v);
        if (quantile && !names.empty()) break;
    }
    for (const PyValue& v : names)
        for (const ExprRef& c : output_of(*self.object->plan)) {
            if (!same_name(c->name, v.s) || is_numeric(c->type)) continue;
            if (quantile)
                in.raise(illegal_argument(fmt::format(
                    "requirement failed: Quantile calculation for column {} with data type {} is not supported.",
                    c->name, class_name(c->type))));
            else
                in.raise(illegal_argument(fmt::format(
                    "requirement failed: Currently {} calculation for columns with dataType {} not supported.",
                    name == "cov" ? "covariance" : "correlation", catalog_name(c->type))));
            return none();
        }
    (void)in.must(in.host.rows(self.object->plan, 1));
    if (in.ok()) in.raise("NotImplementedError", fmt::format("unsupported Python: DataFrame.{}", name));
    return none();
}

namespace {

ExprRef call_over(const char* name, Exprs args) { return engine::spark::function(name, std::move(args)); }

/// The share that `25%` names; none if the text is no share.
std::optional<double> share_of(const std::string& statistic) {
    if (!statistic.ends_with("%")) return std::nullopt;
    const auto number = parse_decimal(std::string_view(statistic).substr(0, statistic.size() - 1));
    if (!number) return std::nullopt;
    const auto thousandths = to_unscaled(*number, 3);
    return thousandths ? std::optional(static_cast<double>(*thousandths) / 100'000.0) : std::nullopt;
}

/// What a summary asks for; texts are read as numbers where numbers are needed.
struct Summary {
    std::vector<std::string> statistics;
    Values shares;
};

ExprRef statistic_of(const Summary& s, const std::string& statistic, const ExprRef& column, const ExprRef& number,
                     i64& share) {
    MR_ASSERT(column != nullptr && number != nullptr);
    if (statistic == "mean") return call_over("avg", {number});
    if (statistic == "stddev") return call_over("stddev", {number});
    if (statistic == "count_distinct") return edit(call_over("count", {column}), [](Expr& e) { e.distinct = true; });
    if (!statistic.ends_with("%")) return call_over(statistic.c_str(), {column});
    const ExprRef shares = literal(list_value(s.shares), array_type(type_of(TypeId::double_), false));
    const ExprRef all = call_over("percentile_approx", {number, shares, int_literal(10000)});
    return call_over("get", {all, int_literal(share++)});
}

/// `map('count', CAST(count(c) AS STRING), ..) AS c`
ExprRef summary_of(Interpreter& in, const Summary& s, const ExprRef& attribute) {
    MR_ASSERT(attribute->kind == ExprKind::attribute);
    const DataType text = type_of(TypeId::string);
    const ExprRef column = name_of({attribute->name});
    ExprRef number = column;
    if (attribute->type.id == TypeId::string)
        number = edit(cast_to(column, type_of(TypeId::double_), false), [](Expr& e) { e.is_try = true; });
    Exprs pairs;
    i64 share = 0;
    for (const std::string& statistic : s.statistics)
        for (const ExprRef& e : {string_literal(statistic), statistic_of(s, statistic, column, number, share)})
            pairs.push_back(cast_to(e, text, false));
    return alias_of(call_over("map", std::move(pairs)), attribute->name, in.session.ids.take());
}

PyValue list_over(Interpreter& in, const PyValue& frame, Exprs items) {
    Plan p = node_over(frame, PlanKind::project);
    p.exprs = std::move(items);
    return frame_of(in, make(std::move(p)));
}

/// False with the refusal raised.
bool known_statistics(Interpreter& in, Summary& s) {
    for (const std::string& name : s.statistics) {
        static constexpr std::string_view kKnown[] = {
            "count", "count_distinct", "approx_count_distinct", "mean", "stddev", "min", "max"};
        const auto share = share_of(name);
        if (share) s.shares.push_back(real_value(*share));
        if (share || std::ranges::find(kKnown, name) != std::end(kKnown)) continue;
        if (name.ends_with("%")) in.raise(illegal_argument(fmt::format("Unable to parse {} as a percentile", name)));
        else in.raise(illegal_argument(fmt::format("{} is not a recognised statistic", name)));
        return false;
    }
    return true;
}

}  // namespace

PyValue summarised(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(name == "describe" || name == "summary");
    std::vector<std::string> words;
    for (const PyValue& v : args.positional)
        for (const PyValue& word : v.kind == Kind::text ? std::vector{v} : in.iterate(v))
            words.push_back(text_of(word));
    if (!in.ok()) return none();
    Summary s{{"count", "mean", "stddev", "min", "max"}, {}};
    if (name == "summary") s.statistics = {"count", "mean", "stddev", "min", "25%", "50%", "75%", "max"};
    if (name == "summary" && !words.empty()) s.statistics = words;
    if (!known_statistics(in, s)) return none();
    PyValue base = self;
    if (name == "describe" && !words.empty()) {
        Exprs chosen;
        for (const std::string& w : words) chosen.push_back(name_of({w}));
        base = list_over(in, self, std::move(chosen));
    }
    if (!in.ok()) return none();
    Exprs maps, columns, shown = {name_of({"summary"})};
    for (const ExprRef& c : output_of(*base.object->plan)) {
        if (!is_numeric(c->type) && c->type.id != TypeId::string) continue;
        maps.push_back(summary_of(in, s, c));
        columns.push_back(name_of({c->name}));
        shown.push_back(alias_of(call_over("element_at", {name_of({c->name}), name_of({"summary"})}), c->name,
                                 in.session.ids.take()));
    }
    if (maps.empty()) return in.raise("NotImplementedError", "unsupported Python: a summary of no columns"), none();
    Values texts;
    for (const std::string& statistic : s.statistics) texts.push_back(string_value(statistic));
    const ExprRef rows = literal(list_value(std::move(texts)), array_type(type_of(TypeId::string), false));
    columns.push_back(alias_of(call_over("explode", {rows}), "summary", in.session.ids.take()));
    const PyValue wide = list_over(in, base, std::move(maps));
    const PyValue tall = in.ok() ? list_over(in, wide, std::move(columns)) : none();
    return in.ok() ? list_over(in, tall, std::move(shown)) : none();
}

}  // namespace engine::spark::py
