#include "engine/plan/csv.h"

#include "engine/plan/cast.h"
#include "engine/plan/print.h"
#include "engine/sql/decimal.h"
#include "sim/base/ascii.h"

namespace engine::spark {

namespace {

struct FieldText {
    std::string text;
    bool quoted = false;
};

Value finished(FieldText field, const CsvOptions& o) {
    if (!field.quoted) {
        if (o.trim_left)
            while (!field.text.empty() && static_cast<u8>(field.text.front()) <= ' ') field.text.erase(0, 1);
        if (o.trim_right)
            while (!field.text.empty() && static_cast<u8>(field.text.back()) <= ' ') field.text.pop_back();
    }
    if (!field.quoted && (field.text.empty() || field.text == o.null_value)) return null_value();
    return string_value(std::move(field.text));
}

}  // namespace

std::vector<Value> split_csv(std::string_view line, const CsvOptions& o) {
    std::vector<Value> out;
    FieldText field;
    bool inside = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (inside) {
            if (c == o.escape && i + 1 < line.size() && (line[i + 1] == o.quote || line[i + 1] == o.escape))
                field.text += line[++i];
            else if (c == o.quote && i + 1 < line.size() && line[i + 1] == o.quote) field.text += line[++i];
            else if (c == o.quote) inside = false;
            else field.text += c;
        } else if (c == o.quote && field.text.empty() && !field.quoted) {
            inside = field.quoted = true;
        } else if (line.substr(i).starts_with(o.separator)) {
            out.push_back(finished(std::move(field), o));
            field = {};
            i += o.separator.size() - 1;
        } else {
            field.text += c;
        }
    }
    out.push_back(finished(std::move(field), o));
    return out;
}

Value csv_to_value(const Value& field, const DataType& type, const CsvOptions& o, EvalContext& cx, bool& bad) {
    if (field.null) return null_value();
    if (type.id == TypeId::string) return field;
    Value out;
    if (is_datetime(type)) {
        const auto v = field_moment(field.s, type.id == TypeId::date ? o.date_format : o.timestamp_format, type, cx);
        out = v ? int_value(*v) : null_value();
    } else if (type.id == TypeId::boolean) {
        const std::string low = sim::lower_ascii(field.s);
        out = low == "true" ? bool_value(true) : low == "false" ? bool_value(false) : null_value();
    } else if (is_integral(type)) {
        const auto v = parse_whole(field.s, true);
        out = v && in_range(*v, type.id) && field.s.find(' ') == std::string::npos ? int_value(*v) : null_value();
    } else {
        out = cast_value(field, type_of(TypeId::string), type, {false, true}, cx, {});
    }
    bad = bad || out.null;
    return out;
}

Value csv_record(std::string_view line, const DataType& schema, const CsvOptions& o, EvalContext& cx, bool& bad) {
    const auto fields = split_csv(line, o);
    Values row;
    std::size_t next = 0, corrupt = schema.fields->size();
    for (std::size_t i = 0; i < schema.fields->size(); ++i) {
        if ((*schema.fields)[i].name == o.corrupt_column && (*schema.fields)[i].type.id == TypeId::string) {
            corrupt = i;
            row.push_back(null_value());
            continue;
        }
        if (next >= fields.size()) bad = true;
        row.push_back(next < fields.size() ? csv_to_value(fields[next], (*schema.fields)[i].type, o, cx, bad)
                                           : null_value());
        ++next;
    }
    bad = bad || next < fields.size();
    if (corrupt < row.size() && bad) row[corrupt] = string_value(std::string(line));
    return list_value(std::move(row));
}

std::string value_to_csv(const Value& row, const DataType& schema, const CsvOptions& o, EvalContext& cx) {
    std::string out;
    for (std::size_t i = 0; i < schema.fields->size(); ++i) {
        if (i) out += o.separator;
        const Value& v = items_of(row)[i];
        const DataType& type = (*schema.fields)[i].type;
        if (v.null) {
            out += o.null_value;
            continue;
        }
        std::string text =
            is_datetime(type)
                ? write_moment(v.i, type, type.id == TypeId::date ? o.date_format : o.timestamp_format, cx, false)
                : display(v, type, cx.clock.zone, true);
        const bool quote = text.find(o.separator) != std::string::npos || text.find(o.quote) != std::string::npos ||
                           text.find('\n') != std::string::npos || text.find('\r') != std::string::npos;
        if (text.empty()) text = "\"\"";
        else if (quote) {
            std::string escaped(1, o.quote);
            for (const char c : text) {
                if (c == o.quote || c == o.escape) escaped += o.escape;
                escaped += c;
            }
            text = escaped + o.quote;
        }
        out += text;
    }
    return out;
}

DataType infer_csv_field(const Value& field, const CsvOptions& o, EvalContext& cx) {
    if (field.null) return type_of(TypeId::void_);
    const std::string& s = field.s;
    if (const auto v = parse_whole(s, true); v && s.find(' ') == std::string::npos)
        return type_of(in_range(*v, TypeId::integer) ? TypeId::integer : TypeId::bigint);
    if (const auto d = parse_decimal(s);
        d && d->scale <= 0 && s.find_first_of(".eE") == std::string::npos && d->digits.size() <= 38)
        return decimal_type(static_cast<int>(d->digits.size()), 0);
    if (parse_real(s)) return type_of(TypeId::double_);
    const DataType date = type_of(TypeId::date), timestamp = type_of(TypeId::timestamp);
    if (s.size() == 10 && read_moment(s, o.date_format.empty() ? "yyyy-MM-dd" : o.date_format, date, cx)) return date;
    if (!o.date_format.empty() && read_moment(s, o.date_format, date, cx)) return date;
    if (read_moment(s, o.timestamp_format, timestamp, cx) && s.size() > 7) return timestamp;
    const std::string low = sim::lower_ascii(s);
    return type_of(low == "true" || low == "false" ? TypeId::boolean : TypeId::string);
}

DataType merge_csv(const DataType& a, const DataType& b) {
    if (a.id == TypeId::void_ || same_type(a, b)) return b;
    if (b.id == TypeId::void_) return a;
    if (is_numeric(a) && is_numeric(b))
        return a.id == TypeId::double_ || b.id == TypeId::double_ ? type_of(TypeId::double_) : a.id > b.id ? a : b;
    if ((a.id == TypeId::date && b.id == TypeId::timestamp) || (a.id == TypeId::timestamp && b.id == TypeId::date))
        return type_of(TypeId::timestamp);
    return type_of(TypeId::string);
}

}  // namespace engine::spark
