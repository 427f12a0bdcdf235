// What a table of the view is made of: named columns, and a source that walks its rows for given keys.
//
// A source is a class with a constructor (const Reader&, const Keys&), `bool next()`, which goes to the first or
// next row and says false at the end, and `u64 id()`, which names the row whatever the keys were: SQLite walks a
// table twice for an OR and drops what it has seen. Columns are functions of the source as it stands, so what a
// query does not ask for costs nothing. Keys are hints: a source may leave out rows that do not match them, and
// SQLite compares again.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "app/lab/sql/reader.h"
#include "sim/base/digest.h"
#include "sim/base/hash.h"
#include "sim/base/small_vec.h"

struct sqlite3_context;

namespace app::lab {

/// Takes the value of one column of one row; null if nothing is given.
class Out {
public:
    explicit Out(sqlite3_context* context) : context_(context) {}
    void integer(sim::i64 value) const;
    void real(double value) const;
    void text(std::string_view value) const;
    /// Text that means nothing when empty.
    void text_if_any(std::string_view value) const { if (!value.empty()) text(value); }
    void boolean(bool value) const { integer(value ? 1 : 0); }
    /// Numbers of Kafka's that are negative when there is none.
    void natural(sim::i64 value) const { if (value >= 0) integer(value); }

private:
    sqlite3_context* context_;
};

/// Column = value, as far as the query says so.
class Keys {
public:
    struct Key {
        std::string_view column;
        bool is_text = false;
        sim::i64 number = 0;
        std::string_view text;
    };
    void add(const Key& key) { keys_.push_back(key); }
    [[nodiscard]] std::optional<sim::i64> number(std::string_view column) const {
        const Key* key = find(column);
        return key == nullptr || key->is_text ? std::nullopt : std::optional(key->number);
    }
    /// Lives as long as the source is being made.
    [[nodiscard]] std::optional<std::string_view> text(std::string_view column) const {
        const Key* key = find(column);
        return key == nullptr || !key->is_text ? std::nullopt : std::optional(key->text);
    }

private:
    [[nodiscard]] const Key* find(std::string_view column) const {
        for (const Key& key : keys_)
            if (key.column == column) return &key;
        return nullptr;
    }
    sim::SmallVec<Key, 4> keys_;
};

enum class ColumnKind : sim::u8 { integer, real, text, integer_key, text_key };

struct ColumnInfo {
    std::string_view name;
    ColumnKind kind = ColumnKind::integer;

    [[nodiscard]] bool is_text() const { return kind == ColumnKind::text || kind == ColumnKind::text_key; }
    [[nodiscard]] bool is_key() const { return kind == ColumnKind::integer_key || kind == ColumnKind::text_key; }
};

template <class Source>
struct Column {
    ColumnInfo info;
    void (*get)(const Source& row, Out out) = nullptr;
};

/// The rows of one walk through a table.
class Rows {
public:
    Rows() = default;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    virtual ~Rows() = default;
    virtual bool next() = 0;
    [[nodiscard]] virtual sim::u64 id() const = 0;
    virtual void cell(sim::u32 column, Out out) const = 0;
};

struct TableSpec {
    std::string_view name;
    std::vector<ColumnInfo> columns;
    sim::u64 touches = 0;  // by engine/model/touch.h: what may change its rows
    std::unique_ptr<Rows> (*open)(const Reader& reader, const Keys& keys) = nullptr;
};

// ---- implementation -----------------------------------------------------------------------------

template <class Source, const auto& kColumns>
class RowsOf final : public Rows {
public:
    RowsOf(const Reader& reader, const Keys& keys) : source_(reader, keys) {}
    bool next() override { return source_.next(); }
    [[nodiscard]] sim::u64 id() const override { return source_.id(); }
    void cell(sim::u32 column, Out out) const override {
        MR_ASSERT(column < std::size(kColumns));
        kColumns[column].get(source_, out);
    }

private:
    Source source_;
};

template <class Source, const auto& kColumns>
TableSpec make_table(std::string_view name, sim::u64 touches) {
    TableSpec spec{name, {}, touches, nullptr};
    for (const Column<Source>& column : kColumns) spec.columns.push_back(column.info);
    spec.open = [](const Reader& reader, const Keys& keys) -> std::unique_ptr<Rows> {
        return std::make_unique<RowsOf<Source, kColumns>>(reader, keys);
    };
    return spec;
}

/// The id of a row that several values name together.
template <class... Parts>
sim::u64 id_of(const Parts&... parts) {
    sim::Hasher hasher;
    const auto add = [&](const auto& part) {
        if constexpr (requires { std::string_view(part); }) hasher.add(sim::fnv1a(part));
        else sim::digest(hasher, part);
    };
    (add(parts), ...);
    return hasher.value();
}

/// A source whose rows are few: they are listed when it is made.
template <class Item>
class ListedRows {
public:
    bool next() { return ++place_ < items.size(); }
    [[nodiscard]] const Item& item() const { MR_ASSERT(place_ < items.size()); return items[place_]; }

protected:
    std::vector<Item> items;

private:
    std::size_t place_ = ~std::size_t{0};
};

}  // namespace app::lab
