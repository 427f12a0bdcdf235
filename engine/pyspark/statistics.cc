// approxQuantile, corr, cov: statistics of columns, which run at once.
#include <fmt/format.h>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/pyspark/frames.h"
#include "engine/pyspark/gateway.h"
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

}  // namespace engine::spark::py
