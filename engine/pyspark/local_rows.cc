// createDataFrame: rows of Python become a relation. Types are inferred from the rows, or every value is held against
// the schema that was given.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/pyspark/frames.h"
#include "engine/pyspark/moments.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

using Rows = std::vector<std::vector<PyValue>>;

/// The name of a type's class, without what it is made of.
std::string python_type(const DataType& t) {
    const std::string name = class_name(t);
    return name.substr(0, name.find('('));
}

/// str() of a type.
std::string type_text(const DataType& t) {
    if (t.id == TypeId::decimal) return fmt::format("DecimalType({},{})", t.a, t.b);
    if (t.id == TypeId::array) return fmt::format("ArrayType({}, True)", type_text(element_of(t)));
    return python_type(t) + "()";
}

/// Types of one column of several rows, taken together; the refusal is raised where they do not go together.
DataType merged(Interpreter& in, const DataType& a, const DataType& b) {
    if (a.id == TypeId::void_) return b;
    if (b.id == TypeId::void_) return a;
    if (a.id == TypeId::array && b.id == TypeId::array)
        return array_type(merged(in, element_of(a), element_of(b)), true);
    if (same_type(a, b)) return a;
    if (a.id == TypeId::string && !is_nested(b)) return a;
    if (b.id == TypeId::string && !is_nested(a)) return b;
    if (a.id != b.id)
        in.raise("PySparkTypeError",
                 fmt::format("[CANNOT_MERGE_TYPE] Can not merge type `{}` and `{}`.", python_type(a), python_type(b)));
    return a;
}

DataType inferred(Interpreter& in, const PyValue& v) {
    switch (v.kind) {
        case Kind::boolean: return type_of(TypeId::boolean);
        case Kind::integer: return type_of(TypeId::bigint);
        case Kind::real: return type_of(TypeId::double_);
        case Kind::text: return type_of(TypeId::string);
        case Kind::list:
        case Kind::tuple: {
            DataType t;
            for (const PyValue& item : v.object->items) t = merged(in, t, inferred(in, item));
            return array_type(t, true);
        }
        default: return is_moment(v) ? type_of(is_date(v) ? TypeId::date : TypeId::timestamp) : DataType{};
    }
}

bool has_nothing(const DataType& t) {
    return t.id == TypeId::void_ || (t.id == TypeId::array && has_nothing(element_of(t)));
}

bool acceptable(const PyValue& v, const DataType& t) {
    switch (t.id) {
        case TypeId::string: return true;
        case TypeId::boolean: return v.kind == Kind::boolean;
        case TypeId::tinyint:
        case TypeId::smallint:
        case TypeId::integer:
        case TypeId::bigint: return v.kind == Kind::integer;
        case TypeId::float_:
        case TypeId::double_: return v.kind == Kind::real;
        case TypeId::decimal:
        case TypeId::binary:
            return v.kind != Kind::integer && v.kind != Kind::real && v.kind != Kind::text && v.kind != Kind::boolean;
        case TypeId::date:
        case TypeId::timestamp:
        case TypeId::timestamp_ntz: return is_moment(v);
        case TypeId::array: return v.kind == Kind::list || v.kind == Kind::tuple;
        case TypeId::map: return v.kind == Kind::dict;
        default: return true;
    }
}

/// A whole number that its column has no room for.
void verify_range(Interpreter& in, const PyValue& v, const DataType& t) {
    MR_ASSERT(v.kind == Kind::integer);
    const int bits = t.id == TypeId::tinyint ? 8 : t.id == TypeId::smallint ? 16 : t.id == TypeId::integer ? 32 : 64;
    if (bits == 64) return;
    const i64 most = (i64{1} << (bits - 1)) - 1, least = -most - 1;
    if (v.i >= least && v.i <= most) return;
    in.raise("PySparkValueError",
             fmt::format("[VALUE_OUT_OF_BOUND] Value for `obj` must be greater than {} or less than {}, got {}", most,
                         bits == 8 ? -127 : least, v.i));  // Spark's own words for a byte say -127
}

