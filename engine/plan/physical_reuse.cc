// Exchanges that give the same rows are made once: the later ones are told as the first with their own columns. Two of
// them are the same if their plans are, but for the names and numbers of columns.
#include <algorithm>
#include <map>

#include "engine/plan/physical.h"
#include "engine/plan/print.h"
#include "engine/sql/types.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool of_name(char c) { return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/// The text with columns by first appearance, without their names and without the number of the plan.
std::string same_numbers(const std::string& text) {
    std::map<std::string, std::size_t> seen;
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = std::string_view(text).substr(i);
        const std::size_t mark = rest.starts_with("#") ? 1 : rest.starts_with("plan_id=") ? 8 : 0;
        if (mark == 0) {
            out += text[i++];
            continue;
        }
        std::size_t end = i + mark;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        if (mark == 1) {
            while (!out.empty() && of_name(out.back())) out.pop_back();
            out += "#" + std::to_string(seen.try_emplace(text.substr(i + 1, end - i - 1), seen.size()).first->second);
        }
        i = end;
    }
    return out;
}

PhysicalRef without_stages(const PhysicalRef& p) {
    MR_ASSERT(p != nullptr);
    PhysicalNode copy = *p;
    copy.stage = 0;
    for (PhysicalRef& c : copy.children) c = without_stages(c);
    return std::make_shared<const PhysicalNode>(std::move(copy));
}

/// What a leaf reads: rows at hand, or a stream by its number.
struct Source {
    std::shared_ptr<const Table> table;
    i64 stream = -1;
};

/// The leaves in their order, and the types of all columns, which the text does not tell.
void read_below(const PhysicalRef& p, std::vector<Source>& sources, std::string& types) {
    MR_ASSERT(p != nullptr);
    for (const ExprRef& c : p->output) types += sql_name(c->type) + " ";
    if (p->children.empty()) sources.push_back({p->table, p->stream});
    for (const PhysicalRef& c : p->children) read_below(c, sources, types);
}

constexpr i64 kMostCompared = 10'000;  ///< rows; longer tables count as different unless they are one

bool same_rows(const std::shared_ptr<const Table>& a, const std::shared_ptr<const Table>& b) {
    if (a == b) return true;
    if (!a || !b || a->batches.size() != b->batches.size()) return false;
    for (std::size_t i = 0; i < a->batches.size(); ++i) {
        const Batch &x = a->batches[i], &y = b->batches[i];
        if (x.rows != y.rows || x.columns.size() != y.columns.size() || x.rows > kMostCompared) return false;
        for (std::size_t c = 0; c < x.columns.size(); ++c)
            for (i64 r = 0; r < x.rows; ++r) {
                const DataType &own = x.columns[c].type, &other = y.columns[c].type;
                if (!same_type(own, other) ||
                    display(get(x.columns[c], r), own, "UTC") != display(get(y.columns[c], r), other, "UTC"))
                    return false;
            }
    }
    return true;
}

bool same_source(const Source& a, const Source& b) { return a.stream == b.stream && same_rows(a.table, b.table); }

struct Made {
    std::string text;
    std::string types;
    std::vector<Source> sources;
    PhysicalRef exchange;
};

PhysicalRef reused(const PhysicalRef& given, std::vector<Made>& made) {
    MR_ASSERT(given != nullptr);
    PhysicalNode copy = *given;
    for (PhysicalSubquery& s : copy.subqueries) s.plan = reused(s.plan, made);
    for (PhysicalRef& c : copy.children) c = reused(c, made);
    const PhysicalRef p = std::make_shared<const PhysicalNode>(std::move(copy));
    if (!p->exchange) return p;
    Made own{same_numbers(physical_tree(without_stages(given), false)), {}, {}, p};
    read_below(given, own.sources, own.types);
    for (const Made& m : made) {
        if (m.text != own.text || m.types != own.types || !std::ranges::equal(m.sources, own.sources, same_source))
            continue;
        PhysicalNode again;
        again.name = "ReusedExchange";
        again.text = "ReusedExchange " + attributes_text(p->output) + ", " + m.exchange->text;
        again.output = p->output;
        again.exchange = true;
        return physical_node(std::move(again));
    }
    made.push_back(std::move(own));
    return p;
}

}  // namespace

PhysicalRef with_reused_exchanges(const PhysicalRef& plan) {
    std::vector<Made> made;
    return reused(plan, made);
}

}  // namespace engine::spark
