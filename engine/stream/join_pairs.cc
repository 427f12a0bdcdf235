// Pairs of a stream join: ON taken apart, the rows that have come with their keys, and the kept rows of the other side
// that match them. Conditions are evaluated for many rows at once.
#include <algorithm>

#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/physical.h"
#include "engine/plan/row_hash.h"
#include "engine/stream/join_parts.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool within(const ExprRef& e, const Exprs& columns) {
    const auto ids = all_references(e);
    return !ids.empty() && std::all_of(ids.begin(), ids.end(), [&](u64 id) { return contains_id(columns, id); });
}

}  // namespace

std::vector<Equality> equalities(const Plan& join, const Exprs& left, const Exprs& right, Exprs& rest) {
    MR_ASSERT(join.children.size() == 2);
    const EquiJoin parts = equi_parts(join.condition, left, right);
    MR_ASSERT(parts.left.size() == parts.right.size());
    std::vector<Equality> out;
    for (std::size_t i = 0; i < parts.left.size(); ++i) out.push_back({parts.left[i], parts.right[i]});
    if (parts.rest) conjuncts_of(parts.rest, rest);
    return out;
}

MomentPlace moment_place(const Plan& join, bool left) {
    MR_ASSERT(join.children.size() == 2);
    const Exprs left_columns = output_of(*join.children[0]), right_columns = output_of(*join.children[1]);
    const auto marked = [](const ExprRef& e) { return e->kind == ExprKind::attribute && e->watermark_ms >= 0; };
    MomentPlace out{-1, event_time_place(left ? left_columns : right_columns)};
    Exprs rest;
    int place = 0;
    for (const Equality& e : equalities(join, left_columns, right_columns, rest)) {
        if (out.key < 0 && (marked(e.left) || marked(e.right))) out.key = place;
        ++place;
    }
    return out;
}

namespace {

/// An event time in a packed row: a timestamp, or the end of a window; kNever if it is null.
i64 moment_in(std::string_view row, const std::vector<DataType>& types, std::size_t at) {
    MR_ASSERT(at < types.size());
    const auto word = word_of(row, types.size(), at);
    if (!word || types[at].id != TypeId::structure) return word.value_or(kNever);
    const auto pointer = static_cast<u64>(*word);
    const std::string_view window = row.substr(pointer >> 32, pointer & UINT32_MAX);
    return word_of(window, 2, 1).value_or(0);
}

}  // namespace

i64 moment_of(const MomentPlace& place, std::string_view key, const std::vector<DataType>& key_types,
              std::string_view row, const std::vector<DataType>& row_types) {
    if (place.key >= 0) return moment_in(key, key_types, static_cast<std::size_t>(place.key));
    return place.row >= 0 ? moment_in(row, row_types, static_cast<std::size_t>(place.row)) : kNever;
}

void arrange(Joining& j, const Exprs& left, const Exprs& right) {
    Exprs others, rest, own_left, own_right, both = left;
    both.insert(both.end(), right.begin(), right.end());
    for (const Equality& e : equalities(j.plan, left, right, others)) {
        j.left.keys.push_back(bound_to(e.left, left));
        j.right.keys.push_back(bound_to(e.right, right));
        j.left.key_types.push_back(e.left->type);
        j.right.key_types.push_back(e.right->type);
    }
    j.left.plain_keys = words_only(j.left.key_types);
    j.right.plain_keys = words_only(j.right.key_types);
    for (const ExprRef& c : others) {
        if (within(c, left)) own_left.push_back(c);
        else if (within(c, right)) own_right.push_back(c);
        else rest.push_back(c);
    }
    if (!own_left.empty()) j.left.own = bound_to(conjunction(own_left), left);
    if (!own_right.empty()) j.right.own = bound_to(conjunction(own_right), right);
    if (rest.empty()) return;
    j.rest = bound_to(conjunction(rest), both);
    j.rest_reads.assign(both.size(), 0);
    visit(j.rest, [&](const ExprRef& e) {
        if (e->kind == ExprKind::attribute) j.rest_reads[static_cast<std::size_t>(e->n)] = 1;
    });
}

namespace {

std::vector<i32> partitions_of(std::span<const Column> keys, i64 rows, i64 partitions) {
    MR_ASSERT(partitions > 0);
    if (keys.empty()) return std::vector<i32>(static_cast<std::size_t>(rows), 0);
    std::vector<i32> out(static_cast<std::size_t>(rows), 42);
    for (const Column& key : keys) murmur_column(key, out);
    const auto n = static_cast<i32>(partitions);
    for (i32& h : out) h = h % n < 0 ? h % n + n : h % n;
    return out;
}

}  // namespace

