#include "app/proof/vectors/stream_script.h"

#include <fmt/format.h>


#include "app/proof/masks/pattern.h"
#include "engine/model/json.h"
#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/sql/parser.h"

namespace app::proof::vectors {
namespace {

namespace spark = engine::spark;
using spark::Exprs;
using spark::PlanKind;
using spark::PlanRef;

/// The vectors' expressions as SQL.
std::string sql_of(std::string e) {
    e = replaced(e, Pattern(R"(\bts\()"), "timestamp_seconds(");
    e = replaced(e, Pattern(R"(\bsec\()"), "unix_seconds(");
    e = replaced(e, Pattern(R"(\bus\()"), "(");
    e = replaced(e, Pattern(R"(\bstr\(([^()]*)\))"), "CAST($1 AS STRING)");
    e = replaced(e, Pattern(R"(\bint\(([^()]*)\))"), "CAST($1 AS BIGINT)");
    e = replaced(e, Pattern("=="), "=");
    e = replaced(e, Pattern(R"(\bbatch_time\b)"), "unix_seconds(current_timestamp())");
    e = replaced(e, Pattern(R"((\w+) \+ (\d{6,})\b)"), "timestamp_micros(unix_micros($1) + $2)");
    e = replaced(e, Pattern(R"((\w+) - (\d{6,})\b)"), "timestamp_micros(unix_micros($1) - $2)");
    e = replaced(e, Pattern(R"(\bsplit\(([^(),]*)\))"), "split($1, ' ')");
    if (e.starts_with("[")) e = "array(" + e.substr(1, e.size() - 2) + ")";
    return e;
}

struct Builder {
    StreamScript& script;
    std::string problem;

    spark::ExprRef expr(const std::string& text) {
        auto e = spark::parse_expression(sql_of(text), script.session.ids, {});
        if (!e) {
            problem = text + ": " + e.error().message;
            return spark::null_literal();
        }
        return (*e)->kind == spark::ExprKind::unresolved_alias ? (*e)->args[0] : *e;
    }

    PlanRef analysed(spark::Plan node) {
        if (!problem.empty()) return node.children.empty() ? nullptr : node.children[0];
        auto p = spark::analyse(script.session, spark::make(std::move(node)));
        if (p) return *p;
        problem = p.error().message;
        return nullptr;
    }

    static spark::Plan over(const PlanRef& child, PlanKind kind) {
        spark::Plan p;
        p.kind = kind;
        if (child) p.children = {child};
        return p;
    }

    spark::ExprRef named(const std::string& text, const std::string& name) {
        const spark::ExprRef e = expr(text);
        return e->kind == spark::ExprKind::name && e->parts.size() == 1 && e->parts[0] == name
                   ? e
                   : spark::alias_of(e, name, script.session.ids.take());
    }

    PlanRef project(const PlanRef& child, Exprs items) {
        spark::Plan p = over(child, PlanKind::project);
        p.exprs = std::move(items);
        return analysed(std::move(p));
    }

    PlanRef source(const Json& j) {
        const std::string name = j.at("name").get<std::string>();
        spark::Plan p;
        p.kind = PlanKind::stream_relation;
        p.name = "StreamingRelation memory";
        p.parts = {"memory"};
        p.n = static_cast<i64>(std::distance(script.sources.begin(), script.sources.find(name)));
        p.output = script.columns[name];
        p.resolved = true;
        // A second use of the same stream needs columns of its own.
        PlanRef out = spark::make(std::move(p));
        return used[name]++ > 0 ? spark::renewed(out, script.session.ids) : out;
    }

    PlanRef derive(const Json& j) {
        const PlanRef in = node(j.at("in"));
        if (!in) return nullptr;
        Exprs items;
        std::map<std::string, std::string> set;
        for (const Json& s : j.at("set")) set[s.at(0).get<std::string>()] = s.at(1).get<std::string>();
        for (const spark::ExprRef& c : spark::output_of(*in)) {
            const auto it = set.find(c->name);
            items.push_back(it == set.end() ? c : named(it->second, c->name));
            if (it != set.end()) set.erase(it);
        }
        for (const Json& s : j.at("set"))
            if (set.contains(s.at(0).get<std::string>()))
                items.push_back(named(s.at(1).get<std::string>(), s.at(0).get<std::string>()));
        return project(in, std::move(items));
    }

    PlanRef watermark(const Json& j) {
        const PlanRef in = node(j.at("in"));
        if (!in) return nullptr;
        spark::Plan p = over(in, PlanKind::watermark);
        p.exprs = {spark::name_of({j.at("on").get<std::string>()})};
        p.n = static_cast<i64>(j.at("delay_s").get<double>() * 1000);
        p.name = fmt::format("{} seconds", p.n / 1000);
        return analysed(std::move(p));
    }

