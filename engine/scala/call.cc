// Calls: what stands before the parentheses, and the way to every member.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/pyspark/functions.h"
#include "engine/scala/evaluator.h"
#include "engine/sql/calendar.h"
#include "engine/sql/interval.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

/// Methods with two lists of parameters: both are needed before anything happens.
constexpr std::string_view kCurried[] = {"mapGroupsWithState",
                                         "flatMapGroupsWithState",
                                         "foldLeft",
                                         "foldRight",
                                         "cogroup",
                                         "fill",
                                         "tabulate",
                                         "fold",
                                         "aggregate",
                                         "scanLeft"};

bool curried(const std::string& name) { return std::ranges::find(kCurried, name) != std::end(kCurried); }

/// How many lists a definition has whose first call this is.
std::size_t lists_of(const PyValue& f) {
    return has_object(f, "closure") && f.object->scala ? f.object->scala->lists.size() : 1;
}

}  // namespace

Args Evaluator::arguments(const NodeRef& n) {
    MR_ASSERT(n->kind == NodeKind::apply && n->names.size() + 1 == n->kids.size());
    Args out;
    for (std::size_t i = 1; i < n->kids.size() && ok(); ++i) {
        const std::string& name = n->names[i - 1];
        PyValue v = eval(n->kids[i]);
        if (!ok()) break;
        if (name == "*") {
            for (const PyValue& item : items(v)) out.positional.push_back(item);
        } else if (name.empty()) out.positional.push_back(std::move(v));
        else out.named.emplace_back(name, std::move(v));
    }
    return out;
}

PyValue Evaluator::eval_apply(const NodeRef& whole) {
    // f[T](a)(b): the calls from the inside out.
    std::vector<const Node*> calls;
    NodeRef n = whole;
    std::vector<NodeRef> held;
    while (n->kind == NodeKind::apply) held.insert(held.begin(), n), n = n->kids[0];
    std::vector<Type> types;
    if (n->kind == NodeKind::type_apply) types = n->types, n = n->kids[0];
    const auto pass = [&](PyValue v, std::size_t from) {
        for (std::size_t i = from; i < held.size() && ok(); ++i) {
            const Args args = arguments(held[i]);
            at(held[i]);
            if (ok()) v = apply(v, args);
        }
        return ok() ? v : py::none();
    };
    if (n->kind == NodeKind::select) {
        const PyValue base = eval(n->kids[0]);
        if (!ok()) return py::none();
        Args args;
        std::size_t used = 0;
        if (!held.empty()) args = arguments(held[used++]);
        if (held.size() > used && curried(n->text)) {
            const Args more = arguments(held[used++]);
            args.positional.insert(args.positional.end(), more.positional.begin(), more.positional.end());
        }
        at(n);
        return ok() ? pass(member(base, n->text, args, types), used) : py::none();
    }
    if (n->kind == NodeKind::name && n->text == "locally" && !held.empty()) return eval(held[0]->kids[1]);
    const PyValue callee = eval(n);
    if (!ok()) return py::none();
    if (held.empty()) return at(n), apply(callee, {}, types);
    // All lists of a definition of the program at once; arguments by name as they stand.
    const std::size_t lists = std::min(std::max<std::size_t>(1, lists_of(callee)), held.size());
    Args args;
    std::size_t place = 0;
    for (std::size_t i = 0; i < lists && ok(); ++i) {
        if (!has_object(callee, "closure") || !callee.object->scala) {
            args = arguments(held[i]);
            continue;
        }
        const auto& params = callee.object->scala->params;
        for (std::size_t k = 1; k < held[i]->kids.size() && ok(); ++k, ++place) {
            const bool by_name = place < params.size() && params[place].by_name;
            if (by_name) {
                PyValue thunk = py::new_object("thunk");
                thunk.object->scala = held[i]->kids[k];
                thunk.object->outer = in.scope;
                args.positional.push_back(thunk);
                continue;
            }
            auto one = std::make_shared<Node>(*held[i]);
            one->kids = {held[i]->kids[0], held[i]->kids[k]};
            one->names = {held[i]->names[k - 1]};
            const Args got = arguments(one);
            args.positional.insert(args.positional.end(), got.positional.begin(), got.positional.end());
            args.named.insert(args.named.end(), got.named.begin(), got.named.end());
        }
    }
    at(n);
    return ok() ? pass(apply(callee, args, types), lists) : py::none();
}