Arrivals arrivals(Joining& j, const JoinSide& s, Batch whole) {
    MR_ASSERT(s.key_types.size() == s.keys.size());
    Arrivals a;
    const auto n = static_cast<std::size_t>(whole.rows);
    std::vector<Column> keys;
    for (const ExprRef& k : s.keys) keys.push_back(eval(k, whole, j.cx));
    a.own.assign(n, 1);
    if (s.own) {
        a.own.assign(n, 0);
        for (const i32 i : true_rows(eval(s.own, whole, j.cx))) a.own[static_cast<std::size_t>(i)] = 1;
    }
    if (!j.cx.ok()) return {};
    a.partitions = partitions_of(keys, whole.rows, j.r.partitions(true));
    a.keys = packed_rows(keys, whole.rows, true);
    a.hashes.resize(n);
    for (u64 i = 0; i < n; ++i) a.hashes[i] = hash_of_key(a.keys[i]);
    whole.columns.push_back(constant_column(bool_value(false), type_of(TypeId::boolean), whole.rows));
    a.rows = packed_rows(whole.columns, whole.rows);
    a.moments.resize(n, kNever);
    if (s.moment.key < 0 && s.moment.row < 0) return a;
    const Column& time = s.moment.key >= 0 ? keys[static_cast<std::size_t>(s.moment.key)]
                                           : whole.columns[static_cast<std::size_t>(s.moment.row)];
    const bool plain = physical_of(time.type) == Physical::ints;
    for (u64 i = 0; i < n; ++i) {
        const auto row = static_cast<i64>(i);
        if (!plain) a.moments[i] = moment_of(s.moment, a.keys[i], s.key_types, a.rows[i], s.row_types);
        else if (!time.null(row)) a.moments[i] = time.ints[time.at(row)];
    }
    return a;
}

Batch unpacked(const Joining& j, std::span<const JoinedRow> rows, const std::vector<u8>& reads) {
    Batch out{.rows = static_cast<i64>(rows.size()), .columns = {}};
    std::vector<std::string_view> side(rows.size());
    MR_ASSERT(reads.empty() || reads.size() == j.left.width() + j.right.width());
    for (const bool left : {true, false}) {
        const JoinSide& s = left ? j.left : j.right;
        for (std::size_t i = 0; i < rows.size(); ++i) side[i] = left ? rows[i].left : rows[i].right;
        for (std::size_t c = 0; c < s.width(); ++c) {
            const bool read = reads.empty() || reads[out.columns.size()] != 0;
            out.columns.push_back(read ? unpacked_column(side, s.row_types, c) : null_column(s.row_types[c], out.rows));
        }
    }
    return out;
}

std::vector<u32> in_page_order(const JoinRows& all, const std::vector<u32>& hashes) {
    std::vector<u32> starts(all.pages.size() + 1, 0), out(hashes.size());
    for (const u32 h : hashes) ++starts[all.page_of(h) + 1];
    for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
    MR_ASSERT(starts.back() == hashes.size());
    for (std::size_t i = 0; i < hashes.size(); ++i) out[starts[all.page_of(hashes[i])]++] = static_cast<u32>(i);
    return out;
}

/// Pages are looked through one after the other. Keys are compared as bytes: two nulls are the same key. Plans keep
/// nulls away from here where `=` would not match them; a full outer join has no such filter, and Spark matches them
/// there.
void find_pairs(Arrivals& a, JoinRows& other) {
    MR_ASSERT(a.found.empty() && a.own.size() == a.hashes.size());
    a.pairs.assign(a.hashes.size(), {});
    if (other.keys == 0) return;
    const std::vector<u32> order = in_page_order(other, a.hashes);
    for (std::size_t n = 0; n < order.size(); ++n) {
        if (n + kAhead < order.size()) fetch_row(a.keys, order[n + kAhead]);
        const u32 i = order[n];
        if (a.own[i] == 0) continue;
        const u64 at = other.page_of(a.hashes[i]);
        const KeptKey* shared = other.page(at).find(a.hashes[i], a.keys[i]);
        if (shared == nullptr) continue;
        const auto number = shared - other.page(at).keys.data();
        JoinPage& page = other.edit(at);  // a copy, if somebody else has the page
        const KeptKey* key = page.keys.data() + number;
        a.pairs[i] = {static_cast<u32>(a.found.size()), key->rows};
        u32 index = 0;
        for (u32 r = key->first; r != kNoRow; r = page.rows[r].next)
            a.found.push_back({page.bytes.data() + page.rows[r].at, page.rows[r].size, index++});
    }
    a.holds.assign(a.found.size(), 1);
}

std::size_t judge_pairs(Joining& j, Arrivals& a, std::size_t from, bool left) {
    MR_ASSERT(from < a.pairs.size() && a.holds.size() == a.found.size());
    std::vector<JoinedRow> pairs;
    std::vector<u32> which;
    std::size_t to = from;
    for (i64 n = 0; to < a.pairs.size() && n < kBatchRows; n += a.pairs[to++].size) {
        if (to + kAhead < a.pairs.size() && a.pairs[to + kAhead].size > 0)
            __builtin_prefetch(a.found[a.pairs[to + kAhead].from].row, 1);
        for (u32 k = 0; j.rest && k < a.pairs[to].size; ++k) {
            const std::string_view come = a.rows[to], kept = a.found[a.pairs[to].from + k].view();
            pairs.push_back(left ? JoinedRow{come, kept} : JoinedRow{kept, come});
            which.push_back(a.pairs[to].from + k);
        }
    }
    if (pairs.empty()) return to;
    for (const u32 k : which) a.holds[k] = 0;
    for (const i32 i : true_rows(eval(j.rest, unpacked(j, pairs, j.rest_reads), j.cx)))
        a.holds[which[static_cast<std::size_t>(i)]] = 1;
    return to;
}

}  // namespace engine::spark
