#include "engine/pyspark/settings.h"

#include <fmt/format.h>

#include "engine/plan/analyser.h"
#include "engine/plan/setting_rules.h"
#include "engine/pyspark/gateway.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

bool is_text(Interpreter& in, const PyValue& v, const char* what) {
    MR_ASSERT(what != nullptr);
    if (v.kind != Kind::text)
        in.raise("TypeError",
                 fmt::format("expected {} '{}' to be a string (was '{}')", what, text_of(v), type_name(v)));
    return v.kind == Kind::text;
}

PyValue setting_of(Interpreter& in, const Bound& b) {
    MR_ASSERT(b.values.size() == 2);
    if (!is_text(in, b[0], "key")) return none();
    if (b.given[1] && b[1].kind != Kind::none && !is_text(in, b[1], "default")) return none();
    const auto value = setting_value(in.session, b[0].s);
    if (value) return of_text(*value);
    if (b.given[1]) return b[1];
    in.raise(QueryError{"Py4JJavaError", "org.apache.spark.SparkNoSuchElementException", "SQL_CONF_NOT_FOUND", "",
                        fmt::format("[SQL_CONF_NOT_FOUND] The SQL config \"{}\" cannot be found. Please verify that "
                                    "the config exists.",
                                    b[0].s)});
    return none();
}

void set(Interpreter& in, const PyValue& key, const PyValue& v) {
    const bool plain = v.kind == Kind::text || v.kind == Kind::boolean || v.kind == Kind::integer;
    if (key.kind != Kind::text || (!plain && v.kind != Kind::none))
        return raise_no_method(in, kSomeObject, "set", {key, v});
    if (v.kind == Kind::none)
        return in.raise(illegal_argument(fmt::format("requirement failed: value cannot be null for key: {}", key.s)));
    const std::string value = v.kind == Kind::boolean ? (truthy(v) ? "true" : "false") : text_of(v);
    if (auto refused = setting_refused(key.s, value)) return in.raise(std::move(*refused));
    change_setting(in.session, key.s, value);
}

}  // namespace

PyValue conf_method(Interpreter& in, const std::string& name, const Args& args) {
    MR_ASSERT(in.ok());
    if (name == "get") return setting_of(in, bind_args(in, "RuntimeConfig.get", "key, default=", args));
    const Bound b = bind_args(in, "RuntimeConfig." + name, name == "set" ? "key, value" : "key", args);
    if (!in.ok()) return none();
    if (name == "set") return set(in, b[0], b[1]), none();
    if (!is_text(in, b[0], "key")) return none();
    if (name == "isModifiable") return of_bool(setting_modifiable(b[0].s));
    reset_setting(in.session, b[0].s);
    return none();
}

}  // namespace engine::spark::py
