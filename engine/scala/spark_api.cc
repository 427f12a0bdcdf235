// The names of Spark's API in Scala, and what each leads to in the PySpark reader.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/column.h"
#include "engine/plan/outputs.h"
#include "engine/scala/evaluator.h"
#include "engine/sql/parser.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

/// Methods after which a Dataset still holds the objects it held.
constexpr std::string_view kKeeps =
    " filter where limit distinct dropDuplicates dropDuplicatesWithinWatermark orderBy sort union unionByName "
    "intersect except withWatermark repartition coalesce cache persist unpersist hint sample alias as observe ";
constexpr std::string_view kAttributes = " isStreaming columns schema write writeStream dtypes na ";

/// Rows as the program sees them.
PyValue as_objects(Evaluator& e, const PyValue& rows, const PyValue& frame) {
    MR_ASSERT(e.in.scope != nullptr);
    const Type element = element_of(frame);
    const auto type = element.name.empty() ? std::optional<ObjectType>() : e.object_type(element);
    Values out;
    for (const PyValue& row : rows.kind == Kind::list ? rows.object->items : Values{rows}) {
        if (!type || !has_object(row, "Row")) {
            out.push_back(row);
            continue;
        }
        out.push_back(e.object_of_row(row, *type));
    }
    return of_list("Array", std::move(out));
}

Args list_of(const Values& args) {
    Values all;
    for (const PyValue& v : args) {
        if (is_list(v)) all.insert(all.end(), v.object->items.begin(), v.object->items.end());
        else all.push_back(v);
    }
    return {{of_list("list", std::move(all))}, {}};
}

/// A Python method's arguments for a Scala method's.
Args translated(const std::string& name, Args args) {
    MR_ASSERT(!name.empty());
    Values& p = args.positional;
    if (name == "show" && p.size() == 1 && p[0].kind == Kind::boolean) return {{}, {{"truncate", p[0]}}};
    if (among(name, " dropDuplicates dropDuplicatesWithinWatermark ") && !p.empty()) return list_of(p);
    if (name == "unionByName" && p.size() > 1) p.resize(1);
    for (PyValue& v : p)
        if (v.kind == Kind::list && v.object->type != "list") v = of_list("list", v.object->items);
    return args;
}

}  // namespace

PyValue Evaluator::frame_member(const PyValue& self, const std::string& name, const Args& args,
                                const std::vector<Type>& types) {
    MR_ASSERT(self.object != nullptr);
    const Values& p = args.positional;
    const bool function = p.size() == 1 && has_object(p[0], "closure");
    if (name == "as" && !types.empty()) return typed_member(self, name, p, types);
    if (among(name, " map flatMap mapPartitions groupByKey ") || (among(name, " filter where ") && function))
        return typed_member(self, name == "where" ? "filter" : name, p, types);
    if (name == "toDF" && p.empty()) return py::frame_of_analysed(self.object->plan);
    if (name == "transform" && function) return call1(p[0], self);
    if (name == "col" || name == "apply")
        return p.size() == 1 ? in.frame_attribute(self, "[" + display(p[0])) : no_member(self, name);
    if (name == "sparkSession") return in.globals->fields["spark"];
    if (name == "stat" || name == "rdd" || name == "queryExecution" || name == "reduce" || name == "joinWith")
        return no_member(self, name);
    if (among(name, kAttributes)) {
        PyValue v = in.frame_attribute(self, name);
        if (name == "columns" && v.object) v.object->type = "Array";
        if (v.object && name.starts_with("write")) return with_element(v, element_of(self));
        return v;
    }
    if (name == "agg") return grouped_member(in.frame_method(self, "groupBy", {}), "agg", p, {});
    const std::string python = name == "except" ? "subtract"
                               : name == "as"   ? "alias"
                               : name == "collectAsList" || name == "takeAsList"
                                   ? (name == "takeAsList" ? "take" : "collect")
                                   : name;
    PyValue v = in.frame_method(self, python, translated(name, args));
    if (!ok()) return py::none();
    if (among(name, " collect take head first tail takeAsList collectAsList ")) {
        const bool one = name == "first" || (name == "head" && p.empty());
        const PyValue objects = as_objects(*this, v, self);
        return one ? (objects.object->items.empty()
                          ? raise("java.util.NoSuchElementException", "next on empty iterator")
                          : objects.object->items[0])
                   : objects;
    }
    if (name == "foreach" && function)
        return list_member(as_objects(*this, in.frame_method(self, "collect", {}), self), "foreach", p);
    if (name == "count" && v.kind == Kind::integer) return of_long(v.i);
    if (has_object(v, "DataFrame") && among(name, kKeeps)) return with_element(v, element_of(self));
    return v.kind == Kind::none ? unit() : v;
}

