// Names, stars, fields and subqueries of expressions.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

bool same_name(const std::string& a, const std::string& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return (x >= 'A' && x <= 'Z' ? x + 32 : x) == (y >= 'A' && y <= 'Z' ? y + 32 : y);
           });
}

bool resolved_all(const Exprs& exprs) {
    for (const ExprRef& e : exprs)
        if (!e->resolved) return false;
    return true;
}

bool has_aggregate(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->kind == ExprKind::window) {
        for (const ExprRef& arg : e->args[0]->args)
            if (has_aggregate(arg)) return true;
        if (e->args[0]->kind == ExprKind::aggregate) {
            for (const ExprRef& arg : e->args[0]->args[0]->args)
                if (has_aggregate(arg)) return true;
        }
        for (const ExprRef& arg : e->args[1]->args)
            if (has_aggregate(arg)) return true;
        return false;
    }
    if (e->kind == ExprKind::aggregate) return true;
    for (const ExprRef& arg : e->args)
        if (has_aggregate(arg)) return true;
    return false;
}

bool has_window(const ExprRef& e) {
    return any_of(e, [](const Expr& x) { return x.kind == ExprKind::window; });
}

bool has_generator(const ExprRef& e) {
    return any_of(
        e, [](const Expr& x) { return x.kind == ExprKind::call && x.fn && x.fn->kind == FunctionKind::generator; });
}

bool same_expr(const ExprRef& a, const ExprRef& b) {
    return a == b || (same_type(a->type, b->type) && tree_form(a) == tree_form(b));
}

void Analyser::fail(const std::string& error_class, const std::string& text, const Origin& at, const PlanRef& p) {
    failure.set(analysis_error(error_class, text, at, p ? plan_tree(p) : ""));
}

ExprRef Analyser::typed(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    Typing t{
        .e = const_cast<Expr&>(*e), .ansi = session.ansi, .zone = session.clock.zone, .error_class = "", .text = ""};
    return engine::spark::typed(e, t);
}

namespace {

struct Hit {
    ExprRef column;
    std::size_t used = 0;  ///< name parts consumed
};

std::vector<Hit> find_columns(const std::vector<std::string>& parts, const Exprs& columns, bool by_case) {
    MR_ASSERT(!parts.empty());
    std::vector<Hit> out;
    const auto add = [&](const ExprRef& c, std::size_t used) {
        for (const Hit& h : out)
            if (h.column->id == c->id) return;
        out.push_back({c, used});
    };
    // Qualified first: `t.c`.
    for (const ExprRef& c : columns) {
        if (parts.size() < 2 || c->parts.empty()) continue;
        if (same_name(c->parts.back(), parts[0]) && same_name(c->name, parts[1])) add(c, 2);
    }
    if (!out.empty()) return out;
    for (const ExprRef& c : columns)
        if (by_case ? c->name == parts[0] : same_name(c->name, parts[0])) add(c, 1);
    // What is hidden is meant only where nothing else is.
    const bool plain = std::any_of(out.begin(), out.end(), [](const Hit& h) { return !h.column->metadata; });
    if (plain) std::erase_if(out, [](const Hit& h) { return h.column->metadata; });
    return out;
}

std::string full_name(const ExprRef& c) {
    MR_ASSERT(c != nullptr);
    std::string out;
    for (const std::string& q : c->parts) out += quoted(q) + ".";
    return out + quoted(c->name);
}

/// `a.b.c` into the struct fields after the column.
ExprRef into_fields(Analyser& a, ExprRef base, const std::vector<std::string>& parts, std::size_t from,
                    const Origin& at) {
    MR_ASSERT(base != nullptr);
    for (std::size_t i = from; i < parts.size() && base->resolved && a.ok(); ++i) {
        Expr e;
        e.kind = ExprKind::extract;
        e.args = {base, string_literal(parts[i])};
        e.distinct = true;
        e.at = at;
        base = a.resolve_extract(make(std::move(e)));
    }
    return base;
}

struct Bare {
    std::string_view word;
    const char* function;
};

constexpr Bare kBare[] = {{"CURRENT_DATE", "current_date"},       {"CURRENT_TIMESTAMP", "current_timestamp"},
                          {"NOW", "current_timestamp"},           {"LOCALTIMESTAMP", "localtimestamp"},
                          {"CURRENT_USER", "current_user"},       {"CURRENT_CATALOG", "current_catalog"},
                          {"CURRENT_DATABASE", "current_schema"}, {"USER", "current_user"}};

}  // namespace

