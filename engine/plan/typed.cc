#include "engine/plan/typed.h"

#include <fmt/format.h>

#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::vector<Field> object_fields(const ObjectType& type) {
    if (type.product) return *type.type.fields;
    return {{"value", type.type, !type.primitive}};
}

Exprs object_columns(const ObjectType& type, Ids& ids) {
    Exprs out;
    for (const Field& f : object_fields(type)) out.push_back(attribute(f.name, f.type, f.nullable, ids.take()));
    MR_ASSERT(type.product || out.size() == 1);
    return out;
}

Value object_of(const ObjectType& type, Values cells) {
    MR_ASSERT(type.product || cells.size() == 1);
    return type.product ? list_value(std::move(cells)) : std::move(cells[0]);
}

Values cells_of(const ObjectType& type, const Value& object) {
    MR_ASSERT(!type.product || object.null || items_of(object).size() == type.parts.size());
    if (!type.product) return {object};
    return object.null ? Values(type.parts.size()) : items_of(object);
}

namespace {

std::string invoked(const char* object, const char* type, const char* method, const std::string& input) {
    return fmt::format("staticinvoke(class org.apache.spark.{}, {}, {}, {}, true, false, true)", object, type, method,
                       input);
}

std::string column_text(const ObjectType& type, const std::string& input);

std::string struct_column(const ObjectType& type, const std::string& input) {
    MR_ASSERT(type.product && type.type.fields);
    std::string list;
    for (std::size_t i = 0; i < type.parts.size(); ++i) {
        const std::string& name = (*type.type.fields)[i].name;
        list += fmt::format("{}{}, {}", i ? ", " : "", name,
                            column_text(type.parts[i], fmt::format("knownnotnull({}).{}", input, name)));
    }
    return fmt::format("if (isnull({})) null else named_struct({})", input, list);
}

/// An object as a column.
std::string column_text(const ObjectType& type, const std::string& input) {
    if (type.product) return struct_column(type, input);
    switch (type.type.id) {
        case TypeId::string: return invoked("unsafe.types.UTF8String", "StringType", "fromString", input);
        case TypeId::timestamp:
            return invoked("sql.catalyst.util.DateTimeUtils$", "TimestampType", "fromJavaTimestamp", input);
        case TypeId::date: return invoked("sql.catalyst.util.DateTimeUtils$", "DateType", "fromJavaDate", input);
        default: break;
    }
    if (type.name == "scala.Option") return fmt::format("unwrapoption({}, {})", class_name(type.type), input);
    return input;
}

std::string input_text(const ObjectType& type) {
    return fmt::format("input[0, {}, {}]", type.primitive ? catalog_name(type.type) : type.name, !type.primitive);
}

}  // namespace

std::string serializer_text(const ObjectType& type, const Exprs& columns) {
    MR_ASSERT(!columns.empty() || type.product);
    const std::string input = input_text(type);
    if (!type.product) return fmt::format("[{} AS {}]", column_text(type, input), tree_form(columns[0]));
    std::string out;
    for (std::size_t i = 0; i < columns.size(); ++i)
        out += fmt::format("{}{} AS {}", i ? ", " : "",
                           column_text(type.parts[i], fmt::format("knownnotnull(assertnotnull({})).{}", input,
                                                                  (*type.type.fields)[i].name)),
                           tree_form(columns[i]));
    return "[" + out + "]";
}

std::string deserializer_text(const ObjectType& type, const Exprs& columns, bool optimised) {
    if (type.product) return fmt::format("newInstance(class {})", type.name);
    MR_ASSERT(!columns.empty());
    const std::string column = tree_form(columns[0]);
    const std::string read = optimised ? column : fmt::format("cast({} as {})", column, catalog_name(type.type));
    switch (type.type.id) {
        case TypeId::string: return read + ".toString";
        case TypeId::timestamp:
            return invoked("sql.catalyst.util.DateTimeUtils$", "ObjectType(class java.sql.Timestamp)",
                           "toJavaTimestamp", read);
        default: break;
    }
    if (!type.primitive) return read;
    if (optimised && !columns[0]->nullable)
        return fmt::format("{}: {}", attribute_text(columns[0]->name, columns[0]->id, type_of(TypeId::integer)),
                           catalog_name(type.type));
    return fmt::format("assertnotnull({})", read);
}

