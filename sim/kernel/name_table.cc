#include "sim/kernel/name_table.h"

#include <bit>

namespace sim {

u32 NameTable::place_of(std::string_view word) const {
    MR_ASSERT(words_.size() < places_.size());  // a free place ends every search
    const auto mask = static_cast<u32>(places_.size() - 1);
    u32 place = static_cast<u32>(mix64(fnv1a(word))) & mask;
    while (places_[place] != 0 && words_[places_[place] - 1] != word) place = (place + 1) & mask;
    return place;
}

NameId NameTable::find(std::string_view word) const {
    if (places_.empty()) return kNoName;
    const u32 entry = places_[place_of(word)];
    return entry == 0 ? kNoName : NameId{entry - 1};
}

NameId NameTable::intern(std::string_view word) {
    if (places_.size() < 2 * (words_.size() + 1)) grow();
    u32& entry = places_[place_of(word)];
    if (entry == 0) {
        MR_ASSERT(words_.size() < kNoName.value);
        words_.push_back(std::string(word));
        entry = static_cast<u32>(words_.size());
    }
    MR_ASSERT(words_[entry - 1] == word);
    return NameId{entry - 1};
}

void NameTable::grow() {
    places_.assign(places_.empty() ? 64 : places_.size() * 2, 0);
    MR_ASSERT(std::has_single_bit(places_.size()));  // place_of() masks instead of dividing
    for (u32 id = 0; id < words_.size(); ++id) places_[place_of(words_[id])] = id + 1;
}

const std::string& NameTable::text(NameId id) const {
    static const std::string nothing;
    return id == kNoName ? nothing : words_[id.value];
}

void NameTable::digest(Hasher& hasher) const { words_.digest(hasher); }

}  // namespace sim