void verify(Interpreter& in, const PyValue& v, const DataType& t, bool nullable) {
    if (!in.ok()) return;
    if (v.kind == Kind::none) {
        if (!nullable) in.raise("PySparkValueError", "[CANNOT_BE_NONE] Argument `obj` can not be None.");
        return;
    }
    if (!acceptable(v, t)) {
        in.raise("PySparkTypeError",
                 fmt::format("[CANNOT_ACCEPT_OBJECT_IN_TYPE] `{}` can not accept object `{}` in type `{}`.",
                             type_text(t), text_of(v), type_name(v)));
        return;
    }
    if (v.kind == Kind::integer && t.id != TypeId::string) verify_range(in, v, t);
    if (t.id == TypeId::array)
        for (const PyValue& item : v.object->items) verify(in, item, element_of(t), true);
}

/// A row against the schema; a dict is read by names.
std::vector<PyValue> verified_row(Interpreter& in, const PyValue& row, const std::vector<Field>& fields) {
    std::vector<PyValue> cells;
    if (row.kind == Kind::dict) {
        for (const Field& f : fields) {
            cells.push_back(none());
            for (std::size_t i = 0; i + 1 < row.object->items.size(); i += 2)
                if (text_of(row.object->items[i]) == f.name) cells.back() = row.object->items[i + 1];
        }
    } else if (row.object && row.kind != Kind::set) {
        cells = row.object->items;
    } else {
        in.raise("PySparkTypeError",
                 fmt::format("[CANNOT_ACCEPT_OBJECT_IN_TYPE] `StructType` can not accept object `{}` in type `{}`.",
                             text_of(row), type_name(row)));
        return cells;
    }
    if (cells.size() != fields.size())
        in.raise("PySparkValueError",
                 fmt::format("[LENGTH_SHOULD_BE_THE_SAME] obj and fields should be of the same length, got {} and {}.",
                             cells.size(), fields.size()));
    for (std::size_t i = 0; i < fields.size() && in.ok(); ++i) verify(in, cells[i], fields[i].type, fields[i].nullable);
    return cells;
}

Value from_python(const PyValue& v, const DataType& type) {
    if (v.kind == Kind::none) return null_value();
    if (v.kind == Kind::text) return string_value(v.s);
    if (type.id == TypeId::string && (v.kind == Kind::integer || v.kind == Kind::real)) return string_value(text_of(v));
    if (type.id == TypeId::string && v.kind == Kind::boolean) return string_value(v.i ? "true" : "false");
    if (v.kind == Kind::real) return real_value(v.d);
    if (is_object(v, "datetime")) return int_value(v.object->handle);
    if (v.kind == Kind::list || v.kind == Kind::tuple) {
        Values items;
        for (const PyValue& item : v.object->items)
            items.push_back(from_python(item, type.id == TypeId::array ? element_of(type) : type));
        return list_value(std::move(items));
    }
    if (type.id == TypeId::double_ || type.id == TypeId::float_) return real_value(static_cast<double>(v.i));
    return int_value(v.i);
}

