// Hashes, random numbers, facts about the session, and functions that raise.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/plan/coerce.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/plan/row_hash.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

Value hash(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    i32 h = 42;
    for (std::size_t i = 0; i < c.args.size(); ++i) h = murmur_value(c.args[i], c.type(i), h);
    return int_value(h);
}

Value xxhash64(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    i64 h = 42;
    for (std::size_t i = 0; i < c.args.size(); ++i) h = xxhash_value(c.args[i], c.type(i), h);
    return int_value(h);
}

bool type_hash(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    for (const ExprRef& a : t.e.args)
        if (any_of(a, [](const Expr& e) { return e.type.id == TypeId::map; }) && a->type.id == TypeId::map)
            return t.refuse("HASH_MAP_TYPE",
                            fmt::format("Input to the function `{}` cannot contain elements of the \"MAP\" type. In "
                                        "Spark, same maps may have different hashcode, thus hash expressions are "
                                        "prohibited on \"MAP\" elements. To restore previous "
                                        "behavior set \"spark.sql.legacy.allowHashOnMapType\" to \"true\".",
                                        t.e.fn->name));
    t.e.type = type_of(std::string_view(t.e.fn->name) == "hash" ? TypeId::integer : TypeId::bigint);
    t.e.nullable = false;
    return true;
}

Value type_name(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return string_value(catalog_name(c.type(0)));
}

Value raise(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    QueryError error{"SparkRuntimeException", "java.lang.RuntimeException", "", "",
                     c.args[0].null ? "null" : c.args[0].s};
    c.cx.failure.set(std::move(error));
    return null_value();
}

Value assert_true(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    if (!c.args[0].null && c.args[0].i != 0) return null_value();
    QueryError error{"SparkRuntimeException", "java.lang.RuntimeException", "", "", c.args[1].s};
    c.cx.failure.set(std::move(error));
    return null_value();
}

bool type_void(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::void_);
    t.e.nullable = true;
    return true;
}

bool type_assert(Typing& t) {
    MR_ASSERT(!t.e.args.empty());
    if (t.e.args.size() == 1)
        t.e.args.push_back(string_literal(fmt::format("'{}' is not true!", tree_form(t.e.args[0]))));
    return type_void(t);
}

// Spark's XORShiftRandom: a murmur-hashed seed and three shifts.

RandomState random_of(i64 seed) {
    std::string bytes;
    for (int i = 7; i >= 0; --i) bytes += static_cast<char>(static_cast<u64>(seed) >> (8 * i));
    const u32 low = murmur_standard(bytes, 0x3c074a61u);
    const u32 high = murmur_standard(bytes, low);
    return {.seed = static_cast<i64>(static_cast<u64>(high) << 32 | low)};
}

i64 next_bits(RandomState& r, int bits) {
    MR_ASSERT(bits > 0 && bits <= 32);
    u64 s = static_cast<u64>(r.seed);
    s ^= s << 21;
    s ^= s >> 35;
    s ^= s << 4;
    r.seed = static_cast<i64>(s);
    return static_cast<i32>(s & ((u64{1} << bits) - 1));
}

double next_double(RandomState& r) {
    const i64 high = next_bits(r, 26) << 27;
    return static_cast<double>(high + next_bits(r, 27)) * 0x1.0p-53;
}

double next_gaussian(RandomState& r) {
    if (r.has_spare) {
        r.has_spare = false;
        return r.spare;
    }
    double a = 0, b = 0, s = 0;
    do {
        a = 2 * next_double(r) - 1;
        b = 2 * next_double(r) - 1;
        s = a * a + b * b;
    } while (s >= 1 || s == 0);
    const double scale = std::sqrt(-2 * std::log(s) / s);
    r.spare = b * scale;
    r.has_spare = true;
    return a * scale;
}

/// The sequence of an expression goes on over the rows of a partition that it is computed for.
Column random_column(const Expr& e, i64 rows, EvalContext& cx, double (*draw)(RandomState&)) {
    MR_ASSERT(rows >= 0);
    auto at = std::ranges::find(cx.randoms, &e, &RandomSequence::of);
    if (at == cx.randoms.end()) {
        const RandomState first = random_of((e.args.empty() ? e.k : e.args[0]->value.i) + cx.partition);
        at = cx.randoms.insert(at, {&e, cx.row_base, first, first});
    }
    if (at->row_base != cx.row_base) at->before = at->after, at->row_base = cx.row_base;
    RandomState r = at->before;
    Column out = sized_column(e.type, rows);
    for (double& v : out.reals) v = draw(r);
    at->after = r;
    return out;
}

Column rand_column(const Expr& e, std::vector<Column>&, i64 rows, EvalContext& cx) {
    return random_column(e, rows, cx, next_double);
}
Column randn_column(const Expr& e, std::vector<Column>&, i64 rows, EvalContext& cx) {
    return random_column(e, rows, cx, next_gaussian);
}