PyValue Evaluator::writer_member(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    const Values& p = args.positional;
    const auto object_name = [](const PyValue& v) {
        return v.kind == Kind::text ? v.s : v.object ? v.object->name : "";
    };
    const auto python = [&](Args given) {
        PyValue v = in.writer_method(self, name, given);
        return v.kind == Kind::none ? unit() : v;
    };
    if (name == "outputMode" && p.size() == 1)
        return python({{py::of_text(p[0].kind == Kind::text ? p[0].s : object_name(p[0]))}, {}});
    if (name == "mode" && p.size() == 1) return python({{py::of_text(object_name(p[0]))}, {}});
    if (name == "options" && p.size() == 1 && p[0].kind == Kind::dict) {
        Args given;
        const Values& all = p[0].object->items;
        for (std::size_t i = 0; i + 1 < all.size(); i += 2)
            given.named.emplace_back(display(all[i]), py::of_text(display(all[i + 1])));
        return python(given);
    }
    if (name == "trigger" && p.size() == 1 && has_object(p[0], "Trigger")) {
        const Object& t = *p[0].object;
        return python({{}, {{t.name, t.items.empty() ? py::of_bool(true) : t.items[0]}}});
    }
    if (name == "foreach" && p.size() == 1 && has_object(p[0], "instance")) {
        // The writer is handed rows; its process() wants what they stand for.
        PyValue writer = p[0];
        const Type element = element_of(writer).name.empty() ? element_of(self) : element_of(writer);
        const auto type = object_type(element);
        if (const auto it = writer.object->fields.find("process"); it != writer.object->fields.end())
            it->second = with_element(it->second, element);
        if (type)
            writer.object->fields["\ndescription"] = py::of_text(
                fmt::format("ForeachWriterTable({}@<hash>,Left({}))", writer.object->name, encoder_text(*type)));
        return python({{writer}, {}});
    }
    return python(args);
}

