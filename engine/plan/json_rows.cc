#include "engine/plan/json_rows.h"

#include "engine/plan/cast.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

ColumnTree::ColumnTree(const DataType& type, i64 expected)
    : leaf(child_fields(type).empty() ? type : DataType{}, expected) {
    shell.type = type;
    if (physical_of(type) == Physical::list) shell.offsets.push_back(0);
    for (const Field& f : child_fields(type)) children.emplace_back(f.type);
}

void ColumnTree::add_null() {
    if (!nested()) return leaf.add_null();
    if (physical_of(shell.type) == Physical::fields)
        for (ColumnTree& child : children) child.add_null();
    add_parent(true);
}

void ColumnTree::add_parent(bool null) {
    MR_ASSERT(nested());
    if (null && shell.nulls.empty()) shell.nulls.assign(static_cast<std::size_t>(shell.size), 0);
    if (null || !shell.nulls.empty()) shell.nulls.push_back(null ? 1 : 0);
    if (physical_of(shell.type) == Physical::list) {
        const ColumnTree& first = children[0];
        shell.offsets.push_back(static_cast<u32>(first.nested() ? first.shell.size : first.leaf.column.size));
    }
    ++shell.size;
}

void ColumnTree::add(const Value& value) {
    if (!nested()) return leaf.add(value);
    if (value.null) return add_null();
    const Values& items = items_of(value);
    MR_ASSERT(items.size() % children.size() == 0);
    for (std::size_t i = 0; i < items.size(); ++i) children[i % children.size()].add(items[i]);
    add_parent();
}

Column ColumnTree::finish() {
    if (!nested()) return leaf.finish();
    for (ColumnTree& child : children) shell.children.push_back(child.finish());
    return std::move(shell);
}

enum class MarkKind : u8 { null, truth, whole, fraction, text, array, object };

/// A value in the text. Those inside an array or object follow it; in an object each value follows its name.
struct JsonMark {
    MarkKind kind = MarkKind::null;
    u32 from = 0, to = 0;  ///< its characters, without quotes
    u32 after = 0;         ///< the mark that follows all of it
    i64 number = 0;  ///< of a fraction its digits without the point; then microseconds or days of text that is a time
    u32 places = 0;  ///< digits after the point
};

namespace {

constexpr int kMostDepth = 32;
constexpr u32 kMostDigits = 18;
constexpr i64 kExactReal = i64{1} << 53;
constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static_assert(kMostDigits < std::size(kPowers));
constexpr u32 kNoMark = UINT32_MAX;

/// Marks the values of one record. What older records left behind the last mark is not read.
struct Marker {
    std::string_view s;
    std::vector<JsonMark>& marks;  ///< the first `count` are of this record
    u32 at = 0;
    u32 count = 0;

    /// The place of a new mark, which says nothing yet but that nothing is inside.
    JsonMark& add(MarkKind kind, u32 from) {
        if (count == marks.size()) marks.resize(2 * marks.size() + 16);
        JsonMark& mark = marks[count++];
        mark = {.kind = kind, .from = from, .after = count};
        return mark;
    }
    [[nodiscard]] char peek() const { return at < s.size() ? s[at] : '\0'; }
    char next() {
        char c = peek();
        while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++at;
            c = peek();
        }
        return c;
    }
};

/// Whether a character stands for itself inside quotes.
constexpr bool is_plain(char c) { return c != '"' && c != '\\' && static_cast<u8>(c) >= 0x20; }

bool mark_text(Marker& m) {
    MR_ASSERT(m.peek() == '"');
    const u32 from = m.at + 1;
    u32 to = from;
    while (to < m.s.size() && is_plain(m.s[to])) ++to;
    if (to >= m.s.size() || m.s[to] != '"') return false;
    m.add(MarkKind::text, from).to = to;
    m.at = to + 1;
    return true;
}

