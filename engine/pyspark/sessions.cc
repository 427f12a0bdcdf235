// SparkSession, its readers and writers, and running queries.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/pyspark/frames.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

std::string option_text(const PyValue& v) { return v.kind == Kind::boolean ? (v.i ? "true" : "false") : text_of(v); }

void set_option(Object& o, const std::string& key, const std::string& value) {
    MR_ASSERT(!key.empty());
    for (auto& [k, v] : o.options)
        if (sim::lower_ascii(k) == sim::lower_ascii(key)) {
            v = value;
            return;
        }
    o.options.emplace_back(key, value);
}

DataType common_of(const DataType& a, const DataType& b) {
    if (a.id == TypeId::void_) return b;
    if (b.id == TypeId::void_ || same_type(a, b)) return a;
    return type_of(a.id == TypeId::double_ || b.id == TypeId::double_ ? TypeId::double_ : TypeId::string);
}

DataType inferred(const PyValue& v) {
    switch (v.kind) {
        case Kind::boolean: return type_of(TypeId::boolean);
        case Kind::integer: return type_of(TypeId::bigint);
        case Kind::real: return type_of(TypeId::double_);
        case Kind::text: return type_of(TypeId::string);
        case Kind::list: case Kind::tuple: {
            DataType t;
            for (const PyValue& item : v.object->items) t = common_of(t, inferred(item));
            return array_type(t, true);
        }
        default: return is_object(v, "datetime") ? type_of(TypeId::timestamp) : DataType{};
    }
}

Value from_python(const PyValue& v, const DataType& type) {
    if (v.kind == Kind::none) return null_value();
    if (v.kind == Kind::text) return string_value(v.s);
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

/// createDataFrame(rows, schema): rows are tuples, lists, dicts or Rows.
PyValue created(Interpreter& in, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "createDataFrame", "data, schema=", args);
    if (!in.ok()) return none();
    std::vector<std::vector<PyValue>> rows;
    std::vector<std::string> names;
    for (const PyValue& row : in.iterate(b[0])) {
        std::vector<PyValue> cells;
        if (row.kind == Kind::dict)
            for (std::size_t i = 0; i + 1 < row.object->items.size(); i += 2) {
                if (rows.empty()) names.push_back(text_of(row.object->items[i]));
                cells.push_back(row.object->items[i + 1]);
            }
        else if (row.object) {
            cells = row.object->items;
            if (rows.empty() && is_object(row, "Row"))
                for (const auto& [name, unused] : row.object->options) names.push_back(name);
        } else cells = {row};
        rows.push_back(std::move(cells));
    }
    if (!in.ok()) return none();
    std::vector<Field> fields;
    if (const auto schema = b[1].kind == Kind::list || b[1].kind == Kind::tuple || b[1].kind == Kind::none
                                ? std::nullopt
                                : schema_of(in, b[1]))
        fields = *schema->fields;
    if (!in.ok()) return none();
    if (b[1].kind == Kind::list || b[1].kind == Kind::tuple) {
        names.clear();
        for (const PyValue& n : b[1].object->items) names.push_back(text_of(n));
    }
    if (fields.empty() && rows.empty()) {
        in.raise("PySparkValueError", "[CANNOT_INFER_EMPTY_SCHEMA] Can not infer schema from empty dataset.");
        return none();
    }
    if (fields.empty()) {
        const std::size_t width = rows.empty() ? names.size() : rows[0].size();
        for (std::size_t c = 0; c < width; ++c) {
            DataType t;
            for (const auto& row : rows)
                if (c < row.size()) t = common_of(t, inferred(row[c]));
            fields.push_back({c < names.size() ? names[c] : "_" + std::to_string(c + 1), t, true});
        }
    }
    Plan p;
    p.kind = PlanKind::local_relation;
    p.name = "rdd";
    p.resolved = true;
    auto table = std::make_shared<Table>();
    Batch batch{.rows = static_cast<i64>(rows.size()), .columns = {}};
    EvalContext cx;
    cx.clock = in.session.clock;
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

PyValue of_sql(Interpreter& in, const PyValue& text) {
    MR_ASSERT(in.scope != nullptr);
    auto parsed =
        parse_statement(text_of(text), in.session.ids, {in.session.clock.zone, in.session.clock.now, in.session.ansi});
    if (!parsed) {
        in.raise(std::move(parsed.error()));
        return none();
    }
    auto command = run_command(in.session, *parsed);
    if (!command) {
        in.raise(std::move(command.error()));
        return none();
    }
    if (*command) return frame_of_analysed(make([] {
        Plan p;
        p.kind = PlanKind::local_relation;
        p.resolved = true;
        return p;
    }()));
    return frame_of(in, *parsed);
}

PyValue range_of(Interpreter& in, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    Plan p;
    p.kind = PlanKind::range;
    const auto& a = args.positional;
    for (const PyValue& v : a)
        if (v.kind == Kind::text) {
            in.raise("ValueError", fmt::format("invalid literal for int() with base 10: {}", repr_of(v)));
            return none();
        }
    p.start = a.size() > 1 ? a[0].i : 0;
    p.end = a.size() > 1 ? a[1].i : a.empty() ? 0 : a[0].i;
    p.step = a.size() > 2 ? a[2].i : 1;
    p.n = 2;
    p.output = {attribute("id", type_of(TypeId::bigint), false, in.session.ids.take())};
    p.resolved = true;
    return frame_of_analysed(make(std::move(p)));
}

PyValue table_of(Interpreter& in, const PyValue& name) {
    MR_ASSERT(in.scope != nullptr);
    Plan p;
    p.kind = PlanKind::relation_name;
    const auto parts = parse_name(text_of(name));
    p.parts = parts ? *parts : std::vector<std::string>{text_of(name)};
    PyValue f = frame_of(in, make(std::move(p)));
    if (in.ok()) f.object->parsed = f.object->plan;
    return f;
}

void configure(Session& session, const std::string& key, const std::string& value) {
    MR_ASSERT(!key.empty());
    Plan set;
    set.kind = PlanKind::command;
    set.name = "set";
    set.parts = {key, value};
    (void)run_command(session, make(std::move(set)));
}

}  // namespace