PyValue Evaluator::apply(const PyValue& f, const Args& args, const std::vector<Type>& types) {
    if (!ok()) return py::none();
    const PyValue first = args.positional.empty() ? py::none() : args.positional[0];
    if (f.kind == Kind::list || f.kind == Kind::dict) return member(f, "apply", args);
    if (f.kind == Kind::text) return member(f, "charAt", args);
    if (f.kind == Kind::column) return member(f, "getItem", args);
    if (f.kind != Kind::object) return no_member(f, "apply");
    const Object& o = *f.object;
    if (o.type == "closure") {
        // What the outside hands over is a row; the function takes what the row stands for.
        const auto it = o.fields.find("\nelement");
        if (it == o.fields.end()) return call_closure(f, args);
        const auto type = object_type(element_of(f));
        if (!type || !has_object(first, "Row")) return call_closure(f, args);
        return call_closure(f, {{object_of_row(first, *type)}, {}});
    }
    if (o.type == "class") return instance(f.object, args);
    if (o.type == "native") return native_call(o.name, args);
    if (o.type == "static") return static_apply(o.name, args, types);
    if (o.type == "sql function") return column_member(py::none(), "\n" + o.name, args.positional);
    if (o.type == "instance") {
        if (const auto it = o.fields.find("\nclass"); it != o.fields.end() && !o.fields.contains("apply"))
            return instance(it->second.object, args);
        return member(f, "apply", args);
    }
    if (o.type == "DataFrame" && first.kind == Kind::text) return in.frame_attribute(f, "[" + first.s);
    if (o.type == "GroupState" || o.type == "Row") return member(f, "apply", args);
    return no_member(f, "apply");
}

PyValue Evaluator::member(const PyValue& base, const std::string& name, const Args& args,
                          const std::vector<Type>& types) {
    MR_ASSERT(!name.empty());
    if (!ok()) return py::none();
    if (name == "toString" && base.kind != Kind::none) return py::of_text(display(base));
    if (name == "isInstanceOf") return py::of_bool(!types.empty() && is_of(base, types[0]));
    if (name == "asInstanceOf") return base;
    if (name == "equals" && args.positional.size() == 1) return py::of_bool(same(base, args.positional[0]));
    const Values& p = args.positional;
    switch (base.kind) {
        case Kind::none: return no_member(base, name);
        case Kind::boolean: case Kind::integer: case Kind::real: return number_member(base, name, p);
        case Kind::text: return text_member(base, name, p);
        case Kind::list:
            return name == "toDF" || name == "toDS" ? spark_member(base, name, args) : list_member(base, name, p);
        case Kind::dict: {
            const bool progress = base.object->type == "StreamingQueryProgress";
            for (std::size_t i = 0; progress && i + 1 < base.object->items.size(); i += 2)
                if (const PyValue& v = base.object->items[i + 1]; base.object->items[i].s == name)
                    return p.empty() ? v : apply(v, args);
            return map_member(base, name, p);
        }
        case Kind::column:
            return name == "as" && types.size() == 1 ? typed_column(base, types[0]) : column_member(base, name, p);
        case Kind::tuple: {
            const bool number = name.size() >= 2 && name[0] == '_' && name[1] >= '1' && name[1] <= '9';
            const std::size_t at = number ? static_cast<std::size_t>(std::atoi(name.c_str() + 1)) : 0;
            if (at >= 1 && at <= base.object->items.size()) return base.object->items[at - 1];
            if (name == "swap" && base.object->items.size() == 2)
                return py::of_items(Kind::tuple, {base.object->items[1], base.object->items[0]});
            return no_member(base, name);
        }
        default: break;
    }
    const std::string& type = base.object->type;
    if (type == "Some" || type == "None") return option_member(base, name, p);
    if (type == "instance") return instance_member(base, name, args);
    if (type == "Timestamp" || type == "Date") return time_member(base, name, p);
    if (type == "GroupState") return state_member(base, name, p);
    if (type == "static" || type == "class") return static_member(base, name, args, types);
    if (type == "closure") {
        if (name == "apply") return apply(base, args);
        return no_member(base, name);
    }
    if (type == "exception") {
        if (name == "getClass") return py::native("class name", base.object->name);
        if (name == "getMessage" || name == "message")
            return base.object->items.empty() ? py::none() : base.object->items[0];
        return no_member(base, name);
    }
    if (type == "class name")
        return name == "getName"         ? py::of_text(base.object->name)
               : name == "getSimpleName" ? py::of_text(base.object->name.substr(base.object->name.rfind('.') + 1))
                                         : no_member(base, name);
    if (type == "DataFrame") return frame_member(base, name, args, types);
    if (type == "GroupedData" || type == "KeyValueGroupedDataset") return grouped_member(base, name, p, types);
    if (type == "MemoryStream") return stream_member(base, name, p);
    if (type == "DataFrameWriter" || type == "DataStreamWriter") return writer_member(base, name, args);
    return spark_member(base, name, args);
}

