#include "engine/stream/state_stores.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "engine/operators/aggregation.h"
#include "engine/plan/json.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/typed.h"
#include "engine/stream/batch_run.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

std::string type_json(const DataType& t);

std::string fields_json(const std::vector<StateField>& fields) {
    std::string out;
    for (const StateField& f : fields)
        out += fmt::format("{}{{\"name\":{},\"type\":{},\"nullable\":{},\"metadata\":{}}}", out.empty() ? "" : ",",
                           json_quoted(f.name), type_json(f.type), f.nullable, f.metadata);
    return "{\"type\":\"struct\",\"fields\":[" + out + "]}";
}

std::string type_json(const DataType& t) {
    switch (t.id) {
        case TypeId::structure: {
            std::vector<StateField> fields;
            for (const Field& f : *t.fields) fields.push_back({f.name, f.type, f.nullable, "{}"});
            return fields_json(fields);
        }
        case TypeId::array:
            return fmt::format("{{\"type\":\"array\",\"elementType\":{},\"containsNull\":true}}",
                               type_json(element_of(t)));
        case TypeId::bigint: return "\"long\"";
        case TypeId::smallint: return "\"short\"";
        case TypeId::tinyint: return "\"byte\"";
        case TypeId::integer: return "\"integer\"";
        default: return json_quoted(catalog_name(t));
    }
}

/// A window, whatever it is called.
bool is_span(const DataType& t) {
    if (t.id != TypeId::structure || t.fields->size() != 2) return false;
    const Field &from = (*t.fields)[0], &to = (*t.fields)[1];
    return from.name == "start" && to.name == "end" && from.type.id == TypeId::timestamp &&
           to.type.id == TypeId::timestamp;
}

/// What a column says of itself: the window it is, the delay of its watermark.
std::string metadata_of(const ExprRef& column) {
    MR_ASSERT(column != nullptr);
    const bool session = column->type.id == TypeId::structure && column->name == "session_window",
               window = !session && is_span(column->type);
    std::string out = window ? "\"spark.timeWindow\":true" : "";
    if (column->watermark_ms >= 0)
        out += fmt::format("{}\"spark.watermarkDelayMs\":{}", out.empty() ? "" : ",", column->watermark_ms);
    if (session) out += std::string(out.empty() ? "" : ",") + "\"spark.sessionWindow\":true";
    return "{" + out + "}";
}

StateField field_of(const ExprRef& column) {
    // A grouping by an expression has a column of its own.
    const bool named = column->kind == ExprKind::attribute || column->kind == ExprKind::alias;
    return {named ? column->name : "_groupingexpression", column->type, column->nullable, metadata_of(column)};
}

std::vector<StateField> fields_of(const Exprs& columns) {
    std::vector<StateField> out;
    for (const ExprRef& c : columns) out.push_back(field_of(c));
    return out;
}

std::vector<StateField> buffers_of(Session& session, const Plan& plan) {
    MR_ASSERT(plan.kind == PlanKind::aggregate);
    Runner runner{session, {}};
    Aggregation a{runner, plan, {}, {}, {}, {}, {}, {}, {}, {}, {}};
    Rows none{output_of(*plan.children[0]), {}};
    prepare(a, none);
    std::vector<StateField> out;
    for (const ExprRef& call : a.parts.calls)
        for (StateField& f : buffer_fields(call->args[0])) out.push_back(std::move(f));
    return out;
}

StateStore of_session(Session& session, const Plan& plan) {
    StateStore out;
    for (const ExprRef& g : plan.groups)
        if (g->name != "session_window") out.key.push_back(field_of(g));
    out.key.push_back({"sessionStartTime", type_of(TypeId::timestamp), false, "{}"});
    out.value = fields_of(plan.groups);
    for (StateField& f : out.value) f.nullable = f.nullable && f.name != "session_window";
    for (StateField& f : buffers_of(session, plan)) out.value.push_back(std::move(f));
    return out;
}

