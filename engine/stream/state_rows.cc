#include "engine/stream/state_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "sim/base/assert.h"
#include "sim/base/varint.h"

namespace engine::spark {

namespace {

constexpr std::size_t kMostEntries = 64, kMostPages = 64;

// ---- rows as bytes ------------------------------------------------------------------------------

enum Member : u8 { kNull = 1, kWhole = 2, kReal = 4, kDecimal = 8, kText = 16, kItems = 32 };

void put_raw(std::string& out, const void* from, std::size_t n) { out.append(static_cast<const char*>(from), n); }

void put_values(std::string& out, const Values& values);

/// A byte that says which members are not what they are by default, then those.
void put_value(std::string& out, const Value& v) {
    const u64 real = std::bit_cast<u64>(v.d);
    const int members = (v.null ? kNull : 0) | (v.i != 0 ? kWhole : 0) | (real != 0 ? kReal : 0) |
                        (v.dec != 0 ? kDecimal : 0) | (!v.s.empty() ? kText : 0) | (v.items ? kItems : 0);
    out += static_cast<char>(members);
    if (v.i != 0) sim::put_uvarint(out, sim::zigzag(v.i));
    if (real != 0) put_raw(out, &real, sizeof real);
    if (v.dec != 0) put_raw(out, &v.dec, sizeof v.dec);
    if (!v.s.empty()) {
        sim::put_uvarint(out, v.s.size());
        out += v.s;
    }
    if (v.items) put_values(out, *v.items);
}

void put_values(std::string& out, const Values& values) {
    sim::put_uvarint(out, values.size());
    for (const Value& v : values) put_value(out, v);
}

struct Unpacking {
    std::string_view s;
    std::size_t at = 0;

    u64 number() {
        u64 v = 0;
        const auto* bytes = reinterpret_cast<const u8*>(s.data()) + at;
        const u32 took = sim::get_uvarint({bytes, s.size() - at}, sim::kMostVarlongBytes, v);
        MR_ASSERT(took > 0);
        at += took;
        return v;
    }
    template <class T>
    T raw() {
        MR_ASSERT(at + sizeof(T) <= s.size());
        T v{};
        std::memcpy(&v, s.data() + at, sizeof(T));
        at += sizeof(T);
        return v;
    }
};

void take_values(Unpacking& in, Values& out);

void take_value(Unpacking& in, Value& v) {
    const u8 members = in.raw<u8>();
    v.null = (members & kNull) != 0;
    if ((members & kWhole) != 0) v.i = sim::unzigzag(in.number());
    if ((members & kReal) != 0) v.d = std::bit_cast<double>(in.raw<u64>());
    if ((members & kDecimal) != 0) v.dec = in.raw<i128>();
    if ((members & kText) != 0) {
        const u64 n = in.number();
        v.s = in.s.substr(in.at, n);
        in.at += n;
    }
    if ((members & kItems) == 0) return;
    Values items;
    take_values(in, items);
    v.items = std::make_shared<const Values>(std::move(items));
}

void take_values(Unpacking& in, Values& out) {
    out.resize(in.number());
    for (Value& v : out) take_value(in, v);
}

std::string packed(const StateRow& row) {
    std::string out;
    put_values(out, row.key);
    put_values(out, row.value);
    return out;
}

StateRow unpacked(std::string_view bytes) {
    Unpacking in{bytes};
    StateRow out;
    take_values(in, out.key);
    take_values(in, out.value);
    MR_ASSERT(in.at == bytes.size());
    return out;
}

// ---- pages --------------------------------------------------------------------------------------

StatePage::Entry put_bytes(StatePage& page, std::string_view place, std::string_view row) {
    MR_ASSERT(page.bytes.size() + place.size() + row.size() < UINT32_MAX);
    const StatePage::Entry out{static_cast<u32>(page.bytes.size()), static_cast<u32>(place.size()),
                               static_cast<u32>(row.size()), 0};
    page.bytes += place;
    page.bytes += row;
    return out;
}

/// Some entries of a page as a page of their own, without dead bytes.
sim::Ref<StatePage> part_of(const StatePage& page, std::size_t from, std::size_t to) {
    MR_ASSERT(from < to && to <= page.entries.size());
    auto* out = new StatePage;
    const sim::Ref<StatePage> held(out);
    std::size_t bytes = 0;
    for (std::size_t i = from; i < to; ++i) bytes += page.entries[i].place + page.entries[i].row;
    out->bytes.reserve(bytes);
    out->entries.reserve(to - from);
    for (std::size_t i = from; i < to; ++i) {
        out->entries.push_back(put_bytes(*out, page.place(i), page.row(i)));
        out->entries.back().came = page.entries[i].came;
    }
    return held;
}

void drop_bytes(StatePage& page, const StatePage::Entry& e) { page.dead += e.place + e.row; }

void tidy(StatePage& page) {
    if (page.dead <= page.bytes.size() / 2 || page.entries.empty()) return;
    const sim::Ref<StatePage> clean = part_of(page, 0, page.entries.size());
    page.entries = clean->entries;
    page.bytes = clean->bytes;
    page.dead = 0;
}

}  // namespace

StateRows::Item StateRows::Iterator::operator*() const {
    return {std::string(at().place(entry_)), unpacked(at().row(entry_))};
}

StateRows::Iterator& StateRows::Iterator::operator++() {
    MR_ASSERT(chunk_ < rows_->chunks_.size());
    if (++entry_ < at().entries.size()) return *this;
    entry_ = 0;
    if (++page_ < rows_->chunks_[chunk_]->pages.size()) return *this;
    page_ = 0;
    ++chunk_;
    return *this;
}

StateRows::Position StateRows::position_of(std::string_view place) const {
    if (chunks_.empty()) return {};
    // The last chunk, and in it the last page, that begins at or below the place; else the first.
    const auto begins_after = [&](const StatePage& page) { return place < page.place(0); };
    const auto c = std::partition_point(chunks_.begin() + 1, chunks_.end(),
                                        [&](const auto& chunk) { return !begins_after(*chunk->pages[0]); }) -
                   1;
    const auto& pages = (*c)->pages;
    const auto p =
        std::partition_point(pages.begin() + 1, pages.end(), [&](const auto& page) { return !begins_after(*page); }) -
        1;
    const StatePage& page = **p;
    std::size_t low = 0, high = page.entries.size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (page.place(middle) < place) low = middle + 1;
        else high = middle;
    }
    const bool there = low < page.entries.size() && page.place(low) == place;
    return {static_cast<std::size_t>(c - chunks_.begin()), static_cast<std::size_t>(p - pages.begin()), low, there};
}

