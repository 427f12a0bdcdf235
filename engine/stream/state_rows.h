// Rows of state in the order of their places, packed, in pages that copies share.
//
// A page holds up to 64 rows as bytes in one piece; chunks hold up to 64 pages. A copy takes a reference for each
// chunk; the first change of a page after it copies that page and its chunk's list alone. So what a change costs does
// not depend on how many rows there are, and a row takes about 30 bytes more than what it says.
//
// Rows are packed without their types: each value says which of its members count. Reading unpacks a row, so an
// iterator gives rows by value; it is good until the next change.
// Invariant: no chunk and no page is empty; places ascend through all of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/value.h"
#include "sim/base/ref.h"

namespace engine::spark {

/// One row of state. `key` and `value` are the columns that Spark's store keeps.
struct StateRow {
    Values key;
    Values value;
};

struct StatePage : sim::Shared {
    struct Entry {
        u32 at = 0;              ///< place, then row, in `bytes`
        u32 place = 0, row = 0;  ///< their sizes
        u32 came = 0;            ///< how many places were new before it
    };
    std::vector<Entry> entries;
    std::string bytes;
    u32 dead = 0;  ///< bytes that no entry names

    [[nodiscard]] std::string_view place(std::size_t i) const {
        return std::string_view(bytes).substr(entries[i].at, entries[i].place);
    }
    [[nodiscard]] std::string_view row(std::size_t i) const {
        return std::string_view(bytes).substr(entries[i].at + entries[i].place, entries[i].row);
    }
};

struct StateChunk : sim::Shared {
    std::vector<sim::Ref<StatePage>> pages;
};

/// By partition and key bytes: 4 bytes of partition, high byte first, then the key such that equal keys have equal
/// bytes.
class StateRows {
public:
    using Item = std::pair<std::string, StateRow>;

    class Iterator {
      public:
        Iterator(const StateRows& rows, std::size_t chunk, std::size_t page, std::size_t entry)
            : rows_(&rows), chunk_(chunk), page_(page), entry_(entry) {}
        [[nodiscard]] std::string_view place() const { return at().place(entry_); }
        /// Rows ascend by it in the order in which their places came.
        [[nodiscard]] u32 came() const { return at().entries[entry_].came; }
        Item operator*() const;
        Iterator& operator++();
        bool operator==(const Iterator& other) const = default;

      private:
        [[nodiscard]] const StatePage& at() const { return *rows_->chunks_[chunk_]->pages[page_]; }
        const StateRows* rows_;
        std::size_t chunk_, page_, entry_;
    };

    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(size_); }
    [[nodiscard]] Iterator begin() const { return {*this, 0, 0, 0}; }
    [[nodiscard]] Iterator end() const { return {*this, chunks_.size(), 0, 0}; }
    /// The first row whose place is not below.
    [[nodiscard]] Iterator lower_bound(std::string_view place) const;
    [[nodiscard]] bool contains(std::string_view place) const;
    [[nodiscard]] std::optional<StateRow> find(std::string_view place) const;
    void put(std::string_view place, const StateRow& row);
    /// Whether there was one.
    bool erase(std::string_view place);

private:
    /// Where a place is, or would be put.
    struct Position {
        std::size_t chunk = 0, page = 0, entry = 0;
        bool there = false;
    };
    [[nodiscard]] Position position_of(std::string_view place) const;
    StateChunk& edit_chunk(std::size_t chunk);
    StatePage& edit_page(const Position& at);
    void split(const Position& at);
    void number_anew();

    std::vector<sim::Ref<StateChunk>> chunks_;
    i64 size_ = 0;
    u32 next_came_ = 0;
};

}  // namespace engine::spark