    spark::ExprRef window_of(const Json& w) {
        spark::Expr e;
        e.kind = spark::ExprKind::time_window;
        e.args = {expr(w.at("on").get<std::string>())};
        const auto micros = [](const Json& s) { return static_cast<i64>(s.get<double>() * 1'000'000); };
        e.n = micros(w.at("size_s"));
        e.m = w.contains("slide_s") && !w.at("slide_s").is_null() ? micros(w.at("slide_s")) : e.n;
        e.k = w.contains("start_s") ? micros(w.at("start_s")) : 0;
        return spark::make(std::move(e));
    }

    PlanRef window(const Json& j) {
        const PlanRef in = node(j.at("in"));
        if (!in) return nullptr;
        Exprs items = {spark::alias_of(window_of(j), j.at("as").get<std::string>(), script.session.ids.take())};
        for (const Json& k : j.at("keep")) items.push_back(spark::name_of({k.get<std::string>()}));
        return project(in, std::move(items));
    }

    PlanRef aggregate(const Json& j, bool session) {
        const PlanRef in = node(j.at("in"));
        if (!in) return nullptr;
        spark::Plan p = over(in, PlanKind::aggregate);
        for (const Json& k : j.at("keys")) {
            p.groups.push_back(expr(k.at(0).get<std::string>()));
            p.exprs.push_back(named(k.at(0).get<std::string>(), k.at(1).get<std::string>()));
        }
        if (j.contains("window") && !j.at("window").is_null()) {
            const Json& w = j.at("window");
            spark::ExprRef e;
            if (session) {
                const std::string gap =
                    w.at("gap").is_string() ? w.at("gap").get<std::string>() : engine::json_text(w.at("gap"));
                e = spark::function("session_window",
                                    {spark::name_of({w.at("on").get<std::string>()}),
                                     expr(fmt::format("concat(CAST({} AS STRING), ' microseconds')", sql_of(gap)))});
            } else {
                e = window_of(w);
            }
            p.groups.push_back(e);
            p.exprs.push_back(spark::alias_of(e, w.at("as").get<std::string>(), script.session.ids.take()));
        }
        for (const Json& a : j.at("aggs")) {
            const std::string fn = a.at(0).get<std::string>(), arg = a.at(1).get<std::string>();
            const spark::ExprRef call = spark::function(fn, {arg == "*" ? spark::int_literal(1) : expr(arg)});
            p.exprs.push_back(spark::alias_of(call, a.at(2).get<std::string>(), script.session.ids.take()));
        }
        return analysed(std::move(p));
    }

    PlanRef dedup(const Json& j, bool within) {
        const PlanRef in = node(j.at("in"));
        if (!in) return nullptr;
        spark::Plan p = over(in, PlanKind::deduplicate);
        if (within) p.name = "within watermark";
        for (const spark::ExprRef& c : spark::output_of(*in)) {
            bool key = j.at("cols").is_null();
            for (const Json& k : j.at("cols").is_null() ? Json::array() : j.at("cols"))
                key = key || k.get<std::string>() == c->name;
            if (key) p.groups.push_back(c);
        }
        return analysed(std::move(p));
    }

    PlanRef join(const Json& j) {
        PlanRef left = node(j.at("left")), right = node(j.at("right"));
        if (!left || !right) return nullptr;
        // Right columns whose name the left side has are called r_name.
        Exprs items;
        for (const spark::ExprRef& c : spark::output_of(*right)) {
            bool clash = false;
            for (const spark::ExprRef& l : spark::output_of(*left)) clash = clash || l->name == c->name;
            items.push_back(clash ? spark::alias_of(c, "r_" + c->name, script.session.ids.take()) : c);
        }
        const Exprs plain = spark::output_of(*right);
        right = project(right, std::move(items));
        if (!right) return nullptr;
        const Exprs l = spark::output_of(*left), r = spark::output_of(*right);
        const auto column = [](const Exprs& columns, const Exprs& names, const std::string& name) {
            for (std::size_t i = 0; i < columns.size(); ++i)
                if (names[i]->name == name || columns[i]->name == name) return columns[i];
            return spark::name_of({name});
        };
        Exprs parts;
        for (const Json& on : j.value("on", Json::array()))
            parts.push_back(spark::operation(
                j.value("null_safe", false) ? "<=>" : "=",
                {column(l, l, on.at(0).get<std::string>()), column(r, plain, on.at(1).get<std::string>())}));
        for (const Json& t : j.value("time", Json::array())) {
            spark::Value plus = spark::int_value(t.at("plus_ms").get<i64>() * 1000);
            const spark::ExprRef moved = spark::operation("+", {column(r, plain, t.at("right").get<std::string>()),
                                                                spark::literal(plus, spark::day_time_type(0, 3))});
            parts.push_back(spark::operation(t.at("op").get<std::string>(),
                                             {column(l, l, t.at("left").get<std::string>()), moved}));
        }
        for (const char* key : {"left_cond", "right_cond", "cond"}) {
            if (!j.contains(key) || j.at(key).is_null()) continue;
            const Json& list = j.at(key);
            for (const Json& c : list.is_array() ? list : Json::array({list}))
                parts.push_back(expr(c.get<std::string>()));
        }
        spark::Plan p = over(left, PlanKind::join);
        p.children.push_back(right);
        static const std::map<std::string, spark::JoinType> kTypes = {{"inner", spark::JoinType::inner},
                                                                      {"left_outer", spark::JoinType::left_outer},
                                                                      {"right_outer", spark::JoinType::right_outer},
                                                                      {"full_outer", spark::JoinType::full_outer},
                                                                      {"left_semi", spark::JoinType::left_semi}};
        p.join = kTypes.at(j.at("type").get<std::string>());
        for (const spark::ExprRef& c : parts) p.condition = p.condition ? spark::operation("and", {p.condition, c}) : c;
        return analysed(std::move(p));
    }