std::string object_text(const ObjectType& type, const ExprRef& column) {
    MR_ASSERT(column != nullptr);
    return fmt::format("obj#{}: {}", column->id, type.primitive ? catalog_name(type.type) : type.name);
}

std::string encoder_text(const ObjectType& type) {
    std::string out;
    for (const Field& f : object_fields(type))
        out += fmt::format("{}{}[0]: {}", out.empty() ? "" : ", ", f.name, catalog_name(f.type));
    return "class[" + out + "]";
}

namespace {

std::string class_text(const ObjectType& type) {
    if (type.primitive) return type.type.id == TypeId::bigint ? "long" : type.name;
    return "class " + type.name;
}

std::string fields_text(const ObjectType& type) {
    std::string out;
    for (const Field& f : object_fields(type))
        out += fmt::format("{}StructField({},{},{})", out.empty() ? "" : ", ", f.name, class_name(f.type), f.nullable);
    return "[" + out + "]";
}

std::string groups_text(const TypedStep& t) {
    MR_ASSERT(t.kind == TypedKind::groups_with_state);
    return fmt::format("FlatMapGroupsWithState {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, false, {}, {}, {}", t.function,
                       deserializer_text(t.key, t.keys, false), deserializer_text(t.in, t.columns, false),
                       tree_forms(t.keys), tree_forms(t.columns), object_text(t.out, t.object), encoder_text(t.state),
                       t.mode, t.maps, t.timeout, tree_forms(t.keys), tree_forms(t.columns),
                       deserializer_text(t.key, t.keys, false));
}

}  // namespace

std::string typed_text(const Plan& p) {
    MR_ASSERT(p.typed != nullptr);
    const TypedStep& t = *p.typed;
    switch (t.kind) {
        case TypedKind::deserialize:
            return fmt::format("DeserializeToObject {}, {}", deserializer_text(t.out, t.columns, false),
                               object_text(t.out, t.object));
        case TypedKind::map:
            return fmt::format("MapElements {}, {}, {}, {}", t.function, class_text(t.in), fields_text(t.in),
                               object_text(t.out, t.object));
        case TypedKind::flat_map: return fmt::format("MapPartitions {}, {}", t.function, object_text(t.out, t.object));
        case TypedKind::filter:
            return fmt::format("TypedFilter {}, {}, {}, {}", t.function, class_text(t.in), fields_text(t.in),
                               deserializer_text(t.in, t.columns, false));
        case TypedKind::serialize: return "SerializeFromObject " + serializer_text(t.in, p.output);
        case TypedKind::append_key:
            return fmt::format("AppendColumns {}, {}, {}, {}, {}", t.function, class_text(t.in), fields_text(t.in),
                               deserializer_text(t.in, t.columns, false), serializer_text(t.out, t.keys));
        case TypedKind::map_groups:
            return fmt::format("MapGroups {}, {}, {}, {}, {}, {}", t.function, deserializer_text(t.key, t.keys, false),
                               deserializer_text(t.in, t.columns, false), tree_forms(t.keys), tree_forms(t.columns),
                               object_text(t.out, t.object));
        case TypedKind::groups_with_state: return groups_text(t);
        case TypedKind::cogroup:
            return fmt::format("CoGroup {}, {}, {}, {}, {}, {}, {}, {}, {}", t.function,
                               deserializer_text(t.key, t.keys, false), deserializer_text(t.in, t.columns, false),
                               deserializer_text(t.other, t.other_columns, false), tree_forms(t.keys),
                               tree_forms(t.other_keys), tree_forms(t.columns), tree_forms(t.other_columns),
                               object_text(t.out, t.object));
    }
    return "";
}

}  // namespace engine::spark