namespace {

PyValue named_object(const char* type, const std::string& name, Values items = {}) {
    MR_ASSERT(!name.empty());
    PyValue v = py::native(type, name);
    v.object->items = std::move(items);
    return v;
}

/// ProcessingTime("1 second"), ProcessingTime(1000), ProcessingTime(1, TimeUnit.SECONDS), Once() ...
PyValue trigger_of(Evaluator& e, const std::string& name, const Values& args) {
    MR_ASSERT(!name.empty());
    const auto span = [&]() -> PyValue {
        if (args[0].kind == Kind::text) return args[0];
        const std::string units =
            args.size() > 1 && args[1].object ? sim::lower_ascii(args[1].object->name) : "milliseconds";
        return py::of_text(fmt::format("{} {}", args[0].i, units));
    };
    if (name == "ProcessingTime" && !args.empty()) return named_object("Trigger", "processingTime", {span()});
    if (name == "Continuous" && !args.empty()) return named_object("Trigger", "continuous", {span()});
    if (name == "Once") return named_object("Trigger", "once");
    if (name == "AvailableNow") return named_object("Trigger", "availableNow");
    return e.no_member(static_of("Trigger"), name);
}

/// StructType(..), new StructType().add(..), StructField(..)
PyValue field_of(Evaluator& e, const Values& args) {
    MR_ASSERT(e.in.scope != nullptr);
    if (args.size() < 2) return e.unsupported(nullptr, "this StructField");
    PyValue f = py::new_object("StructField");
    f.object->name = display(args[0]);
    if (args[1].kind == Kind::text) {
        const auto t = parse_data_type(args[1].s);
        if (!t) return e.in.raise(t.error()), py::none();
        f.object->data_type = *t;
    } else if (args[1].object) f.object->data_type = args[1].object->data_type;
    f.object->handle = args.size() < 3 || args[2].i != 0 ? 1 : 0;
    return f;
}

PyValue struct_of(const Values& fields) {
    PyValue out = py::new_object("DataType");
    std::vector<Field> all;
    for (const PyValue& f : fields)
        if (f.object) all.push_back({f.object->name, f.object->data_type, f.object->handle == 1});
    out.object->data_type = struct_type(std::move(all));
    return out;
}

PyValue row_member(Evaluator& e, const PyValue& row, const std::string& name, const Values& args) {
    MR_ASSERT(!name.empty());
    const Object& o = *row.object;
    if (name == "length" || name == "size") return py::of_int(static_cast<sim::i64>(o.items.size()));
    if (name == "toSeq") return of_list("Seq", o.items);
    if (name == "mkString") return e.list_member(of_list("Seq", o.items), name, args);
    if (args.empty()) return e.no_member(row, name);
    std::size_t at = o.items.size();
    if (args[0].kind == Kind::integer && args[0].i >= 0) at = static_cast<std::size_t>(args[0].i);
    for (std::size_t i = 0; i < o.options.size() && args[0].kind == Kind::text; ++i)
        if (o.options[i].first == args[0].s) at = i;
    if (name == "fieldIndex") return py::of_int(static_cast<sim::i64>(at));
    if (at >= o.items.size())
        return args[0].kind == Kind::text
                   ? e.raise("java.lang.IllegalArgumentException", fmt::format("{} does not exist.", args[0].s))
                   : e.raise("java.lang.ArrayIndexOutOfBoundsException",
                             fmt::format("Index {} out of bounds for length {}", at, o.items.size()));
    if (name == "isNullAt") return py::of_bool(o.items[at].kind == Kind::none);
    PyValue v = o.items[at];
    if (name == "getLong" || v.s == "L") return of_long(v.i);
    if (has_object(v, "datetime")) return of_time("Timestamp", v.object->handle);
    return v;
}

}  // namespace

PyValue Evaluator::frame_of_items(const Values& rows, const std::vector<std::string>& names) {
    const Type element = rows.empty() ? Type{"String", {}} : type_of_value(rows[0]);
    const auto type = object_type(element);
    if (!type) return unsupported(nullptr, fmt::format("a Dataset of {}", text_of(element)));
    const std::vector<Field> fields = object_fields(*type);
    if (!names.empty() && names.size() != fields.size()) {
        std::string old_names, new_names;
        for (const Field& f : fields) old_names += (old_names.empty() ? "" : ", ") + f.name;
        for (const std::string& n : names) new_names += (new_names.empty() ? "" : ", ") + n;
        return raise("java.lang.IllegalArgumentException",
                     fmt::format("requirement failed: The number of columns doesn't match.\nOld column names ({}): "
                                 "{}\nNew column names ({}): {}",
                                 fields.size(), old_names, names.size(), new_names));
    }
    Plan p;
    p.kind = PlanKind::local_relation;
    p.resolved = true;
    Batch batch{.rows = static_cast<sim::i64>(rows.size()), .columns = {}};
    for (std::size_t c = 0; c < fields.size(); ++c) {
        Builder builder(fields[c].type, batch.rows);
        for (const PyValue& row : rows) builder.add(cells_of(*type, to_cell(row, *type))[c]);
        batch.columns.push_back(builder.finish());
        p.output.push_back(attribute(names.empty() ? fields[c].name : names[c], fields[c].type, fields[c].nullable,
                                     in.session.ids.take()));
    }
    auto table = std::make_shared<Table>();
    table->batches.push_back(std::move(batch));
    p.table = table;
    return with_element(py::frame_of_analysed(make(std::move(p))), names.empty() ? element : Type{});
}

