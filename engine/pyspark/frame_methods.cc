// The names of DataFrame, and what each leads to.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/pyspark/frames.h"
#include "engine/pyspark/gateway.h"
#include "engine/pyspark/moments.h"
#include "engine/pyspark/signatures.h"
#include "engine/sql/decimal.h"
#include "engine/sql/parser.h"
#include "engine/sql/zone.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

PyValue to_python(const Value& v, const DataType& type) {
    if (v.null) return none();
    switch (type.id) {
        case TypeId::boolean: return of_bool(v.i != 0);
        case TypeId::float_: case TypeId::double_: return of_real(v.d);
        case TypeId::string: return of_text(v.s);
        case TypeId::array: {
            std::vector<PyValue> items;
            for (const Value& item : items_of(v)) items.push_back(to_python(item, element_of(type)));
            return of_items(Kind::list, std::move(items));
        }
        case TypeId::structure: return row_of(items_of(v), type);
        case TypeId::timestamp: case TypeId::timestamp_ntz: return timestamp_of(v.i);
        case TypeId::date: return date_of(v.i);
        default: return type.id == TypeId::decimal || type.id == TypeId::binary ? of_text(v.s) : of_int(v.i);
    }
}

PyValue row_of(const Values& row, const DataType& schema) {
    MR_ASSERT(schema.fields && schema.fields->size() == row.size());
    PyValue out = new_object("Row");
    for (std::size_t i = 0; i < row.size(); ++i) {
        out.object->options.emplace_back((*schema.fields)[i].name, "");
        out.object->items.push_back(to_python(row[i], (*schema.fields)[i].type));
    }
    return out;
}

namespace {

/// Shows: show(n, truncate, vertical).
PyValue shown(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "DataFrame.show", "n=, truncate=, vertical=", args);
    if (!in.ok()) return none();
    if (b.given[0] && b[0].kind != Kind::integer)
        in.raise("PySparkTypeError", fmt::format("[NOT_INT] Argument `n` should be an int, got {}.", type_name(b[0])));
    else if (b.given[2] && b[2].kind != Kind::boolean) raise_type(in, "NOT_BOOL", "vertical", "a bool", b[2]);
    else if (b.given[1] && b[1].kind == Kind::text) raise_type(in, "NOT_BOOL", "truncate", "a bool", b[1]);
    if (!in.ok()) return none();
    const i64 rows = b[0].kind == Kind::integer ? std::max<i64>(0, b[0].i) : 20;
    const i64 truncate = b[1].kind == Kind::boolean ? (b[1].i ? 20 : 0) : b[1].kind == Kind::integer ? b[1].i : 20;
    const std::string text = in.must(in.host.show(self.object->plan, rows, truncate, truthy(b[2])));
    if (in.ok()) in.host.print(text + "\n");
    return none();
}

PyValue collected(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    i64 limit = -1;
    const bool counted = !args.positional.empty() && args.positional[0].kind != Kind::none;
    if (name == "take" || name == "tail" || (name == "head" && counted)) {
        const PyValue& n = args.positional[0];
        if (n.kind != Kind::integer)
            return raise_no_method(in, kSomeObject, name == "tail" ? "tailToPython" : "limit", {n}), none();
        if (name != "tail" && !limited(in, self, "limit", {{n}, {}}).object) return none();
        limit = n.i;
    }
    if (name == "first" || (name == "head" && !counted)) limit = 1;
    const RowTable table = in.must(in.host.rows(self.object->plan, limit));
    if (!in.ok()) return none();
    std::vector<PyValue> rows;
    for (const Values& row : table.rows) rows.push_back(row_of(row, table.schema));
    if (name == "isEmpty") return of_bool(rows.empty());
    const bool one = name == "first" || (name == "head" && !counted);
    if (one) return rows.empty() ? none() : rows[0];
    return of_items(Kind::list, std::move(rows));
}

PyValue grouped(Interpreter& in, const PyValue& self, const std::string& kind, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    PyValue g = new_object("GroupedData");
    g.object->plan = self.object->plan;
    g.object->name = kind;
    g.object->keys = columns_of(in, args.positional);
    return in.ok() ? g : none();
}