    PlanRef groups(const Json& j) {
        const PlanRef in = node(j.at("in"));
        if (!in) return nullptr;
        spark::Plan p = over(in, PlanKind::command);
        p.name = "groups with state";
        p.parts = {j.at("fn").get<std::string>(), j.value("timeout", std::string("none"))};
        for (const spark::ExprRef& c : spark::output_of(*in))
            if (c->name == j.at("key").get<std::string>()) p.groups = {c};
        const bool number = p.parts[0].starts_with("max_event");
        const std::vector<std::string> names = j.at("out").get<std::vector<std::string>>();
        p.output = {spark::attribute(names[0], p.groups[0]->type, true, script.session.ids.take()),
                    spark::attribute(names[1], spark::type_of(number ? spark::TypeId::bigint : spark::TypeId::string),
                                     true, script.session.ids.take())};
        p.resolved = true;
        return spark::make(std::move(p));
    }

    PlanRef limit(const Json& j) {
        const PlanRef in = node(j.at("in"));
        if (!in) return nullptr;
        spark::Plan local = over(in, PlanKind::local_limit);
        local.condition = spark::int_literal(j.at("n").get<i64>());
        spark::Plan global = over(spark::make(std::move(local)), PlanKind::global_limit);
        global.condition = spark::int_literal(j.at("n").get<i64>());
        return analysed(std::move(global));
    }

    PlanRef simple(const Json& j, const std::string& op) {
        const PlanRef in = node(j.at("in"));
        if (!in) return nullptr;
        if (op == "select") {
            Exprs items;
            for (const Json& c : j.at("cols"))
                items.push_back(named(c.at(0).get<std::string>(), c.at(1).get<std::string>()));
            return project(in, std::move(items));
        }
        if (op == "filter") {
            spark::Plan p = over(in, PlanKind::filter);
            p.condition = expr(j.at("cond").get<std::string>());
            return analysed(std::move(p));
        }
        if (op == "explode") {
            Exprs items;
            for (const Json& k : j.value("keep", Json::array()))
                items.push_back(spark::name_of({k.get<std::string>()}));
            items.push_back(spark::alias_of(spark::function("explode", {expr(j.at("expr").get<std::string>())}),
                                            j.at("as").get<std::string>(), script.session.ids.take()));
            return project(in, std::move(items));
        }
        spark::Plan p = over(in, PlanKind::sort);
        p.all = true;
        p.exprs = {
            spark::sort_order(expr(j.at("by").get<std::string>()), !j.value("desc", false), !j.value("desc", false))};
        return analysed(std::move(p));
    }

    PlanRef node(const Json& j) {
        const std::string op = j.at("op").get<std::string>();
        if (op == "source") return source(j);
        if (op == "derive") return derive(j);
        if (op == "watermark") return watermark(j);
        if (op == "window") return window(j);
        if (op == "agg" || op == "session") return aggregate(j, op == "session");
        if (op == "dedup" || op == "dedupw") return dedup(j, op == "dedupw");
        if (op == "join") return join(j);
        if (op == "fmgws") return groups(j);
        if (op == "limit") return limit(j);
        if (op != "union") return simple(j, op);
        spark::Plan p;
        p.kind = PlanKind::union_;
        p.all = true;
        for (const Json& in : j.at("ins")) {
            const PlanRef child = node(in);
            if (!child) return nullptr;
            p.children.push_back(child);
        }
        return analysed(std::move(p));
    }