PyValue Evaluator::instance_member(const PyValue& self, const std::string& name, const Args& args) {
    MR_ASSERT(self.object != nullptr);
    const Object& o = *self.object;
    if (const auto it = o.fields.find(name); it != o.fields.end()) {
        const bool method = has_object(it->second, "closure") && it->second.object->scala->kind == NodeKind::def;
        return method ? call_closure(it->second, args) : args.positional.empty() ? it->second : apply(it->second, args);
    }
    const bool data = o.scala && o.scala->kind == NodeKind::class_;
    if (data)
        for (std::size_t i = 0; i < o.scala->params.size() && i < o.items.size(); ++i)
            if (o.scala->params[i].name == name) return o.items[i];
    if (data && name == "copy" && classes.contains(o.name)) {
        Args all{o.items, {}};
        for (std::size_t i = 0; i < args.positional.size() && i < all.positional.size(); ++i)
            all.positional[i] = args.positional[i];
        for (const auto& [key, v] : args.named)
            for (std::size_t i = 0; i < o.scala->params.size(); ++i)
                if (o.scala->params[i].name == key) all.positional[i] = v;
        return instance(classes.at(o.name), all);
    }
    if (name == "productIterator") return of_list("Iterator", o.items);
    return no_member(self, name);
}

PyValue Evaluator::time_member(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(self.object != nullptr);
    const sim::i64 v = self.object->handle;
    const bool date = self.object->type == "Date";
    const sim::i64 ms = date ? v * (kMicrosPerDay / 1000) : floor_div(v, 1000);
    if (name == "getTime") return of_long(ms);
    if (name == "getNanos") return py::of_int(floor_mod(v, kMicrosPerSecond) * 1000);
    const bool other = args.size() == 1 && args[0].object;
    if (name == "before" && other) return py::of_bool(v < args[0].object->handle);
    if (name == "after" && other) return py::of_bool(v > args[0].object->handle);
    if (name == "compareTo" && other) return py::of_int(order_of(self, args[0]));
    if (name == "toInstant" || name == "toLocalDateTime") return self;
    return no_member(self, name);
}