PyValue selected(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    Plan p = node_over(self, PlanKind::project);
    for (const ExprRef& e : columns_of(in, args.positional)) p.exprs.push_back(select_item(e));
    return in.ok() ? frame_of(in, make(std::move(p))) : none();
}

PyValue selected_text(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    Plan p = node_over(self, PlanKind::project);
    const bool list = args.positional.size() == 1 && args.positional[0].object;
    for (const PyValue& v : list ? args.positional[0].object->items : args.positional) {
        auto e = parse_expression(text_of(v), in.session.ids,
                                  {in.session.clock.zone, in.session.clock.now, in.session.ansi});
        if (!e) {
            in.raise(std::move(e.error()));
            return none();
        }
        p.exprs.push_back((*e)->kind == ExprKind::unresolved_alias ? select_item((*e)->args[0]) : select_item(*e));
    }
    return frame_of(in, make(std::move(p)));
}

PyValue filtered(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "DataFrame.filter", "condition", args);
    if (!in.ok()) return none();
    Plan p = node_over(self, PlanKind::filter);
    if (b[0].kind == Kind::text) {
        const PyValue e = in.function("expr", {{b[0]}, {}});
        if (!in.ok()) return none();
        p.condition = e.column;
    } else if (b[0].kind == Kind::column) {
        p.condition = b[0].column;
    } else {
        in.raise("PySparkTypeError",
                 fmt::format("[NOT_COLUMN_OR_STR] Argument `condition` should be a Column or str, got {}.",
                             type_name(b[0])));
        return none();
    }
    return frame_of(in, make(std::move(p)));
}

bool join_strategy(const std::string& hint) {
    static constexpr std::string_view kNames[] = {"broadcast", "broadcastjoin", "mapjoin",      "merge",
                                                  "mergejoin", "shuffle_merge", "shuffle_hash", "shuffle_replicate_nl"};
    return std::ranges::find(kNames, sim::lower_ascii(hint)) != std::end(kNames);
}

/// A hint; what follows its name must be plain, and for a strategy of a join the name of a relation.
PyValue hinted(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    if (first.kind != Kind::text) return raise_type(in, "NOT_STR", "name", "a str", first);
    const std::string& name = first.s;
    for (std::size_t i = 1; i < args.positional.size(); ++i) {
        const PyValue& v = args.positional[i];
        const bool number = v.kind == Kind::integer || v.kind == Kind::real || v.kind == Kind::boolean;
        if (v.kind != Kind::text && v.kind != Kind::list && !number) {
            in.raise("PySparkTypeError",
                     fmt::format("[DISALLOWED_TYPE_FOR_CONTAINER] Argument `parameters`(type: tuple) should only "
                                 "contain a type in [str, list, float, int], got {}",
                                 type_name(v)));
            return none();
        }
        if (number && join_strategy(name)) {
            const char* java = v.kind == Kind::integer ? "Integer" : v.kind == Kind::real ? "Double" : "Boolean";
            in.raise(
                analysis_error("_LEGACY_ERROR_TEMP_1046",
                               fmt::format("Join strategy hint parameter should be an identifier or string but was "
                                           "{} (class java.lang.{}).",
                                           v.kind == Kind::boolean ? (v.i ? "true" : "false") : text_of(v), java),
                               {}));
            return none();
        }
    }
    Plan p = node_over(self, PlanKind::resolved_hint);
    p.name = name == "merge" || name == "broadcast" || name == "shuffle_hash" ? name : "broadcast";
    p.resolved = true;
    return frame_of(in, make(std::move(p)));
}

PyValue not_on_streams(Interpreter& in, const char* method) {
    MR_ASSERT(in.scope != nullptr);
    in.raise(analysis_error("CALL_ON_STREAMING_DATASET_UNSUPPORTED",
                            fmt::format("The method `{}` can not be called on streaming Dataset/DataFrame.", method),
                            {}));
    return none();
}