ExprRef Analyser::resolve_name(const ExprRef& e, const Scope& scope) {
    MR_ASSERT(e != nullptr);
    auto hits = find_columns(e->parts, scope.columns, session.bug == SqlBug::names_by_case);
    if (hits.size() > 1) {
        // Several columns of one hidden name: what is asked for by its field is kept only once.
        std::vector<std::string> names;
        for (const Hit& h : hits) names.push_back(full_name(h.column));
        std::sort(names.begin(), names.end());
        std::string list;
        for (const std::string& n : names) list += (list.empty() ? "" : ", ") + n;
        std::string wanted;
        for (const std::string& part : e->parts) wanted += (wanted.empty() ? "" : ".") + quoted(part);
        fail("AMBIGUOUS_REFERENCE", fmt::format("Reference {} is ambiguous, could be: [{}].", wanted, list), e->at);
        return e;
    }
    if (hits.size() == 1) {
        ExprRef c = hits[0].column;
        const std::string& typed_name = e->parts[hits[0].used - 1];
        if (c->name != typed_name) c = edit(c, [&](Expr& x) { x.name = typed_name; });
        c = edit(c, [&](Expr& x) { x.at = e->at, x.metadata = false; });
        if (hits[0].used == e->parts.size()) return c;
        ExprRef deep = into_fields(*this, c, e->parts, hits[0].used, e->at);
        return deep;
    }
    const auto matches = std::ranges::count_if(
        scope.lateral, [&](const ExprRef& a) { return same_name(a->name, e->parts[0]) && a->resolved; });
    if (matches > 1)
        return fail("AMBIGUOUS_LATERAL_COLUMN_ALIAS",
                    fmt::format("Lateral column alias {} is ambiguous and has {} matches.", quoted(e->parts[0]),
                                matches),
                    {}),
               e;
    for (auto it = scope.lateral.rbegin(); it != scope.lateral.rend(); ++it)
        if (same_name((*it)->name, e->parts[0]) && (*it)->resolved) {
            const DataType& type = (*it)->args[0]->type;
            if (e->parts.size() > 1 && !is_nested(type))
                return fail("INVALID_EXTRACT_BASE_FIELD_TYPE",
                            fmt::format("Can't extract a value from \"{}\". Need a complex type [STRUCT, ARRAY, MAP] "
                                        "but got \"{}\".",
                                        e->parts[0], sql_name(type)),
                            e->at),
                       e;
            return into_fields(*this, lateral_reference(*it), e->parts, 1, e->at);
        }
    if (e->parts.size() == 1) {
        std::string upper = e->parts[0];
        for (char& c : upper)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        for (const Bare& bare : kBare)
            if (bare.word == upper) return resolve_function(function(bare.function, {}, e->at), scope);
    }
    for (auto it = outer.rbegin(); it != outer.rend(); ++it) {
        const auto far = find_columns(e->parts, *it, false);
        if (far.empty()) continue;
        Expr o;
        o.kind = ExprKind::outer;
        o.args = {far[0].column};
        o.type = far[0].column->type;
        o.nullable = far[0].column->nullable;
        o.resolved = true;
        o.at = e->at;
        return into_fields(*this, make(std::move(o)), e->parts, far[0].used, e->at);
    }
    return e;
}

namespace {

/// Whether a name reached the value: a column, or a field in one. Fields of other values are told without their place.
bool is_column_or_field(const ExprRef& e) {
    return e->kind == ExprKind::field ? is_column_or_field(e->args[0]) : e->kind == ExprKind::attribute;
}

}  // namespace

