#include "engine/plan/column.h"

#include <cstring>
#include <numeric>

#include "sim/base/assert.h"

namespace engine::spark {

Column::Column() = default;
Column::Column(const Column&) = default;
Column::Column(Column&&) noexcept = default;
Column& Column::operator=(const Column&) = default;
Column& Column::operator=(Column&&) noexcept = default;
Column::~Column() = default;

char* Heap::reserve(std::size_t n) {
    constexpr std::size_t kBlock = 16 * 1024;
    if (blocks.empty() || used + n > size) {
        size = n > kBlock ? n : kBlock;
        blocks.push_back(std::unique_ptr<char[]>(new char[size]));
        used = 0;
    }
    char* out = blocks.back().get() + used;
    used += n;
    MR_ASSERT(used <= size);
    return out;
}

std::string_view Heap::add(std::string_view text) {
    if (text.empty()) return {};
    char* to = reserve(text.size());
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
}

Physical physical_of(const DataType& type) {
    switch (type.id) {
        case TypeId::void_: return Physical::none;
        case TypeId::float_: case TypeId::double_: return Physical::reals;
        case TypeId::decimal: return Physical::decimals;
        case TypeId::string: case TypeId::binary: return Physical::strings;
        case TypeId::array: case TypeId::map: return Physical::list;
        case TypeId::structure: case TypeId::calendar: return Physical::fields;
        default: return Physical::ints;
    }
}

const std::vector<Field>& child_fields(const DataType& type) {
    static const std::vector<Field> kCalendar = {{"months", type_of(TypeId::bigint), false},
                                                 {"days", type_of(TypeId::bigint), false},
                                                 {"micros", type_of(TypeId::bigint), false}};
    static const std::vector<Field> kNone;
    if (type.id == TypeId::calendar) return kCalendar;
    return type.fields ? *type.fields : kNone;
}

Builder::Builder(const DataType& type, i64 expected) {
    column.type = type;
    for (const Field& field : child_fields(type)) children_.emplace_back(field.type);
    if (physical_of(type) == Physical::list) column.offsets.push_back(0);
    const auto n = static_cast<std::size_t>(expected);
    switch (physical_of(type)) {
        case Physical::ints: column.ints.reserve(n); break;
        case Physical::reals: column.reals.reserve(n); break;
        case Physical::decimals: column.decimals.reserve(n); break;
        case Physical::strings: column.strings.reserve(n); break;
        case Physical::none: case Physical::list: case Physical::fields: break;
    }
}

void Builder::mark(bool null) {
    if (null && column.nulls.empty()) column.nulls.assign(static_cast<std::size_t>(column.size), 0);
    if (null || !column.nulls.empty()) column.nulls.push_back(null ? 1 : 0);
    ++column.size;
}

void Builder::add_null() {
    mark(true);
    switch (physical_of(column.type)) {
        case Physical::none: break;
        case Physical::ints: column.ints.push_back(0); break;
        case Physical::reals: column.reals.push_back(0); break;
        case Physical::decimals: column.decimals.push_back(0); break;
        case Physical::strings: column.strings.emplace_back(); break;
        case Physical::list: column.offsets.push_back(column.offsets.back()); break;
        case Physical::fields:
            for (Builder& child : children_) child.add_null();
            break;
    }
}

void Builder::add_int(i64 v) {
    mark(false);
    column.ints.push_back(v);
}

void Builder::add_real(double v) {
    mark(false);
    column.reals.push_back(v);
}

void Builder::add_decimal(i128 v) {
    mark(false);
    column.decimals.push_back(v);
}

void Builder::add_string(std::string_view v) {
    mark(false);
    if (!heap) heap = std::make_shared<Heap>();
    column.strings.push_back(heap->add(v));
}

void Builder::add(const Value& value) {
    if (value.null) return add_null();
    switch (physical_of(column.type)) {
        case Physical::none: add_null(); break;
        case Physical::ints: add_int(value.i); break;
        case Physical::reals: add_real(value.d); break;
        case Physical::decimals: add_decimal(value.dec); break;
        case Physical::strings: add_string(value.s); break;
        case Physical::list: {
            mark(false);
            const Values& items = items_of(value);
            const std::size_t width = children_.size();
            for (std::size_t i = 0; i < items.size(); ++i) children_[i % width].add(items[i]);
            column.offsets.push_back(column.offsets.back() + static_cast<u32>(items.size() / width));
            break;
        }
        case Physical::fields: {
            mark(false);
            const Values& items = items_of(value);
            MR_ASSERT(items.size() == children_.size());
            for (std::size_t i = 0; i < items.size(); ++i) children_[i].add(items[i]);
            break;
        }
    }
}

Column Builder::finish() {
    MR_ASSERT(column.size >= 0);
    for (Builder& child : children_) column.children.push_back(child.finish());
    if (heap) column.heaps.push_back(std::move(heap));
    return std::move(column);
}

Value get(const Column& c, i64 row) {
    MR_ASSERT(row >= 0 && row < c.size);
    if (c.null(row) || c.type.id == TypeId::void_) return null_value();
    const std::size_t i = c.at(row);
    switch (physical_of(c.type)) {
        case Physical::none: return null_value();
        case Physical::ints: return int_value(c.ints[i]);
        case Physical::reals: return real_value(c.reals[i]);
        case Physical::decimals: return decimal_value(c.decimals[i]);
        case Physical::strings: return string_value(std::string(c.strings[i]));
        case Physical::list: {
            Values items;
            for (u32 k = c.offsets[i]; k < c.offsets[i + 1]; ++k)
                for (const Column& child : c.children) items.push_back(get(child, k));
            return list_value(std::move(items));
        }
        case Physical::fields: {
            Values items;
            for (const Column& child : c.children) items.push_back(get(child, static_cast<i64>(i)));
            return list_value(std::move(items));
        }
    }
    return null_value();
}

Column constant_column(const Value& value, const DataType& type, i64 size) {
    Builder builder(type);
    if (size > 0) builder.add(value);
    Column column = builder.finish();
    column.constant = true;
    column.size = size;
    return column;
}

Column sized_column(const DataType& type, i64 size) {
    Column c;
    c.type = type;
    c.size = size;
    const auto n = static_cast<std::size_t>(size);
    switch (physical_of(type)) {
        case Physical::none: c.nulls.assign(n, 1); break;
        case Physical::ints: c.ints.resize(n); break;
        case Physical::reals: c.reals.resize(n); break;
        case Physical::decimals: c.decimals.resize(n); break;
        case Physical::strings: c.strings.resize(n); break;
        case Physical::list:
            c.offsets.assign(n + 1, 0);
            for (const Field& field : child_fields(type)) c.children.push_back(sized_column(field.type, 0));
            break;
        case Physical::fields:
            for (const Field& field : child_fields(type)) c.children.push_back(sized_column(field.type, size));
            break;
    }
    return c;
}

Column null_column(const DataType& type, i64 size) { return constant_column(null_value(), type, size); }

namespace {

template <class T>
void take(std::vector<T>& to, const std::vector<T>& from, std::span<const i32> rows) {
    to.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i] >= 0) to[i] = from[static_cast<std::size_t>(rows[i])];
}