StateRows::Iterator StateRows::lower_bound(std::string_view place) const {
    if (chunks_.empty()) return end();
    const Position at = position_of(place);
    const std::size_t entries = chunks_[at.chunk]->pages[at.page]->entries.size();
    if (at.entry < entries) return {*this, at.chunk, at.page, at.entry};
    return ++Iterator{*this, at.chunk, at.page, entries - 1};
}

bool StateRows::contains(std::string_view place) const { return position_of(place).there; }

std::optional<StateRow> StateRows::find(std::string_view place) const {
    const Position at = position_of(place);
    if (!at.there) return std::nullopt;
    return unpacked(chunks_[at.chunk]->pages[at.page]->row(at.entry));
}

StateChunk& StateRows::edit_chunk(std::size_t chunk) {
    sim::Ref<StateChunk>& ref = chunks_[chunk];
    if (!ref.unique()) ref = sim::Ref<StateChunk>(new StateChunk(*ref));
    MR_ASSERT(ref.unique());
    return const_cast<StateChunk&>(*ref);
}

StatePage& StateRows::edit_page(const Position& at) {
    sim::Ref<StatePage>& ref = edit_chunk(at.chunk).pages[at.page];
    if (!ref.unique()) ref = sim::Ref<StatePage>(new StatePage(*ref));
    MR_ASSERT(ref.unique());
    return const_cast<StatePage&>(*ref);
}

/// A full page becomes two, then a full chunk.
void StateRows::split(const Position& at) {
    StateChunk& chunk = edit_chunk(at.chunk);
    const sim::Ref<StatePage> page = chunk.pages[at.page];
    const std::size_t half = page->entries.size() / 2;
    chunk.pages[at.page] = part_of(*page, 0, half);
    chunk.pages.insert(chunk.pages.begin() + static_cast<std::ptrdiff_t>(at.page) + 1,
                       part_of(*page, half, page->entries.size()));
    if (chunk.pages.size() <= kMostPages) return;
    auto* back = new StateChunk;
    const auto middle = chunk.pages.begin() + static_cast<std::ptrdiff_t>(chunk.pages.size() / 2);
    back->pages.assign(middle, chunk.pages.end());
    chunk.pages.erase(middle, chunk.pages.end());
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(at.chunk) + 1, sim::Ref<StateChunk>(back));
}

/// Once so many places have come that their number runs out: the same order in smaller numbers.
void StateRows::number_anew() {
    std::vector<u32> known;
    for (auto it = begin(); it != end(); ++it) known.push_back(it.came());
    std::ranges::sort(known);
    for (std::size_t c = 0; c < chunks_.size(); ++c)
        for (std::size_t p = 0; p < chunks_[c]->pages.size(); ++p)
            for (StatePage::Entry& e : edit_page({c, p, 0, false}).entries)
                e.came = static_cast<u32>(std::ranges::lower_bound(known, e.came) - known.begin());
    next_came_ = static_cast<u32>(known.size());
    MR_ASSERT(static_cast<i64>(next_came_) == size_);
}

void StateRows::put(std::string_view place, const StateRow& row) {
    if (chunks_.empty()) {
        auto* chunk = new StateChunk;
        chunk->pages.emplace_back(new StatePage);
        chunks_.emplace_back(chunk);
    }
    const Position at = size_ == 0 ? Position{} : position_of(place);
    if (next_came_ == UINT32_MAX) number_anew();
    StatePage& page = edit_page(at);
    StatePage::Entry entry = put_bytes(page, place, packed(row));
    if (at.there) {
        entry.came = page.entries[at.entry].came;
        drop_bytes(page, page.entries[at.entry]);
        page.entries[at.entry] = entry;
        return tidy(page);
    }
    entry.came = next_came_++;
    page.entries.insert(page.entries.begin() + static_cast<std::ptrdiff_t>(at.entry), entry);
    ++size_;
    if (page.entries.size() > kMostEntries) split(at);
}

bool StateRows::erase(std::string_view place) {
    const Position at = position_of(place);
    if (!at.there) return false;
    StatePage& page = edit_page(at);
    drop_bytes(page, page.entries[at.entry]);
    page.entries.erase(page.entries.begin() + static_cast<std::ptrdiff_t>(at.entry));
    --size_;
    MR_ASSERT(size_ >= 0);
    tidy(page);
    if (!page.entries.empty()) return true;
    StateChunk& chunk = edit_chunk(at.chunk);
    chunk.pages.erase(chunk.pages.begin() + static_cast<std::ptrdiff_t>(at.page));
    if (chunk.pages.empty()) chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(at.chunk));
    return true;
}

}  // namespace engine::spark
