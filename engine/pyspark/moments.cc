#include "engine/pyspark/moments.h"

#include <fmt/format.h>

#include "engine/sql/calendar.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

struct Parts {
    Civil day;
    i64 days = 0, hour = 0, minute = 0, second = 0, micro = 0;
};

Parts parts_of(const PyValue& v) {
    MR_ASSERT(is_moment(v));
    const i64 at = v.object->handle, rest = is_date(v) ? 0 : floor_mod(at, kMicrosPerDay);
    Parts p;
    p.days = is_date(v) ? at : floor_div(at, kMicrosPerDay);
    p.day = civil_from_days(p.days);
    p.hour = rest / kMicrosPerHour;
    p.minute = rest % kMicrosPerHour / kMicrosPerMinute;
    p.second = rest % kMicrosPerMinute / kMicrosPerSecond;
    p.micro = rest % kMicrosPerSecond;
    return p;
}

constexpr const char* kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                   "July",    "August",   "September", "October", "November", "December"};
constexpr const char* kDays[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

}  // namespace

bool is_moment(const PyValue& v) { return is_object(v, "datetime"); }
bool is_date(const PyValue& v) { return is_moment(v) && v.object->name.starts_with("datetime.date("); }

PyValue timestamp_of(i64 micros) {
    PyValue out = new_object("datetime");
    out.object->handle = micros;
    const Parts p = parts_of(out);
    std::string& name = out.object->name;
    name = fmt::format("datetime.datetime({}, {}, {}, {}, {}", p.day.year, p.day.month, p.day.day, p.hour, p.minute);
    if (p.second != 0 || p.micro != 0) name += fmt::format(", {}", p.second);
    if (p.micro != 0) name += fmt::format(", {}", p.micro);
    name += ")";
    MR_ASSERT(!is_date(out));
    return out;
}

PyValue date_of(i64 days) {
    PyValue out = new_object("datetime");
    const Civil day = civil_from_days(days);
    out.object->handle = days;
    out.object->name = fmt::format("datetime.date({}, {}, {})", day.year, day.month, day.day);
    MR_ASSERT(is_date(out));
    return out;
}

std::string moment_text(const PyValue& v) {
    const Parts p = parts_of(v);
    std::string out = fmt::format("{:04}-{:02}-{:02}", p.day.year, p.day.month, p.day.day);
    if (is_date(v)) return out;
    out += fmt::format(" {:02}:{:02}:{:02}", p.hour, p.minute, p.second);
    MR_ASSERT(p.micro >= 0);
    return p.micro == 0 ? out : out + fmt::format(".{:06}", p.micro);
}

std::string moment_by(const PyValue& v, const std::string& format) {
    const Parts p = parts_of(v);
    const int weekday = iso_weekday(p.days);
    MR_ASSERT(weekday >= 1 && weekday <= 7);
    std::string out;
    for (std::size_t at = 0; at < format.size(); ++at) {
        if (format[at] != '%' || at + 1 == format.size()) {
            out += format[at];
            continue;
        }
        switch (const char c = format[++at]) {
            case 'Y': out += std::to_string(p.day.year); break;
            case 'y': out += fmt::format("{:02}", p.day.year % 100); break;
            case 'm': out += fmt::format("{:02}", p.day.month); break;
            case 'd': out += fmt::format("{:02}", p.day.day); break;
            case 'H': out += fmt::format("{:02}", p.hour); break;
            case 'I': out += fmt::format("{:02}", (p.hour + 11) % 12 + 1); break;
            case 'p': out += p.hour < 12 ? "AM" : "PM"; break;
            case 'M': out += fmt::format("{:02}", p.minute); break;
            case 'S': out += fmt::format("{:02}", p.second); break;
            case 'f': out += fmt::format("{:06}", p.micro); break;
            case 'j': out += fmt::format("{:03}", day_of_year(p.days)); break;
            case 'B': out += kMonths[p.day.month - 1]; break;
            case 'b': out += std::string(kMonths[p.day.month - 1]).substr(0, 3); break;
            case 'A': out += kDays[weekday - 1]; break;
            case 'a': out += std::string(kDays[weekday - 1]).substr(0, 3); break;
            case 'F': out += moment_by(v, "%Y-%m-%d"); break;
            case 'T': out += moment_by(v, "%H:%M:%S"); break;
            default: out += c;
        }
    }
    return out;
}

namespace {

/// None if it has no such field.
std::optional<i64> moment_field(const PyValue& v, const std::string& name) {
    const Parts p = parts_of(v);
    if (name == "year") return p.day.year;
    if (name == "month") return p.day.month;
    if (name == "day") return p.day.day;
    if (is_date(v)) return std::nullopt;
    if (name == "hour") return p.hour;
    if (name == "minute") return p.minute;
    if (name == "second") return p.second;
    if (name == "microsecond") return p.micro;
    return std::nullopt;
}

}  // namespace

std::optional<PyValue> moment_attribute(Interpreter& in, const PyValue& v, const std::string& name) {
    if (const auto field = moment_field(v, name)) return of_int(*field);
    for (const char* known : {"strftime", "isoformat", "weekday", "isoweekday", "date", "timestamp"})
        if (name == known && (!is_date(v) || (name != "date" && name != "timestamp"))) return std::nullopt;
    MR_ASSERT(in.scope != nullptr);
    in.raise("AttributeError", fmt::format("'{}' object has no attribute '{}'",
                                           is_date(v) ? "datetime.date" : "datetime.datetime", name));
    return none();
}

PyValue moment_method(Interpreter& in, const PyValue& self, const std::string& name, const Args& args) {
    const Parts p = parts_of(self);
    if (name == "strftime" && !args.positional.empty()) return of_text(moment_by(self, text_of(args.positional[0])));
    if (name == "isoformat") {
        std::string text = moment_text(self);
        if (!is_date(self)) text[text.find(' ')] = 'T';
        return of_text(text);
    }
    if (name == "weekday") return of_int(iso_weekday(p.days) - 1);
    if (name == "isoweekday") return of_int(iso_weekday(p.days));
    if (name == "date") return date_of(p.days);
    if (name == "timestamp")
        return of_real(static_cast<double>(self.object->handle) / static_cast<double>(kMicrosPerSecond));
    in.raise("TypeError", fmt::format("{}() needs an argument", name));
    return none();
}

}  // namespace engine::spark::py
