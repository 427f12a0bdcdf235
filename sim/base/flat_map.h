// A sorted vector with the face of a map: copies at memory speed and iterates in key order.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/base/assert.h"
#include "sim/base/digest.h"

namespace sim {

template <class K, class V>
class FlatMap {
public:
    using Entry = std::pair<K, V>;

    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] u32 size() const { return static_cast<u32>(entries_.size()); }
    auto begin() { return entries_.begin(); }
    auto end() { return entries_.end(); }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    Entry& nth(u32 i) { MR_ASSERT(i < size()); return entries_[i]; }
    const Entry& nth(u32 i) const { MR_ASSERT(i < size()); return entries_[i]; }
    void clear() { entries_.clear(); }

    /// The value of a key, or nullptr. The pointer lives until the next insertion or removal.
    template <class Key>
    V* find(const Key& key) {
        auto at = lower(key);
        return at != entries_.end() && at->first == key ? &at->second : nullptr;
    }
    template <class Key>
    const V* find(const Key& key) const { return const_cast<FlatMap*>(this)->find(key); }
    template <class Key>
    [[nodiscard]] bool contains(const Key& key) const { return find(key) != nullptr; }

    /// The value of a key that must be there.
    template <class Key>
    V& at(const Key& key) {
        V* value = find(key);
        MR_ASSERT(value != nullptr);
        return *value;
    }
    template <class Key>
    const V& at(const Key& key) const { return const_cast<FlatMap*>(this)->at(key); }

    /// The value of a key, default-made if it was not there.
    V& operator[](const K& key) {
        auto at = lower(key);
        if (at == entries_.end() || !(at->first == key)) {
            at = entries_.insert(at, Entry{key, V{}});
            MR_ASSERT(at == entries_.begin() || std::prev(at)->first < at->first);
            MR_ASSERT(std::next(at) == entries_.end() || at->first < std::next(at)->first);
        }
        return at->second;
    }
    template <class Key>
    bool erase(const Key& key) {
        auto at = lower(key);
        if (at == entries_.end() || !(at->first == key)) return false;
        entries_.erase(at);
        return true;
    }
    template <class Keep>
    void erase_if(Keep&& gone) { std::erase_if(entries_, gone); }

    friend bool operator==(const FlatMap&, const FlatMap&) = default;
    void digest(Hasher& hasher) const { sim::digest(hasher, entries_); }

private:
    template <class Key>
    auto lower(const Key& key) {
        return std::lower_bound(entries_.begin(), entries_.end(), key,
                                [](const Entry& entry, const Key& k) { return entry.first < k; });
    }

    std::vector<Entry> entries_;
};

}  // namespace sim