ExprRef Analyser::resolve_extract(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const ExprRef &base = e->args[0], &index = e->args[1];
    if (!base->resolved || !index->resolved) return e;
    const bool by_name = is_literal(index) && index->type.id == TypeId::string && !index->value.null;
    const bool structs = base->type.id == TypeId::structure;
    const bool of_structs = base->type.id == TypeId::array && element_of(base->type).id == TypeId::structure && by_name;
    if ((structs || of_structs) && by_name) {
        const auto& fields = structs ? *base->type.fields : *element_of(base->type).fields;
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (same_name(fields[i].name, index->value.s)) found.push_back(i);
        if (found.size() != 1) {
            std::string names;
            for (const Field& f : fields) names += (names.empty() ? "" : ", ") + quoted(f.name);
            if (found.empty())
                fail("FIELD_NOT_FOUND", fmt::format("No such struct field {} in {}.", quoted(index->value.s), names),
                     is_column_or_field(base) ? e->at : Origin{});
            else
                fail("AMBIGUOUS_REFERENCE_TO_FIELDS",
                     fmt::format("Ambiguous reference to the field {}. It appears {} times in the schema.",
                                 quoted(index->value.s), found.size()),
                     is_column_or_field(base) ? e->at : Origin{});
            return e;
        }
        Expr f;
        f.kind = ExprKind::field;
        f.args = {base};
        f.name = index->value.s;
        f.n = static_cast<i64>(found[0]);
        f.at = e->at;
        return typed(make(std::move(f)));
    }
    if (structs) {
        fail("INVALID_EXTRACT_FIELD_TYPE",
             fmt::format("Field name should be a non-null string literal, but it's \"{}\".", pretty(index)), e->at);
        return e;
    }
    if (base->type.id != TypeId::array && base->type.id != TypeId::map) {
        fail("INVALID_EXTRACT_BASE_FIELD_TYPE",
             fmt::format("Can't extract a value from \"{}\". Need a complex type [STRUCT, ARRAY, MAP] but got \"{}\".",
                         pretty(base), sql_name(base->type)),
             e->distinct && is_column_or_field(base) ? e->at : Origin{});
        return e;
    }
    Expr item = *e;
    item.fn = find_function("item", true);
    item.kind = ExprKind::call;
    item.name = "item";
    return typed(make(std::move(item)));
}

namespace {

/// What the plan below reads, as messages list it: of a table of its own, nothing.
std::string inputs_of(const Scope& scope) {
    std::string out;
    for (const PlanRef& child : scope.below ? scope.below->children : std::vector<PlanRef>{})
        for (const ExprRef& c : output_of(*child)) out += (out.empty() ? "" : ", ") + quoted(c->name);
    return out;
}

}  // namespace

Exprs Analyser::star_columns(const ExprRef& star, const Scope& scope) {
    MR_ASSERT(star != nullptr);
    Exprs out;
    for (const ExprRef& c : scope.columns) {
        if (c->metadata) continue;
        if (star->parts.empty() || (!c->parts.empty() && same_name(c->parts.back(), star->parts.back())))
            out.push_back(edit(c, [&](Expr& x) { x.at = star->at; }));
    }
    if (!out.empty() || star->parts.empty()) return out;
    // `s.*` over a struct column.
    const ExprRef base = resolve_name(name_of(star->parts, star->at), scope);
    if (base->resolved && base->type.id == TypeId::structure) {
        for (std::size_t i = 0; i < base->type.fields->size(); ++i) {
            const ExprRef field = into_fields(*this, base, {(*base->type.fields)[i].name}, 0, star->at);
            out.push_back(alias_of(field, (*base->type.fields)[i].name, session.ids.take()));
        }
        return out;
    }
    if (base->resolved) {
        fail("_LEGACY_ERROR_TEMP_1050",
             fmt::format("Can only star expand struct data types. Attribute: `ArrayBuffer({})`.",
                         fmt::join(star->parts, ", ")),
             star->at);
        return out;
    }
    std::string target;
    for (const std::string& part : star->parts) target += (target.empty() ? "" : ".") + quoted(part);
    fail("CANNOT_RESOLVE_STAR_EXPAND",
         fmt::format("Cannot resolve {}.* given input columns {}. Please check that the specified table or struct "
                     "exists and is accessible in the input columns.",
                     target, inputs_of(scope)),
         star->at);
    return out;
}