PyValue Evaluator::memory_stream(const Type& element) {
    const auto type = object_type(element);
    if (!type) return unsupported(nullptr, fmt::format("a MemoryStream of {}", text_of(element)));
    const PlanRef plan = in.must(in.host.make_memory(struct_type(object_fields(*type))));
    if (!ok()) return py::none();
    PyValue s = py::new_object("MemoryStream");
    s.object->plan = plan;
    return with_element(s, element);
}

PyValue Evaluator::stream_member(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(self.object != nullptr);
    const Type element = element_of(self);
    if (name == "toDF" || name == "toDS")
        return with_element(py::frame_of_analysed(self.object->plan), name == "toDS" ? element : Type{});
    if (name != "addData") return no_member(self, name);
    const auto type = object_type(element);
    MR_ASSERT(type.has_value());
    const bool spread = args.size() == 1 && is_list(args[0]) && type->type.id != TypeId::array;
    const Values rows = spread ? args[0].object->items : args;
    Batch batch{.rows = static_cast<sim::i64>(rows.size()), .columns = {}};
    const std::vector<Field> fields = object_fields(*type);
    for (std::size_t c = 0; c < fields.size(); ++c) {
        Builder builder(fields[c].type, batch.rows);
        for (const PyValue& row : rows) builder.add(cells_of(*type, to_cell(row, *type))[c]);
        batch.columns.push_back(builder.finish());
    }
    in.must(in.host.add_memory(self.object->plan->n, std::move(batch)));
    return unit();
}

PyValue Evaluator::companion_member(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    const std::string& of = self.object->name;
    const Values& p = args.positional;
    if (of == "SparkSession")
        return name == "builder"            ? py::new_object("Builder")
               : name == "getActiveSession" ? some(in.globals->fields["spark"])
                                            : no_member(self, name);
    if (of == "Trigger") return trigger_of(*this, name, p);
    if (of == "OutputMode" || of == "GroupStateTimeout" || of == "SaveMode" || of == "TimeUnit" || of == "Level" ||
        of == "StorageLevel")
        return named_object(of.c_str(), name);
    if (of == "Window")
        return in.attribute(py::new_object("Window"), name).kind == Kind::integer
                   ? in.attribute(py::new_object("Window"), name)
                   : in.window_method(py::new_object("Window"), name, args);
    if (of == "Logger") return static_of("Logger");
    if (of == "functions") return column_member(py::none(), "\n" + name, p);
    if (of == "DataTypes" && name.ends_with("Type") && p.empty()) return in.builtin(name, {});
    if (of == "StructType") return struct_of(p.empty() ? Values{} : items(p[0]));
    if (of == "StructField") return field_of(*this, p);
    if (of == "Row") {
        PyValue row = py::new_object("Row");
        row.object->items = p;
        for (std::size_t i = 0; i < p.size(); ++i) row.object->options.emplace_back(fmt::format("_{}", i + 1), "");
        return row;
    }
    if (of.ends_with("Type")) return in.builtin(of, args);
    return no_member(self, name);
}