std::optional<DataType> schema_of(Interpreter& in, const PyValue& v) {
    MR_ASSERT(in.scope != nullptr);
    if (is_object(v, "DataType")) return v.object->data_type;
    if (v.kind != Kind::text) {
        in.raise("PySparkTypeError",
                 fmt::format("[NOT_STR_OR_STRUCT] Argument `schema` should be a struct type, got {}.", type_name(v)));
        return std::nullopt;
    }
    auto t = parse_schema(v.s);
    if (!t) {
        in.raise(std::move(t.error()));
        return std::nullopt;
    }
    return *t;
}

PyValue Interpreter::session_method(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    const std::string& type = self.object->type;
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    if (type == "Builder") {
        if (name == "config" && args.positional.size() == 2)
            configure(session, text_of(first), option_text(args.positional[1]));
        return name == "getOrCreate" ? globals->fields["spark"] : self;
    }
    if (type == "conf") {
        if (name == "set" && args.positional.size() == 2)
            return configure(session, text_of(first), option_text(args.positional[1])), none();
        const auto it = session.settings.find(text_of(first));
        if (name == "get")
            return it != session.settings.end() ? of_text(it->second)
                   : args.positional.size() > 1 ? args.positional[1]
                                                : none();
        return none();
    }
    if (type == "streams") {
        if (name == "addListener" || name == "removeListener") return host.listen(first, name == "addListener"), none();
        if (name == "awaitAnyTermination" || name == "resetTerminated") return none();
        std::vector<PyValue> all;
        for (const i64 h : host.queries()) {
            PyValue q = new_object("StreamingQuery");
            q.object->handle = h;
            all.push_back(q);
        }
        return of_items(Kind::list, std::move(all));
    }
    if (type == "SparkSession") {
        if (name == "sql") return of_sql(*this, first);
        if (name == "table") return table_of(*this, first);
        if (name == "range") return range_of(*this, args);
        if (name == "createDataFrame") return created(*this, args);
        if (name == "stop" || name == "newSession") return name == "stop" ? none() : self;
    }
    if (type == "sparkContext" || type == "builder class") return none();
    raise("AttributeError", fmt::format("'{}' object has no attribute '{}'", type_name(self), name));
    return none();
}