    std::map<std::string, int> used;
};

void find_sources(const Json& j, std::map<std::string, std::vector<std::string>>& out) {
    if (j.is_object()) {
        if (j.contains("op") && j.at("op") == "source")
            out[j.at("name").get<std::string>()] = j.at("cols").get<std::vector<std::string>>();
        for (const auto& [key, value] : j.items()) find_sources(value, out);
    } else if (j.is_array()) {
        for (const Json& x : j) find_sources(x, out);
    }
}

/// Text if any row has text there. The suites' streams are of Int wherever that is wide enough; the type decides in
/// which partition a key falls.
spark::DataType column_type(const Json& steps, const std::string& source, std::size_t place) {
    bool wide = false;
    for (const Json& s : steps)
        for (const Json& row : s.value("rows", Json::object()).value(source, Json::array())) {
            if (place >= row.size()) continue;
            if (row.at(place).is_string()) return spark::type_of(spark::TypeId::string);
            const Json& cell = row.at(place);
            wide = wide || (cell.is_number() && (cell.get<i64>() > INT32_MAX || cell.get<i64>() < INT32_MIN));
        }
    return spark::type_of(wide ? spark::TypeId::bigint : spark::TypeId::integer);
}

}  // namespace

Json cell_of(const spark::Value& v, const spark::DataType& t) {
    if (v.null) return nullptr;
    if (t.id == spark::TypeId::structure) {
        Json out = Json::array();
        for (std::size_t i = 0; i < spark::items_of(v).size(); ++i)
            out.push_back(cell_of(spark::items_of(v)[i], (*t.fields)[i].type));
        return out;
    }
    if (t.id == spark::TypeId::array) {
        Json out = Json::array();
        for (const spark::Value& item : spark::items_of(v)) out.push_back(cell_of(item, spark::element_of(t)));
        return out;
    }
    if (t.id == spark::TypeId::string) return v.s;
    if (t.id == spark::TypeId::boolean) return v.i != 0;
    if (t.id == spark::TypeId::double_) return v.d;
    return v.i;
}

bool StreamScript::build(const Json& v) {
    std::map<std::string, std::vector<std::string>> found;
    find_sources(v.at("plan"), found);
    session.shuffle_partitions = 5;
    for (const auto& [name, cols] : found) {
        sources[name] = std::make_shared<spark::MemorySource>();
        for (std::size_t i = 0; i < cols.size(); ++i)
            columns[name].push_back(
                spark::attribute(cols[i], column_type(v.at("steps"), name, i), true, session.ids.take()));
    }
    const Json c = v.value("conf", Json::object());
    conf.no_data_batches = c.value("noDataMicroBatches", true);
    conf.policy = c.value("multipleWatermarkPolicy", std::string("min"));
    conf.allow_multiple = c.value("allowMultiple", true);
    mode = *spark::parse_mode(v.at("outputMode").get<std::string>());
    sink = std::make_shared<spark::MemorySink>(mode == spark::OutputMode::complete);
    Builder b{*this, {}, {}};
    plan = b.node(v.at("plan"));
    problem = b.problem;
    return plan && problem.empty();
}

bool StreamScript::start() {
    auto prepared = spark::prepare_stream(session, plan, mode);
    if (!prepared) {
        problem = prepared.error().message;
        return false;
    }
    std::vector<std::shared_ptr<spark::StreamSource>> ordered;
    std::vector<std::shared_ptr<spark::MemorySource>> all;
    for (const auto& [name, s] : sources) all.push_back(s);
    for (const spark::Plan* r : prepared->relations) ordered.push_back(all[static_cast<std::size_t>(r->n)]);
    auto d = std::unique_ptr<spark::StreamDriver>(new spark::StreamDriver{.session = session,
                                                                          .plan = std::move(*prepared),
                                                                          .conf = conf,
                                                                          .sources = ordered,
                                                                          .sink = sink,
                                                                          .checkpoint = checkpoint,
                                                                          .folder = "/checkpoint",
                                                                          .id = "q"});
    if (driver) d->history = driver->history;
    driver = std::move(d);
    const auto ok = driver->recover();
    if (!ok) problem = ok.error().message;
    return ok.has_value();
}

void StreamScript::add(const Json& rows) {
    for (const auto& [name, list] : rows.items()) {
        const Exprs& cols = columns[name];
        std::vector<spark::Values> values;
        for (const Json& row : list) {
            spark::Values v;
            for (std::size_t i = 0; i < cols.size(); ++i)
                v.push_back(i >= row.size() || row.at(i).is_null() ? spark::null_value()
                            : row.at(i).is_string()                ? spark::string_value(row.at(i).get<std::string>())
                                                                   : spark::int_value(row.at(i).get<i64>()));
            values.push_back(std::move(v));
        }
        const spark::Rows r = spark::rows_of(cols, values);
        spark::Batch empty{.rows = 0, .columns = {}};
        sources[name]->added.push_back(r.batches.empty() ? empty : r.batches[0]);
    }
}

}  // namespace app::proof::vectors
