// Reads blocks of a TOML tree into plain structs by tables of keys: one table a struct, one row a key.
//
// A struct says how it is read by `KeyTable<T> keys_of(const T*)`; an enumeration by `names_of(E)`. Unknown keys,
// wrong types, missing keys and repeated meanings all become errors; reading goes on after each.
#pragma once

#include <span>
#include <string_view>

#include "app/lab/lesson/lesson.h"
#include "app/lab/lesson/lesson_error.h"
#include "app/lab/lesson/toml_tree.h"

namespace app::lab {

class BlockReader;

enum class Presence : sim::u8 { may, must };
constexpr auto must = Presence::must;   // for tables of keys

template <class T>
struct KeyOf {
    std::string_view name;
    Presence presence;
    void (*read)(BlockReader&, const TomlNode&, T&);
};

template <class T>
struct KeyTable {
    std::string_view block;            // "[[topic]]": for messages
    std::span<const KeyOf<T>> keys;
};

template <class E>
struct Named {
    std::string_view name;
    E value;
};

template <class T>
concept Block = requires(const T* block) { keys_of(block); };
template <class T>
concept Listed = requires(T value) { names_of(value); };

class BlockReader {
public:
    BlockReader(ErrorSink& errors, sim::i64 start_ms) : errors_(errors), start_ms_(start_ms) {}

    void fail(Place place, std::string what, std::string nearest = "") {
        errors_.add(place, std::move(what), std::move(nearest));
    }
    /// Says that the key being read has the wrong type. False.
    bool wrong_type(const TomlNode& node, std::string_view wanted);
    [[nodiscard]] std::string_view key() const { return key_; }

    void read(const TomlNode& node, Text& text);
    void read(const TomlNode& node, Number& number) { read_number(node, number, INT64_MIN, INT64_MAX); }
    void read(const TomlNode& node, Flag& flag);
    void read(const TomlNode& node, Span& span);
    void read(const TomlNode& node, AtMoment& moment);
    void read(const TomlNode& node, Instant& instant);
    void read(const TomlNode& node, Share& share);
    void read(const TomlNode& node, Texts& texts);
    void read(const TomlNode& node, Settings& settings);
    void read(const TomlNode& node, At<ControllerChoice>& choice);
    void read(const TomlNode& node, std::vector<OneBroker>& brokers);
    void read(const TomlNode& node, RecordsBlock& records);
    void read(const TomlNode& node, Connector& connector);
    /// One source, or a list of named ones.
    void read_sources(const TomlNode& node, std::vector<Connector>& sources);
    void read_number(const TomlNode& node, Number& number, sim::i64 least, sim::i64 most);
    /// A scalar as text; false if it is none.
    bool read_setting(const TomlMember& member, Settings& settings);

    template <class T>
    void read(const TomlNode& node, std::vector<T>& items);
    template <class T>
    void read(const TomlNode& node, At<std::vector<T>>& items);
    template <Listed E>
    void read(const TomlNode& node, At<E>& choice);
    template <Block T>
    void read(const TomlNode& node, T& block);

private:
    bool expect(const TomlNode& node, TomlKind kind);
    void read_names(const TomlNode& node, Place& place, std::string_view word,
        std::span<const std::string_view> names, std::size_t& found);
    void unknown_key(const TomlMember& member, std::string_view block, const std::vector<std::string>& known);
    template <class T>
    void read_members(const TomlNode& node, const KeyTable<T>& table, T& block);

    ErrorSink& errors_;
    sim::i64 start_ms_;                // of the lesson, for clock times
    std::string_view key_;             // being read, for messages
};

// ---- rows of key tables -------------------------------------------------------------------------

template <class T, class M>
T owner_of(M T::*);

template <auto Member>
using OwnerOf = decltype(owner_of(Member));

/// A key that fills a member, by the member's type.
template <auto Member>
constexpr auto key(std::string_view name, Presence presence = Presence::may) {
    using T = OwnerOf<Member>;
    return KeyOf<T>{name, presence,
        [](BlockReader& reader, const TomlNode& node, T& block) { reader.read(node, block.*Member); }};
}

/// A whole number within limits.
template <auto Member, sim::i64 least, sim::i64 most>
constexpr auto number(std::string_view name, Presence presence = Presence::may) {
    using T = OwnerOf<Member>;
    return KeyOf<T>{name, presence, [](BlockReader& reader, const TomlNode& node, T& block) {
                        reader.read_number(node, block.*Member, least, most);
                    }};
}

// ---- implementation -----------------------------------------------------------------------------

template <class T>
void BlockReader::read(const TomlNode& node, std::vector<T>& items) {
    if (!expect(node, TomlKind::array)) return;
    for (const TomlNode& item : node.items) read(item, items.emplace_back());
}

template <class T>
void BlockReader::read(const TomlNode& node, At<std::vector<T>>& items) {
    items.place = node.place;
    read(node, items.value);
}

template <Listed E>
void BlockReader::read(const TomlNode& node, At<E>& choice) {
    if (!expect(node, TomlKind::text)) return;
    std::vector<std::string_view> names;
    for (const Named<E>& named : names_of(E{})) names.push_back(named.name);
    std::size_t found = names.size();
    read_names(node, choice.place, node.text, names, found);
    if (found < names.size()) choice.value = names_of(E{})[found].value;
}

template <Block T>
void BlockReader::read(const TomlNode& node, T& block) {
    if (!expect(node, TomlKind::table)) return;
    block.place = node.place;
    read_members(node, keys_of(&block), block);
}

template <class T>
void BlockReader::read_members(const TomlNode& node, const KeyTable<T>& table, T& block) {
    for (const KeyOf<T>& row : table.keys) {
        const TomlMember* member = node.find(row.name);
        if (member == nullptr && row.presence == Presence::must)
            fail(node.place, std::string(table.block) + " needs the key '" + std::string(row.name) + "'");
        if (member == nullptr) continue;
        key_ = row.name;
        row.read(*this, member->value, block);
    }
    std::vector<std::string> known;
    for (const KeyOf<T>& row : table.keys) known.emplace_back(row.name);
    for (const TomlMember& member : node.members) unknown_key(member, table.block, known);
}

}  // namespace app::lab