/// The mode that explain(extended, mode) asks for; none with the refusal raised.
std::optional<std::string> explain_mode(Interpreter& in, const Bound& b) {
    const bool first = b[0].kind != Kind::none, second = b[1].kind != Kind::none;
    if (first && second)
        in.raise("PySparkValueError", "[CANNOT_SET_TOGETHER] extended and mode should not be set together.");
    else if (first && b[0].kind != Kind::boolean && b[0].kind != Kind::text)
        raise_type(in, "NOT_BOOL_OR_STR", "extended", "a bool or str", b[0]);
    else if (second && b[1].kind != Kind::text) raise_type(in, "NOT_STR", "mode", "a str", b[1]);
    if (!in.ok()) return std::nullopt;
    const std::string mode = second                    ? b[1].s
                             : b[0].kind == Kind::text ? b[0].s
                             : first && truthy(b[0])   ? "extended"
                                                       : "simple";
    static constexpr std::string_view kModes[] = {"simple", "extended", "codegen", "cost", "formatted"};
    if (std::ranges::find(kModes, sim::lower_ascii(mode)) != std::end(kModes)) return mode;
    in.raise(illegal_argument(
        fmt::format("Unknown explain mode: {}. Accepted explain modes are 'simple', 'extended', 'codegen', "
                    "'cost', 'formatted'.",
                    mode)));
    return std::nullopt;
}

PyValue explained(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "DataFrame.explain", "extended=, mode=", args);
    const auto mode = in.ok() ? explain_mode(in, b) : std::nullopt;
    if (!mode) return none();
    const std::string text = in.must(in.host.explain(self.object->parsed, self.object->plan, sim::lower_ascii(*mode)));
    if (in.ok()) in.host.print(text + "\n");
    return none();
}

PyValue made_view(Interpreter& in, const PyValue& self, const Args& args, bool replaces) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b =
        bind_args(in, replaces ? "DataFrame.createOrReplaceTempView" : "DataFrame.createTempView", "name", args);
    if (!in.ok() || !all_text(in, replaces ? "createOrReplaceTempView" : "createTempView", {b[0]})) return none();
    if (const auto parts = parse_name(b[0].s); !parts || parts->size() != 1) {
        if (parts)
            in.raise(analysis_error("TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS",
                                    fmt::format("CREATE TEMPORARY VIEW or the corresponding Dataset APIs only accept "
                                                "single-part view names, but got: {}.",
                                                fmt::join(*parts, ".")),
                                    {}));
        else in.raise(analysis_error("_LEGACY_ERROR_TEMP_1321", fmt::format("Invalid view name: {}.", b[0].s), {}));
        return none();
    }
    if (!replaces && in.session.views.contains(sim::lower_ascii(b[0].s))) {
        in.raise(analysis_error(
            "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS",
            fmt::format(
                "Cannot create the temporary view {} because it already exists.\nChoose a different name, drop or "
                "replace the existing view,  or add the IF NOT EXISTS clause to tolerate pre-existing views.",
                quoted(b[0].s)),
            {}));
        return none();
    }
    in.session.views[sim::lower_ascii(b[0].s)] = {b[0].s, nullptr, self.object->plan, {}};
    return none();
}