bool type_rand(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (t.e.args.empty()) {
        // Nothing is shown of a seed that nobody gave.
        t.e.k = static_cast<i64>(t.e.at.start) + 4711;
        t.e.type = type_of(TypeId::double_);
        t.e.nullable = false;
        return true;
    }
    if (t.e.args[0]->type.id != TypeId::void_ && t.e.args[0]->type.id != TypeId::integer &&
        t.e.args[0]->type.id != TypeId::bigint)
        return t.refuse(
            "UNEXPECTED_INPUT_TYPE",
            fmt::format("Parameter 1 requires the (\"INT\" or \"BIGINT\") type, however \"{}\" has the type \"{}\".",
                        pretty(t.e.args[0]), sql_name(t.e.args[0]->type)));
    if (!is_literal(t.e.args[0]) && t.e.args[0]->kind != ExprKind::cast)
        return t.refuse(
            "NON_FOLDABLE_INPUT",
            fmt::format("the input `seed` should be a foldable \"INT\" or \"BIGINT\" expression; however, got \"{}\".",
                        pretty(t.e.args[0])));
    t.e.type = type_of(TypeId::double_);
    t.e.nullable = false;
    return true;
}

Column increasing_id(const Expr& e, std::vector<Column>&, i64 rows, EvalContext& cx) {
    MR_ASSERT(rows >= 0);
    Column out = sized_column(e.type, rows);
    for (i64 i = 0; i < rows; ++i) out.ints[static_cast<std::size_t>(i)] = (cx.partition << 33) + cx.row_base + i;
    return out;
}

Column partition_id(const Expr& e, std::vector<Column>&, i64 rows, EvalContext& cx) {
    return constant_column(int_value(cx.partition), e.type, rows);
}

Value uuid(const Call& c) {
    return string_value(
        fmt::format("{:08x}-0000-4000-8000-{:012x}", static_cast<u32>(c.e.at.start), static_cast<u64>(c.cx.row_base)));
}
Value current_user(const Call&) { return string_value("millrace"); }
Value current_schema(const Call&) { return string_value("default"); }
Value current_catalog(const Call&) { return string_value("spark_catalog"); }
Value version(const Call&) { return string_value("3.5.7 ed00d046951a7ecda6429accd3b9c5b2dc792b65"); }
Value empty_text(const Call&) { return string_value(""); }

/// A row that was read from no file came from no block.
Value no_block(const Call&) { return int_value(-1); }

/// Whether so many of the values are neither null nor NaN.
Value at_least(const Call& c) {
    MR_ASSERT(!c.args.empty());
    i64 found = 0;
    for (std::size_t i = 1; i < c.args.size(); ++i) {
        const bool real = c.type(i).id == TypeId::double_ || c.type(i).id == TypeId::float_;
        found += c.args[i].null || (real && std::isnan(c.args[i].d)) ? 0 : 1;
    }
    return bool_value(found >= c.args[0].i);
}

const FunctionInfo kHash[] = {
    {"hash", "x+", "", NV, hash, "Murmur3 hash of the arguments, seed 42.", type_hash},
    {"xxhash64", "x+", "", NV, xxhash64, "64-bit xxHash of the arguments, seed 42.", type_hash},
};

const FunctionInfo kMisc[] = {
    {"atleastnnonnulls", "I,x*", "Z", NullRule::never, at_least, "Whether so many of the values are not null.", nullptr,
     nullptr, nullptr, FunctionKind::scalar, true, true},
    {"typeof", "x", "S", NV, type_name, "The name of the argument's type."},
    {"raise_error", "S", "", SE, raise, "Fails with a message.", type_void, nullptr, nullptr, K, false},
    {"assert_true", "Z,S?", "", SE, assert_true, "Fails unless true.", type_assert, nullptr, nullptr, K, false},
    {"rand", "i?", "", NV, nullptr, "A random number from 0 to 1, by a seed.", type_rand, rand_column, nullptr, K,
     false},
    {"randn", "i?", "", NV, nullptr, "A random number of the normal distribution, by a seed.", type_rand, randn_column,
     nullptr, K, false},
    {"uuid", "", "S", NV, uuid, "A universally unique identifier.", nullptr, nullptr, nullptr, K, false},
    {"monotonically_increasing_id", "", "L", NV, nullptr, "Numbers that grow within a partition.", nullptr,
     increasing_id, nullptr, K, false},
    {"spark_partition_id", "", "I", NV, nullptr, "The number of the partition.", nullptr, partition_id,
     "SPARK_PARTITION_ID", K, false},
    {"current_user", "", "S", NV, current_user, "The user of the session."},
    {"current_schema", "", "S", NV, current_schema, "The current database.", nullptr, nullptr, "current_database"},
    {"current_catalog", "", "S", NV, current_catalog, "The current catalog."},
    {"version", "", "S", NV, version, "The version of Spark that is followed."},
    {"input_file_block_start", "", "L", NV, no_block, "Where the block that a row came from begins.", nullptr, nullptr,
     nullptr, K, false},
    {"input_file_block_length", "", "L", NV, no_block, "Length of the block that a row came from.", nullptr, nullptr,
     nullptr, K, false},
    {"input_file_name", "", "S", NV, empty_text, "The file a row came from.", nullptr, nullptr, nullptr, K, false},
    {"equal_null", "x,x", "Z", NV, nullptr, "Equal, with null equal to null.", type_comparison,
     [](const Expr& e, std::vector<Column>& a, i64 n, EvalContext& cx) {
         return find_function("<=>")->vector(e, a, n, cx);
     }},
};

}  // namespace

std::span<const FunctionInfo> hash_functions() { return kHash; }
std::span<const FunctionInfo> misc_functions() { return kMisc; }

}  // namespace engine::spark