StateStore of_duplicates(const Plan& plan, bool within) {
    StateStore out;
    const Exprs columns = output_of(*plan.children[0]);
    if (plan.groups.empty()) out.key = fields_of(columns);
    for (const ExprRef& g : plan.groups)
        for (const ExprRef& c : columns)
            if (c->id == g->id) out.key.push_back(field_of(c));
    if (within) out.value = {{"expiresAtMicros", type_of(TypeId::bigint), false, "{}"}};
    else out.value = {{"__dummy__", type_of(TypeId::void_), true, "{}"}};
    out.value_checked = within;
    return out;
}

/// Columns as the operator below gives them: a filter says that a column is not null, as long as no projection follows.
/// Over a source there always is one. A column of a union is not null if none of those that it is made of is.
Exprs rows_below(const PlanRef& p) {
    if (p->kind == PlanKind::watermark) {
        Exprs out = rows_below(p->children[0]);
        const Exprs marked = output_of(*p);
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = edit(marked[i], [&](Expr& e) { e.nullable = out[i]->nullable; });
        return out;
    }
    if (p->kind == PlanKind::union_) {
        Exprs out = rows_below(p->children[0]);
        for (const PlanRef& other : std::span(p->children).subspan(1)) {
            const Exprs columns = rows_below(other);
            for (std::size_t i = 0; i < out.size(); ++i)
                if (columns[i]->nullable) out[i] = edit(out[i], [](Expr& e) { e.nullable = true; });
        }
        return out;
    }
    if (p->kind != PlanKind::filter || p->children[0]->kind == PlanKind::stream_relation) return output_of(*p);
    Exprs out = rows_below(p->children[0]), parts;
    conjuncts_of(p->condition, parts);
    for (const ExprRef& c : parts)
        if (is_call(c, "isnotnull"))
            for (const u64 id : all_references(c))
                for (ExprRef& column : out)
                    if (column->id == id) column = edit(column, [](Expr& e) { e.nullable = false; });
    return out;
}

void add_side(std::vector<StateStore>& out, const std::string& side, const Exprs& keys, const Exprs& columns) {
    MR_ASSERT(!side.empty());
    StateStore counts{side + "-keyToNumValues", {}, {{"value", type_of(TypeId::bigint), true, "{}"}}};
    for (std::size_t i = 0; i < keys.size(); ++i)
        counts.key.push_back({fmt::format("field{}", i), keys[i]->type, keys[i]->nullable, "{}"});
    StateStore rows{side + "-keyWithIndexToValue", counts.key, fields_of(columns)};
    rows.key.push_back({"index", type_of(TypeId::bigint), true, "{}"});
    rows.value.push_back({"matched", type_of(TypeId::boolean), true, "{}"});
    out.push_back(std::move(counts));
    out.push_back(std::move(rows));
}

}  // namespace

std::vector<StateField> buffer_fields(const ExprRef& call) {
    MR_ASSERT(call->fn != nullptr);
    const std::string_view n = call->fn->name;
    const std::vector<DataType> types = buffer_types(call);
    struct Named {
        std::string_view function;
        std::vector<std::pair<const char*, bool>> columns;  ///< with nullable
    };
    static const std::vector<Named> kNamed = {
        {"count", {{"count", false}}},        {"count_if", {{"count", false}}},
        {"sum", {{"sum", true}, {"isEmpty", false}}}, {"try_sum", {{"sum", true}, {"isEmpty", false}}},
        {"avg", {{"sum", true}, {"count", true}}},    {"try_avg", {{"sum", true}, {"count", true}}},
        {"min", {{"min", true}}},             {"max", {{"max", true}}},
        {"bool_and", {{"min", true}}},        {"bool_or", {{"max", true}}},
        {"first", {{"first", true}, {"valueSet", true}}}, {"any_value", {{"first", true}, {"valueSet", true}}},
        {"last", {{"last", true}, {"valueSet", true}}},
        {"max_by", {{"valueWithExtremumOrdering", true}, {"extremumOrdering", true}}},
        {"min_by", {{"valueWithExtremumOrdering", true}, {"extremumOrdering", true}}},
    };
    std::vector<StateField> out;
    const auto it = std::ranges::find_if(kNamed, [&](const Named& k) { return k.function == n; });
    const bool pair = n == "corr" || n.starts_with("covar_") || n.starts_with("regr_"),
               sketch = n == "approx_count_distinct",
               moment = n == "skewness" || n == "kurtosis" || n.starts_with("stddev") || n.starts_with("var_");
    static constexpr const char* kMoments[] = {"n", "avg", "m2", "m3", "m4"};
    static constexpr const char* kPairs[] = {"n", "xAvg", "yAvg", "ck", "xMk", "yMk"};
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (it != kNamed.end()) out.push_back({it->columns[i].first, types[i], it->columns[i].second, "{}"});
        else if (pair || moment) out.push_back({pair ? kPairs[i] : kMoments[i], types[i], false, "{}"});
        else if (sketch) out.push_back({fmt::format("MS[{}]", i), types[i], true, "{}"});
        else out.push_back({types.size() == 1 ? "buf" : fmt::format("buf{}", i), types[i], true, "{}"});
    }
    return out;
}