void take_nulls(Column& out, const Column& c, std::span<const i32> rows) {
    bool any = false;
    for (const i32 row : rows) any = any || row < 0;
    if (!any && c.nulls.empty()) return;
    out.nulls.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        out.nulls[i] = rows[i] < 0 ? 1 : c.nulls.empty() ? 0 : c.nulls[static_cast<std::size_t>(rows[i])];
}

void take_lists(Column& out, const Column& c, std::span<const i32> rows) {
    std::vector<i32> inner;
    out.offsets.assign(1, 0);
    for (const i32 row : rows) {
        if (row >= 0)
            for (u32 k = c.offsets[static_cast<std::size_t>(row)]; k < c.offsets[static_cast<std::size_t>(row) + 1];
                 ++k)
                inner.push_back(static_cast<i32>(k));
        out.offsets.push_back(static_cast<u32>(inner.size()));
    }
    for (const Column& child : c.children) out.children.push_back(gather(child, inner));
}

}  // namespace

Column gather(const Column& c, std::span<const i32> rows) {
    if (c.constant) {
        bool outer = false;
        for (const i32 row : rows) outer = outer || row < 0;
        if (!outer && c.size > 0) {
            Column out = c;
            out.size = static_cast<i64>(rows.size());
            return out;
        }
        return gather(flat(c), rows);
    }
    Column out;
    out.type = c.type;
    out.size = static_cast<i64>(rows.size());
    take_nulls(out, c, rows);
    switch (physical_of(c.type)) {
        case Physical::none: out.nulls.assign(rows.size(), 1); break;
        case Physical::ints: take(out.ints, c.ints, rows); break;
        case Physical::reals: take(out.reals, c.reals, rows); break;
        case Physical::decimals: take(out.decimals, c.decimals, rows); break;
        case Physical::strings:
            take(out.strings, c.strings, rows);
            out.heaps = c.heaps;
            break;
        case Physical::list: take_lists(out, c, rows); break;
        case Physical::fields:
            for (const Column& child : c.children) out.children.push_back(gather(child, rows));
            break;
    }
    return out;
}

Batch gather(const Batch& batch, std::span<const i32> rows) {
    Batch out{.rows = static_cast<i64>(rows.size()), .columns = {}};
    for (const Column& column : batch.columns) out.columns.push_back(gather(column, rows));
    return out;
}