/// sample([withReplacement,] fraction[, seed]): without a seed one that differs from sample to sample.
PyValue sampled(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    PyValue given[3];
    static constexpr std::string_view kNames[] = {"withReplacement", "fraction", "seed"};
    std::size_t at = !args.positional.empty() && args.positional[0].kind != Kind::boolean ? 1 : 0;
    for (const PyValue& v : args.positional)
        if (at < 3) given[at++] = v;
    for (const auto& [name, v] : args.named)
        for (std::size_t i = 0; i < 3; ++i)
            if (name == kNames[i]) given[i] = v;
    const PyValue& fraction = given[1];
    if (fraction.kind != Kind::real && fraction.kind != Kind::integer) {
        // The message lists what came, in the order it came.
        std::string types;
        for (std::size_t i = 0; i < 3; ++i)
            types += (i ? ", " : "") + type_name(i < args.positional.size() ? args.positional[i] : none());
        in.raise("PySparkTypeError",
                 "[NOT_BOOL_OR_FLOAT_OR_INT] Argument `withReplacement (optional), fraction (required) and seed "
                 "(optional)` should be a bool, float or str, got " +
                     types + ".");
        return none();
    }
    Plan p = node_over(self, PlanKind::sample);
    p.fraction = fraction.kind == Kind::real ? fraction.d : static_cast<double>(fraction.i);
    const bool twice = given[0].kind == Kind::boolean && truthy(given[0]);
    if (p.fraction < 0 || (p.fraction > 1 && !twice)) {
        in.raise(illegal_argument(fmt::format("requirement failed: Sampling fraction ({}) must be {} replacement",
                                              double_text(p.fraction),
                                              twice ? "nonnegative with" : "on interval [0, 1] without")));
        return none();
    }
    p.n = given[2].kind == Kind::integer ? given[2].i : static_cast<i64>(in.session.ids.take() * 1'000'003);
    p.resolved = true;
    return frame_of(in, make(std::move(p)));
}

/// mapInPandas and mapInArrow: rows go through a function of the program, the schema is what it is told to be.
PyValue mapped(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "DataFrame." + name, "func, schema, barrier=", args);
    const auto schema = in.ok() ? schema_of(in, b[1]) : std::nullopt;
    if (!schema) return none();
    const Exprs columns = output_of(*self.object->plan);
    std::string list;
    for (const ExprRef& c : columns) list += (list.empty() ? "" : ", ") + tree_form(c);
    Plan p = node_over(self, PlanKind::command);
    p.name = name == "mapInPandas" ? "MapInPandas" : "PythonMapInArrow";
    p.parts = {"function"};
    for (const Field& f : *schema->fields) p.output.push_back(attribute(f.name, f.type, true, in.session.ids.take()));
    const std::string function = b[0].object && !b[0].object->name.empty() ? b[0].object->name : "<lambda>";
    p.name +=
        fmt::format(" {}({})#{}, {}, {}", function, list, in.session.ids.take(), tree_forms(p.output), truthy(b[2]));
    p.resolved = true;
    return frame_of_analysed(make(std::move(p)));
}

/// toDF: every column gets a name.
PyValue with_names(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(self.object && self.object->plan);
    std::vector<std::pair<std::string, std::string>> names;
    for (const PyValue& v : args.positional)
        if (v.kind != Kind::text) return raise_type(in, "NOT_LIST_OF_STR", "cols", "a list[str]", v);
    const Exprs columns = output_of(*self.object->plan);
    std::string old_names, new_names;
    for (const ExprRef& c : columns) old_names += (old_names.empty() ? "" : ", ") + c->name;
    for (const PyValue& v : args.positional) new_names += (new_names.empty() ? "" : ", ") + v.s;
    if (columns.size() != args.positional.size()) {
        in.raise(illegal_argument(
            fmt::format("requirement failed: The number of columns doesn't match.\nOld column names ({}): "
                        "{}\nNew column names ({}): {}",
                        columns.size(), old_names, args.positional.size(), new_names)));
        return none();
    }
    for (std::size_t i = 0; i < columns.size(); ++i) names.emplace_back(columns[i]->name, args.positional[i].s);
    return renamed(in, self, names);
}

