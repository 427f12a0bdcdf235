// Exchanges that carry the same rows: the second one of a plan reads what the first wrote. Same are two parts of a plan that
// differ in the names and numbers of their columns alone.
#include <map>
#include <tuple>

#include "engine/plan/physical.h"
#include "engine/sql/types.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool of_name(char c) { return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/// A part of a plan as text in which columns have numbers by first appearance, and no names.
struct Canonical {
    std::map<std::string, std::size_t> numbers;
    std::string text;

    /// Puts `name#12` down as `#1`.
    void add_text(const std::string& from) {
        for (std::size_t i = 0; i < from.size();) {
            if (from[i] != '#') {
                text += from[i++];
                continue;
            }
            std::size_t end = i + 1;
            while (end < from.size() && from[end] >= '0' && from[end] <= '9') ++end;
            while (!text.empty() && of_name(text.back())) text.pop_back();
            text += "#" + std::to_string(numbers.try_emplace(from.substr(i, end - i), numbers.size()).first->second);
            i = end;
        }
    }
    void add(const PhysicalNode& n, int depth) {
        MR_ASSERT(depth < 10'000);
        text += std::to_string(depth) + " ";
        add_text(n.text.substr(0, n.text.find(", [plan_id=")));
        for (const ExprRef& c : n.output) text += " " + sql_name(c->type);
        text += "\n";
        for (const PhysicalRef& c : n.children) add(*c, depth + 1);
    }
};

/// The leaves that hold rows, by what they are.
void sources_of(const PhysicalNode& n, std::vector<std::pair<const void*, i64>>& out) {
    if (n.table != nullptr || n.stream >= 0) out.emplace_back(n.table, n.stream);
    for (const PhysicalRef& c : n.children) sources_of(*c, out);
}

struct Known {
    std::string text;
    std::vector<std::pair<const void*, i64>> sources;
    PhysicalRef exchange;
};

PhysicalRef reused(const PhysicalRef& p, std::vector<Known>& known) {
    PhysicalNode copy = *p;
    bool changed = false;
    for (PhysicalRef& c : copy.children) {
        const PhysicalRef child = reused(c, known);
        changed = changed || child != c;
        c = child;
    }
    const PhysicalRef own = changed ? std::make_shared<const PhysicalNode>(std::move(copy)) : p;
    if (!p->exchange) return own;
    Canonical canonical;
    canonical.add(*p, 0);
    Known mine{std::move(canonical.text), {}, own};
    sources_of(*p, mine.sources);
    for (const Known& k : known) {
        if (k.text != mine.text || k.sources != mine.sources) continue;
        PhysicalNode n;
        n.name = "ReusedExchange";
        n.text = "ReusedExchange " + attributes_text(p->output) + ", " + k.exchange->text;
        n.output = p->output;
        return physical_node(std::move(n));
    }
    known.push_back(std::move(mine));
    return own;
}

}  // namespace

PhysicalRef with_reuse(const PhysicalRef& plan) {
    MR_ASSERT(plan != nullptr);
    std::vector<Known> known;
    return reused(plan, known);
}

}  // namespace engine::spark