namespace {

PyValue unsupported_operation(Evaluator& e, const std::string& message) {
    return e.raise("org.apache.spark.SparkUnsupportedOperationException", message);
}

PyValue bad_argument(Evaluator& e, const std::string& message) {
    return e.raise("java.lang.IllegalArgumentException", message);
}

/// A span of time in milliseconds, given as such or as the text of an interval.
std::optional<sim::i64> span_ms(const PyValue& v) {
    if (v.kind == Kind::integer) return v.i;
    const auto c = v.kind == Kind::text ? parse_interval(v.s) : std::nullopt;
    if (!c) return std::nullopt;
    constexpr sim::i64 kDaysOfMonth = 31;
    return (c->months * kDaysOfMonth + c->days) * (kMicrosPerDay / 1000) + c->micros / 1000;
}

PyValue set_timeout_duration(Evaluator& e, KeyState& s, const PyValue& duration) {
    if (s.timeout != "processing")
        return unsupported_operation(e,
                                     "Cannot set timeout duration without enabling processing time timeout in "
                                     "[map|flatMap]GroupsWithState.");
    const auto ms = span_ms(duration);
    if (!ms || *ms <= 0)
        return bad_argument(e, duration.kind == Kind::text
                                   ? fmt::format("Provided duration ({}) is not positive", duration.s)
                                   : "Timeout duration must be positive");
    s.timeout_ms = s.batch_ms + *ms;
    return unit();
}

PyValue set_timeout_timestamp(Evaluator& e, KeyState& s, const Values& args) {
    MR_ASSERT(!args.empty());
    if (s.timeout != "event")
        return unsupported_operation(e,
                                     "Cannot set timeout timestamp without enabling event time timeout in "
                                     "[map|flatMap]GroupsWithState.");
    sim::i64 at = args[0].object ? floor_div(args[0].object->handle, 1000) : args[0].i;
    if (args.size() > 1) {
        const auto more = span_ms(args[1]);
        if (!more || *more < 0)
            return bad_argument(e, fmt::format("Additional duration ({}) is not valid", display(args[1])));
        at += *more;
    }
    if (at <= 0) return bad_argument(e, "Timeout timestamp must be positive");
    if (s.watermark_ms >= 0 && at < s.watermark_ms)
        return bad_argument(e, fmt::format("Timeout timestamp ({}) cannot be earlier than the current watermark ({})",
                                           at, s.watermark_ms));
    s.timeout_ms = at;
    return unit();
}

}  // namespace

PyValue Evaluator::state_member(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(self.object != nullptr);
    if (state == nullptr) return no_member(self, name);
    KeyState& s = *state;
    if (name == "exists") return py::of_bool(s.exists);
    if (name == "hasTimedOut") return py::of_bool(s.timed_out);
    if (name == "getOption") return s.exists ? some(from_cell(*this, s.value, *state_type)) : nothing();
    if (name == "get") {
        if (s.exists) return from_cell(*this, s.value, *state_type);
        return raise("java.util.NoSuchElementException", "State is either not defined or has already been removed");
    }
    if (name == "update" && args.size() == 1) {
        if (args[0].kind == Kind::none) return bad_argument(*this, "'null' is not a valid state value");
        s.value = to_cell(args[0], *state_type);
        s.exists = s.updated = true;
        s.removed = false;
        return unit();
    }
    if (name == "remove") {
        s.exists = s.updated = false;
        s.removed = true;
        s.timeout_ms = -1;
        return unit();
    }
    if (name == "getCurrentProcessingTimeMs") return of_long(s.batch_ms);
    if (name == "getCurrentWatermarkMs") {
        if (s.watermark_ms >= 0) return of_long(s.watermark_ms);
        return unsupported_operation(*this,
                                     "Cannot get event time watermark timestamp without setting watermark before "
                                     "[map|flatMap]GroupsWithState.");
    }
    if (name == "setTimeoutDuration" && args.size() == 1) return set_timeout_duration(*this, s, args[0]);
    if (name == "setTimeoutTimestamp" && !args.empty()) return set_timeout_timestamp(*this, s, args);
    return no_member(self, name);
}

PyValue Evaluator::native_call(const std::string& name, const Args& args) {
    MR_ASSERT(!name.empty());
    // Several arguments where one is asked for are one tuple.
    const bool several = args.positional.size() > 1 && name.starts_with("print");
    const PyValue first = args.positional.empty() ? unit()
                          : several               ? py::of_items(Kind::tuple, args.positional)
                                                  : args.positional[0];
    if (name == "println") return in.host.print((args.positional.empty() ? "" : display(first)) + "\n"), unit();
    if (name == "print") return in.host.print(display(first)), unit();
    if (name == "require" || name == "assert") {
        if (first.i != 0) return unit();
        const std::string more = args.positional.size() > 1 ? ": " + display(args.positional[1]) : "";
        return name == "require" ? raise("java.lang.IllegalArgumentException", "requirement failed" + more)
                                 : raise("java.lang.AssertionError", "assertion failed" + more);
    }
    if (name == "sql") return in.session_method(in.globals->fields["spark"], "sql", args);
    return first;
}

}  // namespace engine::spark::scala