namespace {

bool given_text(Interpreter& in, const char* name, const PyValue& v);

PyValue loaded(Interpreter& in, const PyValue& self, std::string format, const PyValue& path) {
    MR_ASSERT(in.scope != nullptr);
    ReadRequest r;
    r.stream = self.object->type == "DataStreamReader";
    r.format = std::move(format);
    r.options = self.object->options;
    if (self.object->data_type.id == TypeId::structure) r.schema = self.object->data_type;
    if (path.kind != Kind::none)
        r.options.emplace_back(
            "path", path.object && !path.object->items.empty() ? text_of(path.object->items[0]) : text_of(path));
    const PlanRef plan = in.must(in.host.read(r));
    return in.ok() ? frame_of_analysed(plan) : none();
}

}  // namespace

PyValue Interpreter::reader_method(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    Object& o = *self.object;
    if (name == "format") return o.name = text_of(first), self;
    if (name == "option" && args.positional.size() == 2)
        return set_option(o, text_of(first), option_text(args.positional[1])), self;
    if (name == "options") {
        for (const auto& [key, v] : args.named) set_option(o, key, option_text(v));
        return self;
    }
    if (name == "schema") {
        if (o.type == "DataStreamReader" && first.kind != Kind::text && !is_object(first, "DataType")) {
            raise("PySparkTypeError",
                  fmt::format("[NOT_STR_OR_STRUCT] Argument `schema` should be a str or structType, got {}.",
                              type_name(first)));
            return none();
        }
        if (const auto t = schema_of(*this, first)) o.data_type = *t;
        return ok() ? self : none();
    }
    for (const auto& [key, v] : args.named)
        if (key != "path" && v.kind != Kind::none) {
            if (key == "schema") {
                if (const auto t = schema_of(*this, v)) o.data_type = *t;
            } else if (key == "format") o.name = text_of(v);
            else set_option(o, key, option_text(v));
        }
    if (!ok()) return none();
    const bool stream = o.type == "DataStreamReader";
    const bool path = !args.positional.empty() && first.kind != Kind::none;
    if (stream && path && name == "load" && !given_text(*this, "path", first)) return none();
    if (stream && path && name != "load" && first.kind != Kind::text) {
        raise("PySparkTypeError", fmt::format("[NOT_STR] Argument `{}` should be a str, got {}.",
                                              name == "table" ? "tableName" : "path", type_name(first)));
        return none();
    }
    if (name == "load") return loaded(*this, self, o.name.empty() ? "parquet" : o.name, first);
    if (name == "table") return table_of(*this, first);
    if (name == "json" || name == "csv" || name == "text" || name == "parquet" || name == "orc")
        return loaded(*this, self, name, first);
    raise("AttributeError", fmt::format("'{}' object has no attribute '{}'", o.type, name));
    return none();
}

namespace {

/// Whether an argument is a text that says something; a refusal if not.
bool given_text(Interpreter& in, const char* name, const PyValue& v) {
    MR_ASSERT(name != nullptr);
    const bool good = v.kind == Kind::text && v.s.find_first_not_of(' ') != std::string::npos;
    if (!good)
        in.raise("PySparkValueError",
                 fmt::format("[VALUE_NOT_NON_EMPTY_STR] Value for `{}` must be a non empty string, got '{}'.", name,
                             text_of(v)));
    return good;
}

bool set_trigger(Interpreter& in, Object& o, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    std::size_t given = 0;
    for (const auto& [name, v] : args.named) {
        if (v.kind == Kind::none) continue;
        ++given;
        const bool span = name == "processingTime" || name == "continuous";
        if (span && !given_text(in, name.c_str(), v)) return false;
        if (!span && !truthy(v)) {
            in.raise("PySparkValueError",
                     fmt::format("[VALUE_NOT_TRUE] Value for `{}` must be True, got '{}'.", name, text_of(v)));
            return false;
        }
        set_option(o, "\ntrigger", name);
        set_option(o, "\ntrigger value", option_text(v));
    }
    if (given != 1) in.raise("PySparkValueError", "[ONLY_ALLOW_SINGLE_TRIGGER] Only a single trigger is allowed.");
    return given == 1;
}

std::string taken(Object& o, const std::string& key) {
    for (auto it = o.options.begin(); it != o.options.end(); ++it)
        if (it->first == key) {
            const std::string v = it->second;
            o.options.erase(it);
            return v;
        }
    return "";
}

PyValue started(Interpreter& in, const PyValue& self, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    Object o = *self.object;
    StreamRequest r;
    r.plan = o.plan;
    r.format = o.name;
    if (const std::string mode = taken(o, "\nmode"); !mode.empty()) r.mode = mode;
    r.name = taken(o, "\nname");
    r.trigger = taken(o, "\ntrigger");
    r.trigger_value = taken(o, "\ntrigger value");
    for (std::string by = taken(o, "\nby"); !by.empty(); by = taken(o, "\nby")) r.partition_by.push_back(by);
    if (const auto it = o.fields.find("foreach"); it != o.fields.end()) r.foreach_row = it->second;
    if (const auto it = o.fields.find("foreachBatch"); it != o.fields.end()) r.foreach_batch = it->second;
    for (const auto& [name, v] : args.named) {
        if (name == "format") r.format = text_of(v);
        else if (name == "outputMode") r.mode = sim::lower_ascii(text_of(v));
        else if (name == "queryName") r.name = text_of(v);
        else set_option(o, name, option_text(v));
    }
    if (!args.positional.empty()) set_option(o, "path", text_of(args.positional[0]));
    r.options = o.options;
    PyValue q = new_object("StreamingQuery");
    q.object->handle = in.must(in.host.start(r));
    return in.ok() ? q : none();
}

PyValue output_mode(Interpreter& in, const PyValue& self, const PyValue& mode) {
    MR_ASSERT(in.scope != nullptr);
    if (!given_text(in, "outputMode", mode)) return none();
    const std::string m = sim::lower_ascii(text_of(mode));
    if (m != "append" && m != "complete" && m != "update") {
        in.raise(
            QueryError{"IllegalArgumentException", "java.lang.IllegalArgumentException", "", "",
                       fmt::format("Unknown output mode {}. Accepted output modes are 'append', 'complete', 'update'",
                                   text_of(mode))});
        return none();
    }
    set_option(*self.object, "\nmode", m);
    return self;
}

}  // namespace

