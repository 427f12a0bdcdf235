// Bytes of state on disk: delta and snapshot files, which are changes of rows (unsafe_row.h) in framed LZ4 blocks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine::spark {

struct StateChange {
    std::string key;
    std::optional<std::string> value;  ///< none = removed
};

/// What a file that is being made holds so far. A block that is full is packed at once, while its bytes are still in
/// the cache: many changes never lie in memory as a whole.
struct StateBody {
    std::string blocks;  ///< packed
    std::string open;    ///< changes that come behind them

    [[nodiscard]] bool empty() const { return blocks.empty() && open.empty(); }
};

/// Appends one change to the body of a file that is being made.
void put_change(StateBody& body, std::string_view key, std::string_view value);
/// The same for a caller that writes key and value where they belong.
struct ChangePlaces {
    char* key = nullptr;
    char* value = nullptr;
};
ChangePlaces grow_change(StateBody& body, std::size_t key_size, std::size_t value_size);
/// Where the key of a removal belongs.
char* grow_removal(StateBody& body, std::size_t key_size);
void put_removal(StateBody& body, std::string_view key);

/// The changes of a body; none if it is damaged.
std::optional<std::vector<StateChange>> changes_of(const StateBody& body);
/// A whole file of a body.
std::string state_file_of(const StateBody& body);
/// A whole .delta or .snapshot file.
std::string state_file(const std::vector<StateChange>& changes);
std::optional<std::vector<StateChange>> read_state_file(std::string_view bytes);

/// The framing alone: blocks of at most 32 KiB, raw where LZ4 gains nothing.
std::string lz4_blocks(std::string_view bytes);
std::optional<std::string> from_lz4_blocks(std::string_view bytes);

}  // namespace engine::spark
