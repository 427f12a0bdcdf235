#include "engine/plan/scan_text.h"

#include <fmt/format.h>

#include "engine/plan/outputs.h"
#include "engine/plan/physical.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr std::size_t kSchemaShown = 100;  ///< characters of a schema in a simple plan
static_assert(kSchemaShown > 0);

std::string option_of(const Plan& p, const std::string& key) {
    for (const auto& [name, value] : p.options)
        if (name == key) return value;
    return "";
}

bool is_file(const Plan& p) {
    return p.name == "csv" || p.name == "json" || p.name == "text" || p.name == "parquet" || p.name == "orc";
}

std::string schema_text(const Exprs& columns) {
    std::vector<Field> fields;
    for (const ExprRef& c : columns) fields.push_back({c->name, c->type, c->nullable});
    return catalog_name(struct_type(std::move(fields)));
}

std::string shortened(const std::string& s) {
    return s.size() > kSchemaShown ? s.substr(0, kSchemaShown - 3) + "..." : s;
}

std::string value_text(const ExprRef& e) { return display(e->value, e->type, "UTC"); }

std::string capital(std::string s) {
    for (char& c : s)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return s;
}

}  // namespace

std::string source_filter(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->kind != ExprKind::call) return "";
    const auto column = [](const ExprRef& x) { return x->kind == ExprKind::attribute; };
    if ((is_call(e, "isnotnull") || is_call(e, "isnull")) && column(e->args[0]))
        return fmt::format("{}({})", e->name == "isnull" ? "IsNull" : "IsNotNull", e->args[0]->name);
    if ((is_call(e, "and") || is_call(e, "or"))) {
        const std::string a = source_filter(e->args[0]), b = source_filter(e->args[1]);
        return a.empty() || b.empty() ? "" : fmt::format("{}({},{})", e->name == "and" ? "And" : "Or", a, b);
    }
    if (is_call(e, "not")) {
        const std::string a = source_filter(e->args[0]);
        return a.empty() ? "" : fmt::format("Not({})", a);
    }
    if (is_call(e, "in") && column(e->args[0])) {
        std::string list;
        for (std::size_t i = 1; i < e->args.size(); ++i) {
            if (!is_literal(e->args[i])) return "";
            list += (i > 1 ? "," : "") + value_text(e->args[i]);
        }
        return fmt::format("In({}, [{}])", e->args[0]->name, list);
    }
    static constexpr const char* kTexts[][2] = {
        {"startswith", "StringStartsWith"}, {"endswith", "StringEndsWith"}, {"contains", "StringContains"}};
    for (const auto& n : kTexts)
        if (is_call(e, n[0]) && column(e->args[0]) && is_literal(e->args[1]) &&
            e->args[0]->type.id == TypeId::string && e->args[1]->type.id == TypeId::string)
            return fmt::format("{}({},{})", n[1], e->args[0]->name, value_text(e->args[1]));
    static constexpr const char* kNames[][3] = {{"=", "EqualTo", "EqualTo"},
                                                {"<=>", "EqualNullSafe", "EqualNullSafe"},
                                                {">", "GreaterThan", "LessThan"},
                                                {"<", "LessThan", "GreaterThan"},
                                                {">=", "GreaterThanOrEqual", "LessThanOrEqual"},
                                                {"<=", "LessThanOrEqual", "GreaterThanOrEqual"}};
    for (const auto& n : kNames) {
        if (!is_call(e, n[0]) || e->args.size() != 2) continue;
        if (column(e->args[0]) && is_literal(e->args[1]))
            return fmt::format("{}({},{})", n[1], e->args[0]->name, value_text(e->args[1]));
        if (column(e->args[1]) && is_literal(e->args[0]))
            return fmt::format("{}({},{})", n[2], e->args[1]->name, value_text(e->args[0]));
    }
    return "";
}

bool scan_prunes(const Plan& relation) { return is_file(relation); }

i64 relation_bytes(const Plan& relation) {
    MR_ASSERT(relation.kind == PlanKind::file_relation);
    const std::string bytes = option_of(relation, "\nbytes");
    return bytes.empty() ? INT64_MAX / 16 : std::max<i64>(1, std::stoll(bytes));
}

ScanText scan_text(const Plan& p, const Exprs& columns, const Exprs& filters) {
    MR_ASSERT(p.kind == PlanKind::file_relation);
    std::string pushed, data;
    for (const ExprRef& f : filters) {
        // What asks a subquery is not known to the scan.
        if (any_of(f, [](const Expr& x) { return x.kind == ExprKind::window_reference; })) continue;
        const std::string s = source_filter(f);
        if (!s.empty()) pushed += (pushed.empty() ? "" : ", ") + s;
        data += (data.empty() ? "" : ", ") + tree_form(f);
    }
    std::string tight;
    for (const ExprRef& c : columns) tight += (tight.empty() ? "" : ",") + tree_form(c);
    ScanText out;
    const std::string output = fmt::format("Output [{}]: {}", columns.size(), attributes_text(columns));
    if (!is_file(p)) {
        out.name = fmt::format("Scan {} ", p.name);
        out.text = fmt::format("Scan {} [{}] PushedFilters: [], ReadSchema: {}", p.name, tight,
                               shortened(schema_text(columns)));
        out.details = {output, "ReadSchema: " + schema_text(columns)};
        out.rows = true;
        return out;
    }
    const std::string path = option_of(p, "path"), files = option_of(p, "\nfiles");
    out.name = fmt::format("Scan {} ", p.name);
    out.text = fmt::format(
        "FileScan {} [{}] Batched: false, DataFilters: [{}], Format: {}, Location: InMemoryFileIndex({} paths)[{}], "
        "PartitionFilters: [], PushedFilters: [{}], ReadSchema: {}",
        p.name, tight, data, p.name == "text" ? "Text" : capital(p.name), files.empty() ? "1" : files, path, pushed,
        shortened(schema_text(columns)));
    out.details = {output, "Batched: false", fmt::format("Location: InMemoryFileIndex [{}]", path)};
    if (!pushed.empty()) out.details.push_back(fmt::format("PushedFilters: [{}]", pushed));
    out.details.push_back("ReadSchema: " + schema_text(columns));
    return out;
}

}  // namespace engine::spark