Exprs Analyser::expand_stars(const Exprs& items, const Scope& scope) {
    Exprs out;
    for (const ExprRef& item : items) {
        if (item->kind == ExprKind::star) {
            for (const ExprRef& c : star_columns(item, scope)) out.push_back(c);
        } else {
            out.push_back(item);
        }
    }
    return out;
}

ExprRef Analyser::resolve_args(const ExprRef& e, const Scope& scope) {
    MR_ASSERT(e != nullptr);
    Exprs args;
    bool changed = false;
    for (const ExprRef& arg : e->args) {
        args.push_back(resolve(arg, scope));
        changed = changed || args.back() != arg;
        if (!ok()) return e;
    }
    return changed ? edit(e, [&](Expr& x) { x.args = std::move(args); }) : e;
}

void outer_columns(const PlanRef& p, const Exprs& columns, Exprs& out) {
    MR_ASSERT(p != nullptr);
    visit_exprs(*p, [&](const ExprRef& root) {
        visit(root, [&](const ExprRef& e) {
            if (e->kind == ExprKind::outer && contains_id(columns, e->args[0]->id) && !contains_id(out, e->args[0]->id))
                out.push_back(e->args[0]);
            if (e->plan) outer_columns(e->plan, columns, out);
        });
    });
    for (const PlanRef& c : p->children) outer_columns(c, columns, out);
}

ExprRef Analyser::resolve_subquery(const ExprRef& e, const Scope& scope) {
    MR_ASSERT(e != nullptr);
    ExprRef out = resolve_args(e, scope);
    outer.push_back(scope.columns);
    const auto saved = ctes.size();
    const PlanRef inner = plan(e->plan);
    ctes.resize(saved);
    outer.pop_back();
    if (!ok()) return e;
    Exprs around;
    outer_columns(inner, scope.columns, around);
    return edit(out, [&](Expr& x) {
        x.plan = inner;
        if (x.id == 0) x.id = session.ids.take();
        if (x.kind == ExprKind::in_subquery) x.k = static_cast<i64>(x.args.size());
        struct Tail {
            Expr& x;
            const Exprs& more;
            ~Tail() { x.args.insert(x.args.end(), more.begin(), more.end()); }
        } tail{x, around};
        if (!inner->resolved || !resolved_all(x.args)) return;
        const Exprs columns = output_of(*inner);
        if (x.kind == ExprKind::scalar_subquery) {
            // The check refuses more than one column.
            x.type = columns.empty() ? type_of(TypeId::void_) : columns[0]->type;
            x.nullable = true;
        } else {
            x.type = type_of(TypeId::boolean);
            x.nullable = x.kind == ExprKind::in_subquery;
            if (x.kind == ExprKind::in_subquery) {
                if (columns.size() != x.args.size()) {
                    return;  // the check refuses it
                }
                x.nullable = false;
                for (std::size_t i = 0; i < columns.size(); ++i) {
                    x.nullable = x.nullable || columns[i]->nullable || x.args[i]->nullable;
                    if (const auto common = wider_type(x.args[i]->type, columns[i]->type, session.ansi))
                        x.args[i] = implicit(x.args[i], *common, session.ansi);
                }
            }
        }
        x.resolved = true;
    });
}

