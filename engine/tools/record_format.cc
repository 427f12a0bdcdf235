// Sections: classes; deserializers; the formatters.
#include "engine/tools/record_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/wire/coordinator_records.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using client::PolledDetail;

// ---- classes --------------------------------------------------------------------------------------

enum class Formatter : u8 { standard, nothing, offsets };

struct FormatterClass {
    std::string_view name;   // behind the last dot
    Formatter formatter;
};
constexpr std::array kFormatters = {
    FormatterClass{"", Formatter::standard},
    FormatterClass{"DefaultMessageFormatter", Formatter::standard},
    FormatterClass{"LoggingMessageFormatter", Formatter::standard},   // its log is not shown at this level
    FormatterClass{"NoOpMessageFormatter", Formatter::nothing},
    FormatterClass{"GroupMetadataManager$OffsetsMessageFormatter", Formatter::offsets},
};
constexpr std::array kDeserializers = {
    std::string_view(""),                    std::string_view("StringDeserializer"),
    std::string_view("BytesDeserializer"),   std::string_view("ShortDeserializer"),
    std::string_view("IntegerDeserializer"), std::string_view("LongDeserializer"),
};

std::string_view behind_dots(std::string_view name) { return name.substr(name.rfind('.') + 1); }

const FormatterClass* formatter_of(const OptionValues& options) {
    const std::string name = options.last("formatter");
    const auto at = std::ranges::find(kFormatters, behind_dots(name), &FormatterClass::name);
    return at == kFormatters.end() ? nullptr : &*at;
}

/// The class that reads keys, values or headers; an option of its own goes before the property.
std::string deserializer_of(const OptionValues& options, std::string_view what) {
    MR_ASSERT(what == "key" || what == "value" || what == "headers");
    const std::string name = fmt::format("{}-deserializer", what);
    return options.has(name) ? options.last(name) : options.property(fmt::format("{}.deserializer", what));
}

// ---- deserializers --------------------------------------------------------------------------------

/// Bytes as a deserializer's object says itself.
std::expected<std::string, JavaError> deserialized(const std::string& bytes, std::string_view class_name) {
    const std::string_view type = behind_dots(class_name);
    const std::size_t width = type.starts_with("Long")      ? 8
                              : type.starts_with("Integer") ? 4
                              : type.starts_with("Short")   ? 2
                                                            : 0;
    if (width == 0) return bytes;
    if (bytes.size() != width)
        return std::unexpected(
            JavaError{"org.apache.kafka.common.errors.SerializationException",
                      fmt::format("Size of data received by {} is not {}", type, width)});
    i64 number = static_cast<signed char>(bytes.front());
    MR_ASSERT(width > 0 && width <= sizeof(i64));
    for (std::size_t i = 1; i < width; ++i) number = number * 256 + static_cast<u8>(bytes[i]);
    return fmt::to_string(number);
}

// ---- the formatters -------------------------------------------------------------------------------

struct Shower {
    const OptionValues& options;
    std::string null_literal;

    [[nodiscard]] bool wants(std::string_view name, bool otherwise = false) const {
        const std::string set = options.property(name, otherwise ? "true" : "false");
        return sim::lower_ascii(sim::trim_controls(set)) == "true";
    }
    [[nodiscard]] std::expected<std::string, JavaError> text(const NullableText& bytes, std::string_view what) const {
        return deserialized(bytes.is_null ? null_literal : bytes.text, deserializer_of(options, what));
    }
};

std::expected<std::string, JavaError> headers_text(const PolledDetail& record, const Shower& shower) {
    MR_ASSERT(shower.wants("print.headers"));
    if (record.headers.empty()) return "NO_HEADERS";
    std::string text;
    for (const auto& [name, value] : record.headers) {
        const auto shown = shower.text(value, "headers");
        if (!shown) return std::unexpected(shown.error());
        text += fmt::format("{}{}:{}", text.empty() ? "" : shower.options.property("headers.separator", ","), name,
                            *shown);
    }
    return text;
}

std::expected<std::string, JavaError> standard_text(const PolledDetail& record, const OptionValues& options) {
    const Shower shower{options, options.property("null.literal", "null")};
    std::vector<std::expected<std::string, JavaError>> parts;
    if (shower.wants("print.timestamp"))
        parts.emplace_back(
            record.timestamp_ms < 0
                ? "NO_TIMESTAMP"
                : fmt::format("{}:{}", record.log_append_time ? "LogAppendTime" : "CreateTime", record.timestamp_ms));
    if (shower.wants("print.partition")) parts.emplace_back(fmt::format("Partition:{}", record.source.partition));
    if (shower.wants("print.offset")) parts.emplace_back(fmt::format("Offset:{}", record.offset.value));
    if (shower.wants("print.headers")) parts.push_back(headers_text(record, shower));
    if (shower.wants("print.key")) parts.push_back(shower.text(record.key, "key"));
    if (shower.wants("print.value", true)) parts.push_back(shower.text(record.value, "value"));
    std::string line;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i]) return std::unexpected(parts[i].error());
        line += *parts[i];
        line += i + 1 < parts.size() ? options.property("key.separator", "\t")
                                     : options.property("line.separator", "\n");
    }
    return line;
}

/// A record of __consumer_offsets that is a committed offset; others are passed over.
std::string offsets_text(const PolledDetail& record) {
    wire::Reader in(wire::bytes_of(record.key.text));
    const i16 version = record.key.is_null ? i16{-1} : in.get_i16();
    wire::OffsetCommitKey key;
    const bool is_commit = in.ok() && version >= 0 && version < wire::GroupMetadataKey::kVersion;
    if (!is_commit || !wire::decode(in, key, version)) return "";
    const std::string name = fmt::format("[{},{},{}]::", key.group, key.topic, key.partition);
    if (record.value.is_null) return name + "NULL\n";
    wire::Reader body(wire::bytes_of(record.value.text));
    const i16 value_version = body.get_i16();
    wire::OffsetCommitValue value;
    if (value_version < 0 || value_version > wire::OffsetCommitValue::kHighest ||
        !wire::decode(body, value, value_version))
        return "";
    const bool has_epoch = value_version >= 3 && value.leader_epoch >= 0;
    return fmt::format(
        "{}OffsetAndMetadata(offset={}, leaderEpoch={}, metadata={}, commitTimestamp={}, expireTimestamp={})\n", name,
        value.offset, has_epoch ? fmt::format("Optional[{}]", value.leader_epoch) : "Optional.empty", value.metadata,
        value.commit_timestamp, value_version == 1 ? fmt::format("Some({})", value.expire_timestamp) : "None");
}

}  // namespace

static_assert(kFormatters.front().name.empty() && kDeserializers.front().empty());   // what is not named is good

std::string unknown_class(const OptionValues& options) {
    if (formatter_of(options) == nullptr) return options.last("formatter");
    for (const std::string_view what : {"key", "value", "headers"}) {
        const std::string name = deserializer_of(options, what);
        if (std::ranges::find(kDeserializers, behind_dots(name)) == kDeserializers.end()) return name;
    }
    return "";
}

std::expected<std::string, JavaError> formatted(const PolledDetail& record, const OptionValues& options) {
    const FormatterClass* formatter = formatter_of(options);
    MR_ASSERT(formatter != nullptr);
    switch (formatter->formatter) {
        case Formatter::standard: return standard_text(record, options);
        case Formatter::offsets: return offsets_text(record);
        case Formatter::nothing: return "";
    }
    return "";
}

}  // namespace engine::tools
