// The closed lists of words that a lesson file may use, and the search for what a misspelt word was meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace app::lab {

using Names = std::span<const std::string_view>;

/// Titles of the views, whether or not one is drawn yet.
Names view_titles();
/// "Event time" -> "event-time": how the command line calls a view.
std::string view_slug(std::string_view title);
/// First words of the lines in `do`, `solution` and `verbs`: the engine's own, then those for streams and data.
std::span<const std::string> verb_names();
/// Whether the engine carries this verb out.
bool is_built_verb(std::string_view name);
/// Short names of the lecture decks.
Names deck_names();
/// First words of what a spotlight may point at, besides nodes, topics, partitions and queries.
Names spotlight_words();

bool contains(Names names, std::string_view name);

/// The candidate that differs least from `name`, letters' case aside; "" if none is near.
std::string nearest_of(std::string_view name, const std::vector<std::string>& candidates);
std::string nearest_of(std::string_view name, Names candidates);

}  // namespace app::lab