/// Rows without a schema: names come from the rows or from a list, types from the values.
std::vector<Field> inferred_fields(Interpreter& in, const PyValue& data, const PyValue& given, Rows& rows) {
    std::vector<std::string> names;
    for (const PyValue& row : in.iterate(data)) {
        std::vector<PyValue> cells;
        if (row.kind == Kind::dict) {
            for (std::size_t i = 0; i + 1 < row.object->items.size(); i += 2) {
                if (rows.empty()) names.push_back(text_of(row.object->items[i]));
                cells.push_back(row.object->items[i + 1]);
            }
        } else if (row.object) {
            cells = row.object->items;
            if (rows.empty() && is_object(row, "Row"))
                for (const auto& [name, unused] : row.object->options) names.push_back(name);
        } else {
            in.raise(
                "PySparkTypeError",
                fmt::format("[CANNOT_INFER_SCHEMA_FOR_TYPE] Can not infer schema for type: `{}`.", type_name(row)));
            return {};
        }
        rows.push_back(std::move(cells));
    }
    if (in.ok() && rows.empty())
        in.raise("PySparkValueError", "[CANNOT_INFER_EMPTY_SCHEMA] Can not infer schema from empty dataset.");
    if (!in.ok()) return {};
    if (given.kind == Kind::list || given.kind == Kind::tuple) {
        names.clear();
        for (const PyValue& n : given.object->items) names.push_back(text_of(n));
        if (names.size() > rows[0].size()) {
            in.raise("IndexError", "list index out of range");
            return {};
        }
    }
    std::vector<Field> fields;
    for (std::size_t c = 0; c < rows[0].size() && in.ok(); ++c) {
        DataType t;
        for (const auto& row : rows)
            if (c < row.size()) t = merged(in, t, inferred(in, row[c]));
        fields.push_back({c < names.size() ? names[c] : "_" + std::to_string(c + 1), t, true});
    }
    if (in.ok() && std::ranges::any_of(fields, [](const Field& f) { return has_nothing(f.type); }))
        in.raise("PySparkValueError", "[CANNOT_DETERMINE_TYPE] Some of types cannot be determined after inferring.");
    return fields;
}

PyValue relation_of(Interpreter& in, const std::vector<Field>& fields, const Rows& rows) {
    MR_ASSERT(in.ok());
    Plan p;
    p.kind = PlanKind::local_relation;
    p.name = "rdd";
    p.resolved = true;
    auto table = std::make_shared<Table>();
    Batch batch{.rows = static_cast<i64>(rows.size()), .columns = {}};
    for (std::size_t c = 0; c < fields.size(); ++c) {
        Builder builder(fields[c].type, batch.rows);
        for (const auto& row : rows) builder.add(c < row.size() ? from_python(row[c], fields[c].type) : null_value());
        batch.columns.push_back(builder.finish());
        p.output.push_back(attribute(fields[c].name, fields[c].type, fields[c].nullable, in.session.ids.take()));
    }
    table->batches.push_back(std::move(batch));
    p.table = table;
    return frame_of_analysed(make(std::move(p)));
}

}  // namespace

PyValue frame_of_rows(Interpreter& in, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "SparkSession.createDataFrame", "data, schema=, samplingRatio=, verifySchema=", args);
    if (!in.ok()) return none();
    if (is_object(b[0], "DataFrame")) {
        in.raise("PySparkTypeError", "[SHOULD_NOT_DATAFRAME] Argument `data` should not be a DataFrame.");
        return none();
    }
    Rows rows;
    std::vector<Field> fields;
    const PyValue& schema = b[1];
    if (schema.kind == Kind::text || is_object(schema, "DataType")) {
        const auto type = schema_of(in, schema);
        if (!type) return none();
        const bool one = type->id != TypeId::structure;
        fields = one ? std::vector<Field>{{"value", *type, true}} : *type->fields;
        const bool checked = !b.given[3] || truthy(b[3]);
        for (const PyValue& row : in.iterate(b[0])) {
            if (!in.ok()) return none();
            if (one && checked) verify(in, row, *type, true);
            const bool plain = !row.object || !checked;
            rows.push_back(one                                             ? std::vector<PyValue>{row}
                           : plain && row.object && row.kind != Kind::dict ? row.object->items
                                                                           : verified_row(in, row, fields));
        }
    } else if (schema.kind == Kind::none || schema.kind == Kind::list || schema.kind == Kind::tuple) {
        fields = inferred_fields(in, b[0], schema, rows);
    } else {
        in.raise("PySparkTypeError",
                 fmt::format("[NOT_LIST_OR_NONE_OR_STRUCT] Argument `schema` should be a list, None or StructType, got "
                             "{}.",
                             type_name(schema)));
    }
    return in.ok() ? relation_of(in, fields, rows) : none();
}

}  // namespace engine::spark::py
