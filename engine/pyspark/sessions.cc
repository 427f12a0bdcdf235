// SparkSession, its readers and writers, and running queries.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/pyspark/frames.h"
#include "engine/pyspark/gateway.h"
#include "engine/pyspark/settings.h"
#include "engine/sql/interval.h"
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

/// The text of sql() with `{name}` filled in: values as literals, frames as the names of views.
std::optional<std::string> filled_in(Interpreter& in, const std::string& text, const Args& args) {
    MR_ASSERT(in.ok());
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text[at] == '{' ? text.find('}', at) : std::string::npos;
        if (end == std::string::npos) {
            out += text[at++];
            continue;
        }
        const std::string name = text.substr(at + 1, end - at - 1);
        const auto given = std::ranges::find_if(args.named, [&](const auto& a) { return a.first == name; });
        if (given == args.named.end()) {
            in.raise("KeyError", "'" + name + "'");
            return std::nullopt;
        }
        const PyValue& v = given->second;
        if (is_object(v, "DataFrame")) {
            const std::string view = "_pyspark_" + name;
            in.session.views[view] = {view, nullptr, v.object->plan, {}};
            out += view;
        } else {
            out += v.kind == Kind::text ? "'" + v.s + "'" : v.kind == Kind::column ? pretty(v.column) : text_of(v);
        }
        at = end + 1;
    }
    return out;
}

/// The statement with its parameters, `:name` or `?`, replaced by the values that were given for them.
PlanRef with_parameters(const PlanRef& statement, const PyValue& given) {
    MR_ASSERT(statement != nullptr);
    if (!given.object) return statement;
    const std::vector<PyValue>& items = given.object->items;
    std::size_t next = 0;
    const auto value_of = [&](const ExprRef& e) -> ExprRef {
        if (e->kind != ExprKind::parameter) return e;
        if (given.kind != Kind::dict) return next < items.size() ? as_literal(items[next++]) : e;
        for (std::size_t i = 0; i + 1 < items.size(); i += 2)
            if (text_of(items[i]) == e->name) return as_literal(items[i + 1]);
        return e;
    };
    return rewrite_plan_up(statement, [&](const PlanRef& p) {
        return map_exprs(p, [&](const ExprRef& root) { return rewrite_up(root, value_of); });
    });
}

/// EXPLAIN gives its text as one row.
PyValue explained(Interpreter& in, const Plan& command) {
    MR_ASSERT(!command.children.empty());
    const auto plan = analyse(in.session, command.children[0]);
    if (!plan) return in.raise(plan.error()), none();
    const std::string mode = sim::lower_ascii(command.parts.empty() ? "simple" : command.parts[0]);
    const PyValue row = of_items(Kind::tuple, {of_text(in.must(in.host.explain(command.children[0], *plan, mode)))});
    return frame_of_rows(in, {{of_items(Kind::list, {row}), of_text("plan STRING")}, {}});
}

PyValue of_sql(Interpreter& in, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const PyValue text = args.positional.empty() ? none() : args.positional[0];
    PyValue parameters = args.positional.size() > 1 ? args.positional[1] : none();
    Args named = args;
    std::erase_if(named.named, [&](const auto& a) {
        if (a.first == "args") parameters = a.second;
        return a.first == "args";
    });
    if (text.kind != Kind::text) {
        raise_no_method(in, kSomeObject, "sql",
                        {text, parameters.kind == Kind::dict ? parameters : new_object("Array")});
        return none();
    }
    const auto filled = named.named.empty() ? std::optional(text.s) : filled_in(in, text.s, named);
    if (!filled) return none();
    auto parsed =
        parse_statement(*filled, in.session.ids, {in.session.clock.zone, in.session.clock.now, in.session.ansi});
    if (!parsed) {
        in.raise(std::move(parsed.error()));
        return none();
    }
    *parsed = with_parameters(*parsed, parameters);
    auto command = run_command(in.session, *parsed);
    if (!command) {
        in.raise(std::move(command.error()));
        return none();
    }
    if ((*parsed)->kind == PlanKind::command && (*parsed)->name == "explain") return explained(in, **parsed);
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
    const Bound b = bind_args(in, "SparkSession.range", "start, end=, step=, numPartitions=", args);
    if (!in.ok()) return none();
    i64 numbers[] = {0, 0, 1, 2};
    for (std::size_t i = 0; i < 4; ++i) {
        if (!b.given[i] || b[i].kind == Kind::none) continue;
        const PyValue n = in.builtin("int", {{b[i]}, {}});
        if (!in.ok()) return none();
        numbers[i] = n.i;
    }
    const bool both = b.given[1] && b[1].kind != Kind::none;
    Plan p;
    p.kind = PlanKind::range;
    p.start = both ? numbers[0] : 0;
    p.end = both ? numbers[1] : numbers[0];
    p.step = numbers[2];
    p.n = numbers[3];
    if (p.step == 0 || p.n <= 0) {
        in.raise(illegal_argument(p.step == 0
                                      ? "requirement failed: step (0) cannot be 0"
                                      : fmt::format("requirement failed: numSlices ({}) should be positive", p.n)));
        return none();
    }
    p.output = {attribute("id", type_of(TypeId::bigint), false, in.session.ids.take())};
    p.resolved = true;
    return frame_of_analysed(make(std::move(p)));
}

