// Typed steps of a plan: functions of a program over objects (map, flatMap, groupByKey, mapGroupsWithState), with the
// nodes that Spark puts around them to turn rows into objects and back. An object is one column here: a struct for
// tuples and case classes, the plain value for everything else, so that batches carry it as any other column.
#pragma once

#include <optional>

#include "engine/sql/tree.h"

namespace engine::spark {

/// What an encoder knows of a type of the program.
struct ObjectType {
    std::string name;        ///< its class as plans print it: int, java.lang.String, scala.Tuple2, Event
    DataType type;           ///< as a column; a struct for products
    bool primitive = false;  ///< never null
    bool product = false;    ///< its fields are columns of their own
    std::vector<ObjectType> parts;  ///< of a product: fields; of a collection: the element
};

/// What a function sees and does of one key's state. Times in milliseconds.
struct KeyState {
    bool exists = false;
    Value value;
    i64 timeout_ms = -1;  ///< -1 = none
    bool removed = false;
    bool updated = false;
    bool timed_out = false;
    i64 batch_ms = 0;
    i64 watermark_ms = -1;  ///< -1 = the query has none
    std::string timeout;    ///< none, processing, event
};

/// A function of a program.
struct TypedFunction {
    virtual ~TypedFunction() = default;
    /// Objects out of one object: map gives one, flatMap any number, filter a truth value, groupByKey the key.
    virtual std::optional<QueryError> row(const Value& in, Values& out) const = 0;
    /// Objects out of the objects of one key; `state` is null for groups without one.
    virtual std::optional<QueryError> group(const Value& key, const Values& rows, KeyState* state,
                                            Values& out) const = 0;
};

enum class TypedKind : u8 {
    deserialize,
    map,
    flat_map,
    filter,
    serialize,
    append_key,
    map_groups,
    groups_with_state,
    cogroup
};

struct TypedStep {
    TypedKind kind = TypedKind::deserialize;
    std::string function;  ///< its class as plans print it
    std::shared_ptr<const TypedFunction> run;
    ObjectType in;         ///< of deserialize, append_key and groups: what `columns` make up
    ObjectType out;        ///< the object that comes out; of append_key the key
    Exprs columns;         ///< read by deserialize, filter, append_key, groups
    ExprRef object;        ///< the column that holds the object that comes out
    // groups
    ObjectType key, state;
    Exprs keys;
    Exprs initial_keys, initial_columns;  ///< of the empty initial state
    std::string mode;                     ///< Append, Update
    bool maps = false;                    ///< mapGroupsWithState
    std::string timeout;                  ///< NoTimeout, ProcessingTimeTimeout, EventTimeTimeout
    // cogroup
    Exprs other_keys, other_columns;
    ObjectType other;
};

/// The columns that an object of a type becomes: its fields, or `value`.
Exprs object_columns(const ObjectType& type, Ids& ids);
std::vector<Field> object_fields(const ObjectType& type);
/// `[staticinvoke(..) AS value#1]`
std::string serializer_text(const ObjectType& type, const Exprs& columns);
/// `cast(value#1 as string).toString`; simplified as the optimiser leaves it if `optimised`.
std::string deserializer_text(const ObjectType& type, const Exprs& columns, bool optimised);
/// `obj#5: scala.Tuple2`
std::string object_text(const ObjectType& type, const ExprRef& column);
/// `class[n[0]: int]`
std::string encoder_text(const ObjectType& type);
/// A logical node as trees print it.
std::string typed_text(const Plan& plan);

/// A row's cells as one object, and back.
Value object_of(const ObjectType& type, Values cells);
Values cells_of(const ObjectType& type, const Value& object);

}  // namespace engine::spark
