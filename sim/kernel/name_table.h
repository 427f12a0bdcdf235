// Words of a world as small numbers: topics, clients, groups. Append-only, so an id never changes meaning.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/persistent_vec.h"
#include "sim/base/types.h"

namespace sim {

class NameTable {
public:
    /// The id of a word, made if it is new.
    NameId intern(std::string_view word);
    /// The id of a word, or kNoName. For words that come from outside and may be unknown.
    [[nodiscard]] NameId find(std::string_view word) const;
    /// The word of an id; "" for kNoName. Lives as long as the table.
    [[nodiscard]] const std::string& text(NameId id) const;
    [[nodiscard]] u32 size() const { return static_cast<u32>(words_.size()); }
    void digest(Hasher& hasher) const;

private:
    [[nodiscard]] u32 place_of(std::string_view word) const;
    void grow();

    PersistentVec<std::string> words_;
    std::vector<u32> places_;  // open addressing: id + 1, or 0 for free; power of two
};

}  // namespace sim