/// A table by its name; `as_stream` is seen only where it is not found.
PyValue table_of(Interpreter& in, const PyValue& name, bool as_stream = false) {
    MR_ASSERT(in.scope != nullptr);
    if (!all_text(in, "table", {name})) return none();
    auto parts = parse_name(name.s);
    if (!parts) {
        in.raise(std::move(parts.error()));
        return none();
    }
    Plan p;
    p.kind = PlanKind::relation_name;
    p.parts = std::move(*parts);
    p.all = as_stream;
    PyValue f = frame_of(in, make(std::move(p)));
    if (in.ok()) f.object->parsed = f.object->plan;
    return f;
}

}  // namespace

std::optional<DataType> schema_of(Interpreter& in, const PyValue& v) {
    MR_ASSERT(in.scope != nullptr);
    if (is_object(v, "DataType")) return v.object->data_type;
    if (v.kind != Kind::text) {
        in.raise(
            "PySparkTypeError",
            fmt::format("[NOT_STR_OR_STRUCT] Argument `schema` should be a str or structType, got {}.", type_name(v)));
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
            change_setting(session, text_of(first), option_text(args.positional[1]));
        return name == "getOrCreate" ? globals->fields["spark"] : self;
    }
    if (type == "conf") return conf_method(*this, name, args);
    if (type == "streams") {
        if (name == "addListener" || name == "removeListener") return host.listen(first, name == "addListener"), none();
        if (name == "awaitAnyTermination" || name == "resetTerminated") return none();
        std::vector<PyValue> all;
        for (const i64 h : host.queries()) {
            PyValue q = new_object("StreamingQuery");
            q.object->handle = h;
            if (name == "get" && equal(must(host.query(h, "id", {})), first)) return q;
            all.push_back(q);
        }
        // Java wants the five parts of an id.
        if (name == "get" && first.kind == Kind::text && std::ranges::count(first.s, '-') != 4)
            return raise(illegal_argument("Invalid UUID string: " + first.s)), none();
        if (name == "get") return none();
        return of_items(Kind::list, std::move(all));
    }
    if (type == "SparkSession") {
        if (name == "sql") return of_sql(*this, args);
        if (name == "table") return table_of(*this, first);
        if (name == "range") return range_of(*this, args);
        if (name == "createDataFrame") return frame_of_rows(*this, args);
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
    if (name == "format") return all_text(*this, name, {first}) ? (o.name = first.s, self) : none();
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
    // Its method says so itself, whatever options said before.
    if (name == "text")
        set_option(o, "wholetext", args.positional.size() > 1 && truthy(args.positional[1]) ? "true" : "false");
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
    if (name == "table") return table_of(*this, first, stream);
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

/// Whether a trigger's interval is one, and not below zero.
bool interval_of_trigger(Interpreter& in, const std::string& text) {
    MR_ASSERT(!text.empty());
    const auto span = parse_interval(text);
    std::string why;
    if (!span) why = interval_refusal(text);
    else if (delay_ms(span->months, span->days, span->micros) < 0)
        why = "requirement failed: the interval of trigger should not be negative";
    if (!why.empty()) in.raise(illegal_argument(why));
    return why.empty();
}

bool set_trigger(Interpreter& in, Object& o, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    std::size_t given = 0;
    for (const auto& [name, v] : args.named) {
        if (v.kind == Kind::none) continue;
        ++given;
        const bool span = name == "processingTime" || name == "continuous";
        if (span && !given_text(in, name.c_str(), v)) return false;
        if (span && !interval_of_trigger(in, v.s)) return false;
        if (!span && (v.kind != Kind::boolean || !truthy(v))) {
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
    if (!args.positional.empty() && args.positional[0].kind != Kind::none) {
        if (!all_text(in, "start", {args.positional[0]})) return none();
        set_option(o, "path", args.positional[0].s);
    }
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
        in.raise(illegal_argument(fmt::format(
            "Unknown output mode {}. Accepted output modes are 'append', 'complete', 'update'", text_of(mode))));
        return none();
    }
    set_option(*self.object, "\nmode", m);
    return self;
}

}  // namespace

namespace {

/// save(): its format has to be known, and files need one path.
bool can_be_saved(Interpreter& in, const Object& o, const Args& args) {
    MR_ASSERT(in.ok());
    static constexpr std::string_view kKnown[] = {"",    "csv",   "json", "text", "parquet",
                                                  "orc", "kafka", "noop", "jdbc", "console"};
    std::string format = sim::lower_ascii(o.name);
    bool path = !args.positional.empty() && args.positional[0].kind != Kind::none;
    for (const auto& [key, v] : o.options) path = path || sim::lower_ascii(key) == "path";
    for (const auto& [key, v] : args.named) {
        if (key == "format") format = sim::lower_ascii(text_of(v));
        path = path || sim::lower_ascii(key) == "path";
    }
    if (std::ranges::find(kKnown, format) == std::end(kKnown) && format.find('.') == std::string::npos) {
        in.raise(QueryError{
            "Py4JJavaError", "org.apache.spark.SparkClassNotFoundException", "DATA_SOURCE_NOT_FOUND", "",
            fmt::format("[DATA_SOURCE_NOT_FOUND] Failed to find the data source: {}. Please find packages at "
                        "`https://spark.apache.org/third-party-projects.html`.",
                        o.name)});
        return false;
    }
    const bool files = format.empty() || format == "csv" || format == "json" || format == "text" ||
                       format == "parquet" || format == "orc";
    if (files && !path) in.raise(illegal_argument("Expected exactly one path to be specified, but got: ."));
    return in.ok();
}

}  // namespace

namespace {

/// The method that an object for foreach() lacks, or has as something else; null if it will do.
const char* not_callable(const PyValue& writer) {
    if (!writer.object) return "process";
    const bool instance = writer.object->outer && writer.object->outer->type == "type";
    if (!instance) return nullptr;
    for (const char* name : {"process", "open", "close"}) {
        const auto& members = writer.object->outer->fields;
        const auto it = members.find(name);
        MR_ASSERT(name != nullptr);
        const bool missing = it == members.end() && !writer.object->fields.contains(name);
        if (missing ? name == std::string_view("process") : it != members.end() && !it->second.object) return name;
    }
    return nullptr;
}

}  // namespace

PyValue Interpreter::writer_method(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    Object& o = *self.object;
    const PyValue first = args.positional.empty() ? none() : args.positional[0];
    if (name == "format") return all_text(*this, name, {first}) ? (o.name = first.s, self) : none();
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
        if (name == "foreach")
            if (const char* missing = not_callable(first); missing != nullptr) {
                raise("PySparkAttributeError",
                      fmt::format("[ATTRIBUTE_NOT_CALLABLE] Attribute `{}` in provided object `f` is not callable.",
                                  missing));
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
                raise(illegal_argument(
                    fmt::format("Unknown save mode: {}. Accepted save modes are 'overwrite', 'append', "
                                "'ignore', 'error', 'errorifexists', 'default'.",
                                text_of(first))));
            if (!known) return none();
        }
        if (name == "mode") return set_option(o, "\nmode", sim::lower_ascii(text_of(first))), self;
        const bool save = name == "save",
                   named_format = name == "json" || name == "csv" || name == "text" || name == "parquet";
        if (save || named_format) {
            if (save && !can_be_saved(*this, o, args)) return none();
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