PyValue Interpreter::writer_method(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    Object& o = *self.object;
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    if (name == "format") return o.name = text_of(first), self;
    if (name == "option" && args.positional.size() == 2)
        return set_option(o, text_of(first), option_text(args.positional[1])), self;
    if (name == "options") {
        for (const auto& [key, v] : args.named) set_option(o, key, option_text(v));
        return self;
    }
    if (name == "partitionBy") {
        for (const PyValue& v : args.positional) o.options.emplace_back("\nby", text_of(v));
        return self;
    }
    if (o.type == "DataStreamWriter") {
        if (name == "outputMode") return output_mode(*this, self, first);
        if (name == "queryName") {
            return given_text(*this, "queryName", first) ? (set_option(o, "\nname", first.s), self) : none();
        }
        if (name == "trigger") return set_trigger(*this, o, args) ? self : none();
        if (name == "foreach" && !first.object) {
            raise("PySparkAttributeError",
                  "[ATTRIBUTE_NOT_CALLABLE] Attribute `process` in provided object `f` is not callable.");
            return none();
        }
        if (name == "foreach" || name == "foreachBatch")
            return o.fields[name] = first, o.name = name == "foreach" ? "foreach" : "foreachBatch", self;
        if (name == "start" || name == "toTable") return started(*this, self, args);
    } else {
        if (name == "mode") {
            bool known = false;
            for (const char* m : {"overwrite", "append", "ignore", "error", "errorifexists", "default"})
                known = known || sim::lower_ascii(text_of(first)) == m;
            if (!known)
                raise(QueryError{"IllegalArgumentException", "java.lang.IllegalArgumentException", "", "",
                                 fmt::format("Unknown save mode: {}. Accepted save modes are 'overwrite', 'append', "
                                             "'ignore', 'error', 'errorifexists', 'default'.",
                                             text_of(first))});
            if (!known) return none();
        }
        if (name == "mode") return set_option(o, "\nmode", sim::lower_ascii(text_of(first))), self;
        const bool save = name == "save",
                   named_format = name == "json" || name == "csv" || name == "text" || name == "parquet";
        if (save || named_format) {
            Object copy = o;
            const std::string mode = taken(copy, "\nmode");
            if (!args.positional.empty()) set_option(copy, "path", text_of(first));
            must(host.write(o.plan, named_format ? name : o.name, mode.empty() ? "errorifexists" : mode, copy.options));
            return none();
        }
    }
    raise("AttributeError", fmt::format("'{}' object has no attribute '{}'", o.type, name));
    return none();
}

PyValue Interpreter::query_method(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr && self.object->handle >= 0);
    return must(host.query(self.object->handle, name, args.positional));
}

}  // namespace engine::spark::py