/// Methods that give a frame. False if the name is not one.
bool transforms(Interpreter& in, const PyValue& self, const std::string& name, const Args& args, PyValue& out) {
    MR_ASSERT(in.scope != nullptr);
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    if (name == "select") out = selected(in, self, args);
    else if (name == "selectExpr") out = selected_text(in, self, args);
    else if (name == "filter" || name == "where") out = filtered(in, self, args);
    else if (name == "join") out = joined(in, self, args, false);
    else if (name == "crossJoin") out = joined(in, self, args, true);
    else if (name == "union" || name == "unionAll" || name == "unionByName" || name == "intersect" ||
             name == "intersectAll" || name == "subtract" || name == "exceptAll")
        out = set_operation(in, self, name, args);
    else if (name == "distinct") out = without_duplicates(in, self, {}, false);
    else if (name == "dropDuplicates" || name == "drop_duplicates") out = without_duplicates(in, self, args, false);
    else if (name == "dropDuplicatesWithinWatermark") out = without_duplicates(in, self, args, true);
    else if (name == "orderBy" || name == "sort") out = sorted_frame(in, self, args, true);
    else if (name == "limit" || name == "offset") out = limited(in, self, name, args);
    else if (name == "withWatermark") out = with_watermark(in, self, args);
    else if (name == "fillna") out = filled_frame(in, self, args);
    else if (name == "dropna") out = without_missing(in, self, args);
    else if (name == "drop") out = dropped(in, self, args);
    else if (name == "observe") out = observed(in, self, args);
    else if (name == "repartition" || name == "coalesce") out = repartitioned(in, self, name, args);
    else if (name == "hint") out = hinted(in, self, args);
    else if (name == "unpivot" || name == "melt") out = unpivoted(in, self, name, args);
    else if (name == "withColumns") out = with_columns(in, self, args);
    else if (name == "withColumnsRenamed") out = with_columns_renamed(in, self, args);
    else if (name == "replace") out = with_values_replaced(in, self, args);
    else if (name == "sortWithinPartitions") out = sorted_frame(in, self, args, false);
    else if (name == "persist" || name == "cache" || name == "unpersist") {
        const PlanRef& plan = self.object->plan;
        if (name == "persist" && !args.positional.empty() && args.positional[0].kind != Kind::object) {
            in.raise("TypeError", "storageLevel must be of type pyspark.StorageLevel");
            return true;
        }
        // What is to be kept is planned at once.
        if (plan && name != "unpersist" && streaming(plan)) return (void)in.must(in.host.rows(plan, 1)), true;
        if (plan && plan->table && name != "unpersist") plan->table->kept = true;
        out = self;
    }
    else if (name == "mapInPandas" || name == "mapInArrow") out = mapped(in, self, name, args);
    else if (name == "alias" && first.kind != Kind::text) {
        in.raise("AssertionError", "alias should be a string");
    } else if (name == "alias") {
        Plan p = node_over(self, PlanKind::subquery_alias);
        p.name = text_of(first);
        out = frame_of(in, make(std::move(p)));
    } else if (name == "sample") {
        out = sampled(in, self, args);
    } else if (name == "withColumn") {
        const Bound b = bind_args(in, "DataFrame.withColumn", "colName, col", args);
        if (in.ok() && b[1].kind != Kind::column)
            in.raise("PySparkTypeError",
                     fmt::format("[NOT_COLUMN] Argument `col` should be a Column, got {}.", type_name(b[1])));
        if (in.ok() && b[0].kind != Kind::text) raise_no_method(in, kSomeObject, name, b.values);
        out = in.ok() ? with_column(in, self, {{text_of(b[0]), b[1].column}}) : none();
    } else if (name == "withColumnRenamed") {
        const Bound b = bind_args(in, "DataFrame.withColumnRenamed", "existing, new", args);
        const bool texts = in.ok() && all_text(in, name, b.values);
        out = texts ? renamed(in, self, {{b[0].s, b[1].s}}) : none();
    } else if (name == "toDF") {
        out = with_names(in, self, args);
    } else {
        return false;
    }
    return true;
}

/// The rows as JSON texts, an RDD of them.
PyValue as_json(Interpreter& in, const PyValue& self) {
    MR_ASSERT(self.object->plan != nullptr);
    const ExprRef all = engine::spark::function("struct", output_of(*self.object->plan));
    const PyValue texts = selected(in, self, {{of_column(engine::spark::function("to_json", {all}))}, {}});
    const PyValue rows = in.ok() ? collected(in, texts, "collect", {}) : none();
    PyValue out = new_object("RDD");
    if (in.ok())
        for (const PyValue& row : rows.object->items) out.object->items.push_back(row.object->items[0]);
    return out;
}

}  // namespace