std::vector<StateStore> state_stores(Session& session, const StreamPlan& plan, std::size_t op) {
    MR_ASSERT(op < plan.operators.size());
    const Plan& p = *plan.operators[op].plan;
    switch (plan.operators[op].kind) {
        case StatefulKind::aggregate: return {{"", fields_of(p.groups), buffers_of(session, p)}};
        case StatefulKind::session: return {of_session(session, p)};
        case StatefulKind::dedup: return {of_duplicates(p, false)};
        case StatefulKind::dedup_within: return {of_duplicates(p, true)};
        case StatefulKind::limit:
            return {{"", {{"key", type_of(TypeId::void_)}}, {{"value", type_of(TypeId::bigint)}}}};
        case StatefulKind::groups: {
            const DataType number = type_of(TypeId::bigint);
            if (p.typed) {
                StateStore typed{
                    "", fields_of(p.groups), {{"groupState", struct_type(object_fields(p.typed->state)), true, "{}"}}};
                if (p.parts[1] != "none")
                    typed.value.push_back({"timeoutTimestamp", type_of(TypeId::bigint), false, "{}"});
                return {std::move(typed)};
            }
            StateStore out{"", fields_of(p.groups), {{"groupState", struct_type({{"value", number, true}})}}};
            if (p.parts.size() > 1 && p.parts[1] != "none") out.value.push_back({"timeoutTimestamp", number, false});
            return {std::move(out)};
        }
        case StatefulKind::join: break;
    }
    const Exprs left = rows_below(p.children[0]), right = rows_below(p.children[1]);
    std::vector<StateStore> out;
    add_side(out, "left", join_keys(p, true), left);
    add_side(out, "right", join_keys(p, false), right);
    return out;
}

std::vector<DataType> types_of(const std::vector<StateField>& fields) {
    std::vector<DataType> out;
    for (const StateField& f : fields) out.push_back(f.type);
    return out;
}

i64 partitions_of(const Session& session, const StatefulNode& node) {
    const std::size_t groups = node.plan->groups.size();
    const bool single = node.kind == StatefulKind::limit || (node.kind == StatefulKind::aggregate && groups == 0) ||
                        (node.kind == StatefulKind::session && groups <= 1);
    return single ? 1 : std::max<i64>(1, session.shuffle_partitions);
}

std::string store_path(std::size_t op, i64 partition, const std::string& store) {
    MR_ASSERT(partition >= 0);
    return fmt::format("state/{}/{}{}{}", op, partition, store.empty() ? "" : "/", store);
}

namespace {

void put_number(std::string& out, std::size_t n, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(n >> (8 * i));
}

/// Java's modified UTF of at most 64 KiB each, with their number before them.
void put_text(std::string& out, const std::string& text) {
    constexpr std::size_t kMost = 21'845;
    put_number(out, std::max<std::size_t>(1, (text.size() + kMost - 1) / kMost), 4);
    for (std::size_t at = 0; at == 0 || at < text.size(); at += kMost) {
        const std::string part = text.substr(at, kMost);
        put_number(out, part.size(), 2);
        out += part;
    }
}

std::size_t take_number(const std::string& s, std::size_t& at, std::size_t bytes) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < bytes && at < s.size(); ++i) n = n << 8 | static_cast<sim::u8>(s[at++]);
    return n;
}