Column flat(Column column) {
    if (!column.constant) return column;
    const i64 size = column.size;
    column.constant = false;
    column.size = size > 0 ? 1 : 0;
    if (size == 0) return sized_column(column.type, 0);
    const std::vector<i32> rows(static_cast<std::size_t>(size), 0);
    for (Column& child : column.children) child = flat(std::move(child));
    return gather(column, rows);
}

namespace {

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

void append_column(Column& out, const Column& c) {
    if (!c.nulls.empty() && out.nulls.empty()) out.nulls.assign(static_cast<std::size_t>(out.size), 0);
    if (!out.nulls.empty() || !c.nulls.empty()) {
        if (c.nulls.empty()) out.nulls.resize(static_cast<std::size_t>(out.size + c.size), 0);
        else append(out.nulls, c.nulls);
    }
    append(out.ints, c.ints);
    append(out.reals, c.reals);
    append(out.decimals, c.decimals);
    append(out.strings, c.strings);
    append(out.heaps, c.heaps);
    if (physical_of(out.type) == Physical::list) {
        if (out.offsets.empty()) out.offsets.push_back(0);
        const u32 base = out.offsets.back();
        for (i64 i = 1; i <= c.size; ++i)
            out.offsets.push_back(base + c.offsets[static_cast<std::size_t>(i)] - c.offsets[0]);
    }
    for (std::size_t i = 0; i < c.children.size(); ++i) append_column(out.children[i], c.children[i]);
    out.size += c.size;
}

}  // namespace

Column concat(std::span<const Column> columns, const DataType& type) {
    if (columns.size() == 1) return columns[0];
    Column out = sized_column(type, 0);
    for (const Column& column : columns) append_column(out, flat(column));
    return out;
}

Batch concat(std::span<const Batch> batches) {
    Batch out;
    if (batches.empty()) return out;
    if (batches.size() == 1) return batches[0];
    for (std::size_t c = 0; c < batches[0].columns.size(); ++c) {
        std::vector<Column> parts;
        parts.reserve(batches.size());
        for (const Batch& batch : batches) parts.push_back(batch.columns[c]);
        out.columns.push_back(concat(parts, batches[0].columns[c].type));
    }
    for (const Batch& batch : batches) out.rows += batch.rows;
    return out;
}

Batch slice(const Batch& batch, i64 from, i64 count) {
    if (from == 0 && count == batch.rows) return batch;
    std::vector<i32> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), static_cast<i32>(from));
    return gather(batch, rows);
}

std::vector<i32> true_rows(const Column& condition) {
    std::vector<i32> rows;
    if (condition.size == 0 || condition.type.id == TypeId::void_) return rows;
    if (condition.constant) {
        if (condition.null(0) || condition.ints[0] == 0) return rows;
        rows.resize(static_cast<std::size_t>(condition.size));
        std::iota(rows.begin(), rows.end(), 0);
        return rows;
    }
    rows.resize(static_cast<std::size_t>(condition.size));
    std::size_t n = 0;
    const bool nulls = !condition.nulls.empty();
    for (std::size_t i = 0; i < condition.ints.size(); ++i) {
        rows[n] = static_cast<i32>(i);
        n += condition.ints[i] != 0 && !(nulls && condition.nulls[i] != 0) ? 1 : 0;
    }
    rows.resize(n);
    return rows;
}

i64 bytes_of(const Column& c) {
    std::size_t total = c.nulls.size() + c.ints.size() * 8 + c.reals.size() * 8 + c.decimals.size() * 16 +
                        c.strings.size() * 16 + c.offsets.size() * 4;
    for (const std::string_view s : c.strings) total += s.size();
    i64 out = static_cast<i64>(total);
    for (const Column& child : c.children) out += bytes_of(child);
    return out;
}

i64 bytes_of(const Batch& batch) {
    i64 out = 0;
    for (const Column& column : batch.columns) out += bytes_of(column);
    return out;
}

int compare_rows(const Column& a, i64 i, const Column& b, i64 j) {
    MR_ASSERT(i >= 0 && i < a.size);
    const bool an = a.null(i), bn = b.null(j);
    if (an || bn) return an == bn ? 0 : an ? -1 : 1;
    const std::size_t x = a.at(i), y = b.at(j);
    switch (physical_of(a.type)) {
        case Physical::none: return 0;
        case Physical::ints: return a.ints[x] < b.ints[y] ? -1 : a.ints[x] > b.ints[y] ? 1 : 0;
        case Physical::reals: return compare_reals(a.reals[x], b.reals[y]);
        case Physical::decimals: return a.decimals[x] < b.decimals[y] ? -1 : a.decimals[x] > b.decimals[y] ? 1 : 0;
        case Physical::strings: {
            const int c = a.strings[x].compare(b.strings[y]);
            return c < 0 ? -1 : c > 0 ? 1 : 0;
        }
        case Physical::list: case Physical::fields: return compare(get(a, i), get(b, j), a.type);
    }
    return 0;
}

}  // namespace engine::spark