bool mark_number(Marker& m) {
    const std::string_view s = m.s;
    u32 at = m.at;
    const auto peek = [&] { return at < s.size() ? s[at] : '\0'; };
    const bool minus = peek() == '-';
    if (minus) ++at;
    const u32 first = at;
    u32 digits = 0;
    i64 number = 0;
    const auto take = [&] {
        for (; sim::is_digit(peek()) && digits < kMostDigits; ++at, ++digits) number = number * 10 + (peek() - '0');
    };
    take();
    const u32 whole = digits;
    if (whole == 0 || (whole > 1 && s[first] == '0')) return false;
    const bool point = peek() == '.';
    if (point) {
        ++at;
        take();
        if (digits == whole) return false;
    }
    const char c = peek();
    if (sim::is_digit(c) || c == 'e' || c == 'E' || c == '.') return false;
    // A zero keeps its sign in the text alone.
    JsonMark& mark = m.add(point || (minus && number == 0) ? MarkKind::fraction : MarkKind::whole, m.at);
    mark.to = at;
    mark.number = minus ? -number : number;
    mark.places = digits - whole;
    m.at = at;
    return true;
}

bool mark_word(Marker& m, std::string_view word, MarkKind kind) {
    if (!m.s.substr(m.at).starts_with(word)) return false;
    JsonMark& mark = m.add(kind, m.at);
    m.at += static_cast<u32>(word.size());
    mark.to = m.at;
    mark.number = word == "true" ? 1 : 0;
    return true;
}

bool mark_value(Marker& m, int depth);

bool mark_members(Marker& m, int depth) {
    MR_ASSERT(m.peek() == '{' || m.peek() == '[');
    const bool object = m.peek() == '{';
    const char close = object ? '}' : ']';
    const u32 own = m.count;
    m.add(object ? MarkKind::object : MarkKind::array, m.at);
    ++m.at;
    bool more = m.next() != close;
    if (!more) ++m.at;
    while (more) {
        if (object && (m.next() != '"' || !mark_text(m) || m.next() != ':')) return false;
        if (object) ++m.at;
        if (!mark_value(m, depth + 1)) return false;
        const char c = m.next();
        ++m.at;
        if (c != ',' && c != close) return false;
        more = c == ',';
    }
    m.marks[own].after = m.count;
    return true;
}

bool mark_value(Marker& m, int depth) {
    if (depth > kMostDepth) return false;
    switch (m.next()) {
        case '{':
        case '[': return mark_members(m, depth);
        case '"': return mark_text(m);
        case 't': return mark_word(m, "true", MarkKind::truth);
        case 'f': return mark_word(m, "false", MarkKind::truth);
        case 'n': return mark_word(m, "null", MarkKind::null);
        default: return mark_number(m);
    }
}

/// One record's marks with what they are held against.
struct Fitting {
    std::string_view s;
    std::vector<JsonMark>& marks;
    std::vector<u32>& places;
    const JsonOptions& options;
    EvalContext& cx;

    [[nodiscard]] std::string_view text(const JsonMark& m) const { return s.substr(m.from, m.to - m.from); }
};

/// The field of a name, most often the one after the field before; none = SIZE_MAX.
std::size_t field_of(const std::vector<Field>& fields, std::string_view name, std::size_t guess) {
    if (guess < fields.size() && fields[guess].name == name) return guess;
    for (std::size_t f = 0; f < fields.size(); ++f)
        if (fields[f].name == name) return f;
    return SIZE_MAX;
}

bool fits(Fitting& w, u32 at, const DataType& type);

/// Notes for each field the mark of its value, the last one if a name comes twice.
bool fields_fit(Fitting& w, u32 object, const DataType& type) {
    MR_ASSERT(w.marks[object].kind == MarkKind::object);
    const std::vector<Field>& fields = *type.fields;
    const std::size_t base = w.places.size();
    w.places.resize(base + fields.size(), kNoMark);
    std::size_t f = SIZE_MAX;
    for (u32 at = object + 1; at < w.marks[object].after; at = w.marks[at + 1].after) {
        f = field_of(fields, w.text(w.marks[at]), f + 1);
        if (f == SIZE_MAX) continue;
        if (fields[f].name == w.options.corrupt_column || !fits(w, at + 1, fields[f].type)) return false;
        w.places[base + f] = at + 1;
    }
    w.marks[object].number = static_cast<i64>(base);
    return true;
}