ExprRef time_sum(const ExprRef& sum, bool ansi) {
    MR_ASSERT(sum != nullptr);
    const std::string_view name = sum->kind == ExprKind::call && sum->resolved && sum->k == 1 ? sum->fn->name : "";
    if (name != "timestamp_plus" && name != "timestamp_plus_calendar") return sum;
    const ExprRef& time = sum->args[0];
    if (time->kind == ExprKind::cast && time->implicit && time->args[0]->type.id == TypeId::date) return sum;
    const bool of_text = time->kind == ExprKind::cast && time->implicit && time->args[0]->type.id == TypeId::string;
    return edit(cast_to(sum, of_text ? time->args[0]->type : sum->type, ansi, sum->at), [&](Expr& x) {
        x.implicit = x.resolved = true;
        x.nullable = sum->nullable;
    });
}

ExprRef Analyser::resolve(const ExprRef& e, const Scope& scope) {
    MR_ASSERT(e != nullptr);
    if (e->resolved || !ok()) return e;
    switch (e->kind) {
        case ExprKind::name: return resolve_name(e, scope);
        case ExprKind::function: return resolve_function(e, scope);
        case ExprKind::window: return resolve_window(e, scope);
        case ExprKind::extract: return resolve_extract(resolve_args(e, scope));
        case ExprKind::scalar_subquery: case ExprKind::exists: case ExprKind::in_subquery:
            return resolve_subquery(e, scope);
        case ExprKind::time_window: case ExprKind::session_window: return time_window(resolve_args(e, scope));
        case ExprKind::lambda: case ExprKind::star: return e;
        case ExprKind::call: {
            ExprRef out = resolve_args(e, scope);
            if (!ok()) return e;
            if (!out->fn) out = edit(out, [&](Expr& x) { x.fn = find_function(x.name, true); });
            // An interval of months and one of days: Spark takes the first for a moment and casts back.
            if ((out->name == "+" || out->name == "-") && resolved_all(out->args) &&
                out->args[0]->type.id == TypeId::year_month && out->args[1]->type.id == TypeId::day_time) {
                const ExprRef moved = edit(out, [](Expr& x) {
                    x.fn = find_function("timestamp_plus", true);
                    x.k = 1;
                });
                return cast_to(moved, out->args[0]->type, session.ansi, out->at);
            }
            return resolved_all(out->args) ? time_sum(typed(out), session.ansi) : out;
        }
        default: {
            ExprRef out = resolve_args(e, scope);
            // Of names over each other the outermost counts.
            if (out->kind == ExprKind::alias && out->args[0]->kind == ExprKind::alias)
                out = edit(out, [](Expr& x) { x.args = {x.args[0]->args[0]}; });
            return resolved_all(out->args) ? typed(out) : out;
        }
    }
}

ExprRef Analyser::named(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->kind != ExprKind::unresolved_alias) return e;
    const ExprRef& inner = e->args[0];
    if (!inner->resolved) return e;
    if (inner->kind == ExprKind::attribute) return inner;
    if (inner->kind == ExprKind::alias && !inner->metadata) return inner;
    std::string name = inner->kind == ExprKind::alias ? inner->name : pretty(inner);
    if (inner->kind == ExprKind::cast && !inner->implicit &&
        (inner->args[0]->kind == ExprKind::attribute || inner->args[0]->kind == ExprKind::alias))
        name = inner->args[0]->name;
    if (is_call(inner, "from_json") && inner->type.id == TypeId::map) name = "entries";
    return alias_of(inner, name, session.ids.take(), e->at);
}

Exprs Analyser::select_list(const Exprs& items, Scope scope) {
    Exprs out;
    scope.stars = true;
    for (const ExprRef& item : expand_stars(items, scope)) {
        if (!ok()) return out;
        const bool dotted = item->kind == ExprKind::name;
        ExprRef e = resolve(item, scope);
        if (dotted && (e->resolved ? e->kind != ExprKind::attribute : is_call(e, "item"))) {
            const std::string last = e->kind == ExprKind::field ? e->name : item->parts.back();
            e = alias_of(e, item->parts.size() > 1 || e->kind != ExprKind::call ? last : pretty(e), session.ids.take(),
                         item->at);
        }
        e = named(e);
        if (e->kind == ExprKind::alias) scope.lateral.push_back(e);
        out.push_back(e);
    }
    return out;
}

}  // namespace engine::spark