namespace {

/// drop("any"), drop(2), drop(Seq("a")), fill(0, Seq("a")), fill(Map("a" -> 0)): as Python names what is given.
Args na_arguments(const std::string& name, const Values& given) {
    MR_ASSERT(!name.empty());
    Args out{{}, {}};
    for (const PyValue& v : given) {
        const PyValue plain = is_list(v) ? of_list("list", v.object->items) : v;
        if (name == "fill") out.positional.push_back(plain);
        else if (v.kind == Kind::text) out.named.emplace_back("how", plain);
        else out.named.emplace_back(v.kind == Kind::integer ? "thresh" : "subset", plain);
    }
    return out;
}

/// Members of a StructType.
PyValue type_member(Evaluator& e, const PyValue& self, const std::string& name, const Values& p) {
    MR_ASSERT(self.object != nullptr);
    if (name == "printTreeString") return e.in.host.print(tree_text(self.object->data_type) + "\n"), unit();
    if (name != "add" || p.empty()) return e.no_member(self, name);
    Values fields;
    if (self.object->data_type.fields)
        for (const Field& f : *self.object->data_type.fields) {
            PyValue field = py::native("StructField", f.name);
            field.object->data_type = f.type;
            field.object->handle = f.nullable ? 1 : 0;
            fields.push_back(field);
        }
    fields.push_back(has_object(p[0], "StructField") ? p[0] : field_of(e, p));
    return e.ok() ? struct_of(fields) : py::none();
}

/// What a query tells of its batches: objects with members, where Python has dicts.
PyValue as_progress(const PyValue& v) {
    if (v.kind != Kind::dict && v.kind != Kind::list) return v;
    Values items;
    for (const PyValue& item : v.object->items) items.push_back(as_progress(item));
    if (v.kind == Kind::list) return of_list("Array", std::move(items));
    PyValue out = py::of_items(Kind::dict, std::move(items));
    out.object->type = "StreamingQueryProgress";
    MR_ASSERT(out.object->items.size() % 2 == 0);
    return out;
}

}  // namespace

PyValue Evaluator::spark_member(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    const Values& p = args.positional;
    if (self.kind == Kind::list) {
        std::vector<std::string> names;
        for (const PyValue& v : p) names.push_back(display(v));
        return frame_of_items(self.object->items, names);
    }
    const std::string& type = self.object->type;
    const auto given = [](PyValue v) { return v.kind == Kind::none ? unit() : v; };
    if (type == "static") return companion_member(self, name, args);
    if (type == "DataFrameNaFunctions") return in.method(self, name, na_arguments(name, p));
    if (type == "Builder")
        return name == "appName" || name == "master" || name == "enableHiveSupport"
                   ? self
                   : in.session_method(self, name, args);
    if (type == "DataType") return type_member(*this, self, name, p);
    if (type == "Row") return row_member(*this, self, name, p);
    if (type == "SparkSession") {
        if (name == "implicits" || name == "sqlContext" || name == "newSession") return self;
        if (among(name, " read readStream conf sparkContext streams catalog version "))
            return in.frame_attribute(self, name);
        if ((name == "createDataset" || name == "createDataFrame") && p.size() == 1)
            return frame_of_items(items(p[0]), {});
        return given(in.session_method(self, name, args));
    }
    if (type == "DataFrameReader" || type == "DataStreamReader") {
        Args mine = args;
        if (name == "options" && p.size() == 1 && p[0].kind == Kind::dict) {
            mine = {};
            const Values& all = p[0].object->items;
            for (std::size_t i = 0; i + 1 < all.size(); i += 2)
                mine.named.emplace_back(display(all[i]), py::of_text(display(all[i + 1])));
        }
        if (name == "textFile") return with_element(in.reader_method(self, "text", mine), {"String", {}});
        return in.reader_method(self, name, mine);
    }
    if (type == "StreamingQuery") {
        if (name == "exception") {
            const PyValue why = in.query_method(self, name, args);
            if (why.kind == Kind::none) return nothing();
            PyValue e = py::native("exception", "org.apache.spark.sql.streaming.StreamingQueryException");
            e.object->items = {why};
            return some(e);
        }
        if (name == "lastProgress" || name == "recentProgress") return as_progress(in.frame_attribute(self, name));
        if (among(name, " id runId name isActive status lastProgress recentProgress "))
            return in.frame_attribute(self, name);
        return given(in.query_method(self, name, args));
    }
    if (type == "conf" || type == "streams") return given(in.session_method(self, name, args));
    if (type == "sparkContext" || type == "Logger" || type == "catalog") return unit();
    if (type == "Window" || type == "WindowSpec") return in.window_method(self, name, args);
    return no_member(self, name);
}

}  // namespace engine::spark::scala