bool text_fits(Fitting& w, JsonMark& m, const DataType& type) {
    if (type.id == TypeId::string) return true;
    const bool time = type.id == TypeId::timestamp || type.id == TypeId::timestamp_ntz || type.id == TypeId::date;
    if (!time || m.from == m.to) return false;
    const auto moment = read_moment(
        w.text(m), type.id == TypeId::date ? w.options.date_format : w.options.timestamp_format, type, w.cx);
    if (moment) m.number = *moment;
    return moment.has_value();
}

bool number_fits(const JsonMark& m, const DataType& type) {
    const bool whole = m.kind == MarkKind::whole;
    if (type.id == TypeId::double_ || type.id == TypeId::float_) return m.number < kExactReal && m.number > -kExactReal;
    return whole && (type.id == TypeId::string || (is_integral(type) && in_range(m.number, type.id)));
}

/// Whether a value goes into a column of the type without more ado.
bool fits(Fitting& w, u32 at, const DataType& type) {
    JsonMark& m = w.marks[at];
    switch (m.kind) {
        case MarkKind::null: return true;
        case MarkKind::truth: return type.id == TypeId::boolean || type.id == TypeId::string;
        case MarkKind::text: return text_fits(w, m, type);
        case MarkKind::whole:
        case MarkKind::fraction: return number_fits(m, type);
        case MarkKind::object: return type.id == TypeId::structure && !type.fields->empty() && fields_fit(w, at, type);
        case MarkKind::array: break;
    }
    if (type.id != TypeId::array) return false;
    for (u32 i = at + 1; i < m.after; i = w.marks[i].after)
        if (!fits(w, i, element_of(type))) return false;
    return true;
}

double real_of(const Fitting& w, const JsonMark& m, const DataType& type) {
    MR_ASSERT(m.places < std::size(kPowers));
    const bool minus_zero = m.number == 0 && w.s[m.from] == '-';
    const double d = minus_zero ? -0.0 : static_cast<double>(m.number) / kPowers[m.places];
    return type.id == TypeId::float_ ? static_cast<double>(static_cast<float>(d)) : d;
}

void put(const Fitting& w, u32 at, ColumnTree& to);

void put_fields(const Fitting& w, u32 object, std::vector<ColumnTree>& columns) {
    const auto base = static_cast<std::size_t>(w.marks[object].number);
    MR_ASSERT(base + columns.size() <= w.places.size());
    for (std::size_t f = 0; f < columns.size(); ++f) {
        const u32 at = w.places[base + f];
        if (at == kNoMark) columns[f].add_null();
        else put(w, at, columns[f]);
    }
}

/// Adds a value that fits.
void put(const Fitting& w, u32 at, ColumnTree& to) {
    const JsonMark& m = w.marks[at];
    if (m.kind == MarkKind::null) return to.add_null();
    if (m.kind == MarkKind::object) {
        put_fields(w, at, to.children);
        return to.add_parent();
    }
    if (m.kind == MarkKind::array) {
        for (u32 i = at + 1; i < m.after; i = w.marks[i].after) put(w, i, to.children[0]);
        return to.add_parent();
    }
    switch (physical_of(to.shell.type)) {
        case Physical::strings: return to.leaf.add_string(w.text(m));
        case Physical::reals: return to.leaf.add_real(real_of(w, m, to.shell.type));
        default: return to.leaf.add_int(m.number);
    }
}

bool has_twins(const DataType& type) {
    const std::vector<Field>& fields = child_fields(type);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (has_twins(fields[i].type)) return true;
        for (std::size_t k = 0; k < i; ++k)
            if (fields[k].name == fields[i].name) return true;
    }
    return false;
}

}  // namespace

JsonRows::JsonRows(const DataType& type, const JsonOptions& json_options)
    : schema(type), options(json_options), plain(!has_twins(type)) {
    MR_ASSERT(type.id == TypeId::structure);
}

JsonRows::~JsonRows() = default;

bool JsonRows::add(std::string_view record, std::vector<ColumnTree>& columns, EvalContext& cx) {
    MR_ASSERT(columns.size() == schema.fields->size());
    if (!plain || record.size() >= kNoMark) return false;
    places.clear();
    Marker m{record, marks};
    if (m.next() != '{' || !mark_members(m, 0)) return false;
    Fitting w{record, marks, places, options, cx};
    if (!fields_fit(w, 0, schema)) return false;
    put_fields(w, 0, columns);
    return true;
}

}  // namespace engine::spark