QueryError unknown_field(const std::string& name, const Exprs& columns) {
    MR_ASSERT(!name.empty());
    std::string list;
    for (const ExprRef& c : columns) list += (list.empty() ? "" : ", ") + quoted(c->name);
    return analysis_error(
        "UNRESOLVED_COLUMN.WITH_SUGGESTION",
        fmt::format(
            "A column or function parameter with name {} cannot be resolved. Did you mean one of the following? [{}].",
            quoted(name), list),
        {});
}

bool has_field(const Exprs& columns, const std::string& name) {
    return std::ranges::any_of(columns, [&](const ExprRef& c) { return same_name(c->name, name); });
}

PyValue Interpreter::frame_method(const PyValue& self, const std::string& name, const Args& args) {
    if (!is_object(self, "DataFrame")) {
        raise("AttributeError", fmt::format("'{}' object has no attribute '{}'", type_name(self), name));
        return none();
    }
    PyValue out;
    if (transforms(*this, self, name, args, out)) return out;
    if (name == "groupBy" || name == "groupby" || name == "rollup" || name == "cube")
        return grouped(*this, self, name, args);
    if (name == "agg") return grouped_method(grouped(*this, self, "groupBy", {}), "agg", args);
    if (name == "colRegex") return column_by_expression(*this, self, args.positional[0]);
    if (name == "randomSplit") return split_randomly(*this, self, args);
    if (name == "transform") {
        Args rest = args;
        rest.positional[0] = self;
        const PyValue made = call(args.positional[0], rest);
        if (ok() && !is_object(made, "DataFrame"))
            raise("AssertionError", fmt::format("Func returned an instance of type [<class '{}'>], should have been "
                                                "DataFrame.",
                                                type_name(made)));
        return made;
    }
    if (name == "show") return shown(*this, self, args);
    if (name == "count") {
        const PyValue counted = grouped_method(grouped(*this, self, "groupBy", {}), "count", {});
        const PyValue row = ok() ? collected(*this, counted, "first", {}) : none();
        return ok() && row.object ? row.object->items[0] : none();
    }
    if (name == "collect" || name == "take" || name == "first" || name == "head" || name == "tail" ||
        name == "isEmpty" || name == "toLocalIterator" || name == "toPandas" || name == "checkpoint" ||
        name == "foreachPartition" || name == "foreach") {
        const PyValue rows = collected(*this, self, name, args);
        return name == "checkpoint" ? self : rows;
    }
    if (name == "localCheckpoint") return collected(*this, self, "checkpoint", args), self;
    if (name == "approxQuantile" || name == "corr" || name == "cov") return statistic(*this, self, name, args);
    if (name == "inputFiles") return collected(*this, self, name, args);
    if (name == "toJSON") return as_json(*this, self);
    // What is computed from a stream's rows is refused only when the rows are asked for.
    if ((name == "summary" || name == "freqItems" || name == "sampleBy") && streaming(self.object->plan)) return self;
    if (name == "describe" && streaming(self.object->plan))
        return args.positional.empty() ? self : frame_method(self, "select", args);
    if (name == "describe" || name == "summary") return summarised(*this, self, name, args);
    if (name == "crosstab" && streaming(self.object->plan)) {
        raise(analysis_error("", "pivot is not supported on a streaming DataFrames/Datasets", {}));
        return none();
    }
    if (name == "printSchema")
        return host.print(tree_text(engine::spark::schema_of(*self.object->plan)) + "\n"), none();
    if (name == "explain") return explained(*this, self, args);
    if (name == "createOrReplaceTempView" || name == "createTempView" || name == "createGlobalTempView" ||
        name == "registerTempTable")
        return made_view(*this, self, args, name != "createTempView");
    if (name == "writeTo") return streaming(self.object->plan) ? not_on_streams(*this, "writeTo") : none();
    raise("NotImplementedError", fmt::format("unsupported Python: DataFrame.{}", name));
    return none();
}

