#include "engine/sql/value.h"

#include <cmath>

#include "sim/base/assert.h"

namespace engine::spark {

Value null_value() { return {}; }

Value int_value(i64 v) {
    Value out;
    out.null = false;
    out.i = v;
    return out;
}

Value bool_value(bool v) { return int_value(v ? 1 : 0); }

Value real_value(double v) {
    Value out;
    out.null = false;
    out.d = v;
    return out;
}

Value decimal_value(i128 unscaled) {
    Value out;
    out.null = false;
    out.dec = unscaled;
    return out;
}

Value string_value(std::string v) {
    Value out;
    out.null = false;
    out.s = std::move(v);
    return out;
}

Value list_value(Values items) {
    Value out;
    out.null = false;
    out.items = std::make_shared<const Values>(std::move(items));
    return out;
}

const Values& items_of(const Value& value) {
    static const Values kNone;
    return value.items ? *value.items : kNone;
}

int compare_reals(double a, double b) {
    const bool an = std::isnan(a), bn = std::isnan(b);
    if (an || bn) return an == bn ? 0 : an ? 1 : -1;
    return a < b ? -1 : a > b ? 1 : 0;
}

namespace {

template <class T>
int three_way(const T& a, const T& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

const DataType& item_type(const DataType& type, std::size_t at) {
    MR_ASSERT(type.fields && !type.fields->empty());
    if (type.id == TypeId::array) return (*type.fields)[0].type;
    if (type.id == TypeId::map) return (*type.fields)[at % 2].type;
    MR_ASSERT(at < type.fields->size());
    return (*type.fields)[at].type;
}

int compare_items(const Value& a, const Value& b, const DataType& type) {
    MR_ASSERT(!a.null && !b.null);
    const Values& x = items_of(a);
    const Values& y = items_of(b);
    for (std::size_t i = 0; i < x.size() && i < y.size(); ++i)
        if (const int c = compare(x[i], y[i], item_type(type, i)); c != 0) return c;
    return three_way(x.size(), y.size());
}

int compare_calendar(const Value& a, const Value& b) {
    MR_ASSERT(!a.null && !b.null);
    for (std::size_t i = 0; i < 3; ++i)
        if (const int c = three_way(items_of(a)[i].i, items_of(b)[i].i); c != 0) return c;
    return 0;
}

}  // namespace

int compare(const Value& a, const Value& b, const DataType& type) {
    if (a.null || b.null) return a.null == b.null ? 0 : a.null ? -1 : 1;
    switch (type.id) {
        case TypeId::void_: return 0;
        case TypeId::float_: case TypeId::double_: return compare_reals(a.d, b.d);
        case TypeId::decimal: return three_way(a.dec, b.dec);
        case TypeId::string: case TypeId::binary: {
            const int c = a.s.compare(b.s);
            return c < 0 ? -1 : c > 0 ? 1 : 0;
        }
        case TypeId::array: case TypeId::map: case TypeId::structure: return compare_items(a, b, type);
        case TypeId::calendar: return compare_calendar(a, b);
        default: return three_way(a.i, b.i);
    }
}

i64 bytes_of(const Value& value) {
    i64 total = static_cast<i64>(sizeof(Value)) + static_cast<i64>(value.s.size());
    for (const Value& item : items_of(value)) total += bytes_of(item);
    return total;
}

}  // namespace engine::spark
