#include "engine/pyspark/gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

/// What a value is once the gateway has carried it over.
std::string java_class(const PyValue& v) {
    switch (v.kind) {
        case Kind::none: return "null";
        case Kind::boolean: return "class java.lang.Boolean";
        case Kind::integer:
            return v.i >= std::numeric_limits<sim::i32>::min() && v.i <= std::numeric_limits<sim::i32>::max()
                       ? "class java.lang.Integer"
                       : "class java.lang.Long";
        case Kind::real: return "class java.lang.Double";
        case Kind::text: return "class java.lang.String";
        case Kind::column: return "class org.apache.spark.sql.Column";
        case Kind::dict: return "class java.util.HashMap";
        case Kind::set: return "class java.util.HashSet";
        case Kind::list:
        case Kind::tuple: return "class java.util.ArrayList";
        case Kind::object: break;
    }
    MR_ASSERT(v.object != nullptr);
    if (v.object->type == "Columns") return "class scala.collection.convert.Wrappers$JListWrapper";
    return v.object->type == "Array" ? "class [Ljava.lang.Object;" : "class org.apache.spark.sql.Dataset";
}

}  // namespace

void raise_no_method(Interpreter& in, const std::string& on, const std::string& method,
                     const std::vector<PyValue>& values) {
    MR_ASSERT(!on.empty() && !method.empty());
    std::string classes;
    for (const PyValue& v : values) classes += (classes.empty() ? "" : ", ") + java_class(v);
    in.raise(QueryError{"Py4JError", "", "", "",
                        fmt::format("An error occurred while calling {0}.{1}. Trace:\npy4j.Py4JException: Method "
                                    "{1}([{2}]) does not exist\n",
                                    on, method, classes)});
}

bool all_text(Interpreter& in, const std::string& method, const std::vector<PyValue>& values) {
    MR_ASSERT(!values.empty());
    const bool text = std::ranges::all_of(values, [](const PyValue& v) { return v.kind == Kind::text; });
    if (!text) raise_no_method(in, kSomeObject, method, values);
    return text;
}

PyValue raise_type(Interpreter& in, const char* error, const char* argument, const char* wanted, const PyValue& given) {
    MR_ASSERT(error != nullptr && argument != nullptr && wanted != nullptr);
    in.raise("PySparkTypeError",
             fmt::format("[{}] Argument `{}` should be {}, got {}.", error, argument, wanted, type_name(given)));
    return none();
}

}  // namespace engine::spark::py