namespace {

PyValue named_column(Interpreter& in, const PyValue& self, const std::string& name, bool bracket) {
    MR_ASSERT(self.object->plan != nullptr);
    // An attribute of the object is found as it is written; brackets ask Spark, who looks past the case.
    for (const ExprRef& a : output_of(*self.object->plan))
        if (bracket ? same_name(a->name, name) : a->name == name) return of_column(a);
    if (!bracket) {
        in.raise("AttributeError", fmt::format("'DataFrame' object has no attribute '{}'", name));
        return none();
    }
    if (name == "*") return of_column(column_of(of_text("*")));
    Plan p = node_over(self, PlanKind::project);
    p.exprs = {select_item(column_of(of_text(name)))};
    auto plan = analyse(in.session, make(std::move(p)));
    if (plan) return of_column((*plan)->exprs[0]);
    in.raise(plan.error().error_class.starts_with("UNRESOLVED_COLUMN")
                 ? unknown_field(name, output_of(*self.object->plan))
                 : plan.error());
    return none();
}

PyValue writer_of(Interpreter& in, const PyValue& self, bool stream) {
    MR_ASSERT(in.scope != nullptr);
    if (!stream && streaming(self.object->plan)) return not_on_streams(in, "write");
    if (stream && !streaming(self.object->plan)) {
        in.raise(analysis_error("WRITE_STREAM_NOT_ALLOWED",
                                "`writeStream` can be called only on streaming Dataset/DataFrame.", {}));
        return none();
    }
    PyValue w = new_object(stream ? "DataStreamWriter" : "DataFrameWriter");
    w.object->plan = self.object->plan;
    return w;
}

}  // namespace

PyValue Interpreter::frame_attribute(const PyValue& self, const std::string& name) {
    MR_ASSERT(self.kind == Kind::object);
    const std::string& type = self.object->type;
    const auto bound = [&] {
        PyValue m = new_object("method");
        m.object->name = name;
        m.object->items = {self};
        return m;
    };
    if (type == "SparkSession") {
        if (name == "readStream" || name == "read")
            return new_object(name == "read" ? "DataFrameReader" : "DataStreamReader");
        if (name == "conf" || name == "sparkContext" || name == "streams" || name == "catalog") return new_object(name);
        if (name == "version") return of_text("3.5.7");
        if (name == "builder") return new_object("Builder");
        return bound();
    }
    if (type == "StreamingQuery") {
        static constexpr std::string_view kValues[] = {"id",     "runId",        "name",          "isActive",
                                                       "status", "lastProgress", "recentProgress"};
        for (const std::string_view v : kValues)
            if (name == v) return must(host.query(self.object->handle, name, {}));
        return bound();
    }
    if (name.starts_with("[")) return named_column(*this, self, name.substr(1), true);
    const Exprs columns = output_of(*self.object->plan);
    if (name == "columns") {
        std::vector<PyValue> items;
        for (const ExprRef& c : columns) items.push_back(of_text(c->name));
        return of_items(Kind::list, std::move(items));
    }
    if (name == "dtypes") {
        std::vector<PyValue> items;
        for (const ExprRef& c : columns)
            items.push_back(of_items(Kind::tuple, {of_text(c->name), of_text(catalog_name(c->type))}));
        return of_items(Kind::list, std::move(items));
    }
    if (name == "schema") {
        PyValue out = new_object("DataType");
        out.object->data_type = engine::spark::schema_of(*self.object->plan);
        return out;
    }
    if (name == "na") {
        PyValue na = new_object("DataFrameNaFunctions");
        na.object->items = {self};
        return na;
    }
    if (name == "sparkSession") return new_object("SparkSession");
    if (name == "isStreaming") return of_bool(streaming(self.object->plan));
    if (name == "writeStream" || name == "write") return writer_of(*this, self, name == "writeStream");
    if (name == "rdd") return must(host.rows(self.object->plan, 0)), self;
    if (find_signature("DataFrame", name) != nullptr) return bound();
    return named_column(*this, self, name, false);
}

}  // namespace engine::spark::py