std::string take_text(const std::string& s, std::size_t& at) {
    std::string out;
    for (std::size_t parts = take_number(s, at, 4); parts > 0 && at < s.size(); --parts) {
        const std::size_t n = take_number(s, at, 2);
        out += s.substr(at, n);
        at += n;
    }
    return out;
}

/// A type as its class prints: LongType, StructType(StructField(a,LongType,true)).
std::string class_text(const Json& type);

std::string struct_text(const Json& fields) {
    std::string out;
    for (const Json& f : fields.items) {
        std::string name, type, nullable;
        for (std::size_t i = 0; i < f.names.size(); ++i) {
            if (f.names[i] == "name") name = f.items[i].text;
            if (f.names[i] == "type") type = class_text(f.items[i]);
            if (f.names[i] == "nullable") nullable = f.items[i].text;
        }
        out += fmt::format("{}StructField({},{},{})", out.empty() ? "" : ",", name, type, nullable);
    }
    return "StructType(" + out + ")";
}

std::string class_text(const Json& type) {
    if (type.kind == JsonKind::string) {
        std::string name = type.text;
        const std::size_t paren = name.find('(');
        if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
        if (name == "Void") return "NullType";
        return paren == std::string::npos ? name + "Type" : name.substr(0, paren) + "Type" + name.substr(paren);
    }
    for (std::size_t i = 0; i < type.names.size(); ++i) {
        if (type.names[i] == "fields") return struct_text(type.items[i]);
        if (type.names[i] == "elementType") return "ArrayType(" + class_text(type.items[i]) + ",true)";
    }
    return "";
}

std::string schema_text(const std::string& json) {
    const auto j = parse_json(json);
    return j ? class_text(*j) : json;
}

/// A schema without its names: its types in order, and which of them may be null.
struct Shape {
    std::string types;
    std::vector<bool> nullable;
};

Shape shape_of(const std::string& text) {
    Shape out;
    constexpr std::string_view kField = "StructField(", kNull = ",true)", kNever = ",false)";
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = std::string_view(text).substr(at);
        if (rest.starts_with(kField)) {
            at += std::min(rest.find(','), rest.size());
        } else if (rest.starts_with(kNull) || rest.starts_with(kNever)) {
            out.nullable.push_back(rest.starts_with(kNull));
            at += rest.starts_with(kNull) ? kNull.size() : kNever.size();
            out.types += ')';
        } else {
            out.types += text[at++];
        }
    }
    return out;
}

/// Rows of one schema in place of rows of another: the same types, and no null where none could be.
bool fits(const std::string& old, const std::string& now) {
    const Shape before = shape_of(old), after = shape_of(now);
    if (before.types != after.types || before.nullable.size() != after.nullable.size()) return false;
    for (std::size_t i = 0; i < before.nullable.size(); ++i)
        if (after.nullable[i] && !before.nullable[i]) return false;
    return true;
}

}  // namespace

std::string schema_file(const StateStore& store) {
    std::string out;
    put_number(out, 2, 2);
    out += "v2";
    put_text(out, fields_json(store.key));
    put_text(out, fields_json(store.value));
    MR_ASSERT(out.size() > 8);
    return out;
}

std::optional<QueryError> schema_refusal(const StateStore& store, const std::string& written) {
    std::size_t at = 4;
    const std::string key = schema_text(take_text(written, at)), value = schema_text(take_text(written, at));
    const std::string new_key = schema_text(fields_json(store.key)), new_value = schema_text(fields_json(store.value));
    if (fits(key, new_key) && (!store.value_checked || fits(value, new_value))) return std::nullopt;
    QueryError e{"SparkException", "org.apache.spark.sql.execution.streaming.state.StateSchemaNotCompatible", "", "",
                 ""};
    e.message = fmt::format(
        "Provided schema doesn't match to the schema for existing state! Please note that Spark allow difference of "
        "field name: check count of fields and data type of each field.\n- Provided key schema: {}\n- Existing key "
        "schema: {}\n- Provided value schema: {}\n- Existing value schema: {}\nIf you want to force running query "
        "without schema validation, please set spark.sql.streaming.stateStore.stateSchemaCheck to false.\nPlease note "
        "running query with incompatible schema could cause indeterministic behavior.",
        new_key, key, new_value, value);
    return e;
}

}  // namespace engine::spark
