// A TOML document as a tree of our own: what the loader reads. The parser's headers stay in toml_tree.cc.
#pragma once

#include <expected>
#include <string_view>

#include "app/lab/lesson/place.h"

namespace app::lab {

enum class TomlKind : sim::u8 { text, integer, real, boolean, date_time, array, table };

struct TomlMember;

struct TomlNode {
    TomlKind kind = TomlKind::table;
    Place place;
    std::string text;                  // of texts; dates and reals in their own writing
    sim::i64 integer = 0;
    bool boolean = false;
    std::vector<TomlNode> items;       // of arrays
    std::vector<TomlMember> members;   // of tables, in the order of the file
    bool is_scalar() const { return kind != TomlKind::array && kind != TomlKind::table; }
    [[nodiscard]] const TomlMember* find(std::string_view key) const;
};

struct TomlMember {
    std::string key;
    Place place;                       // of the key
    TomlNode value;
};

struct TomlFailure {
    Place place;
    std::string what;
};

/// The tree of a document, or the first thing in it that is no TOML. Never throws.
std::expected<TomlNode, TomlFailure> parse_toml(std::string_view document);

/// "text", "a list": for messages.
std::string_view kind_name(TomlKind kind);

}  // namespace app::lab
