// Numbers and times as people read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/view_model/base.h"

namespace app {

/// 1204 -> "1 204".
std::string grouped(i64 number);
std::string grouped(u64 number);
/// Seconds with three digits: "10.502".
std::string seconds_text(sim::Nanos moment);
/// A span in the unit that suits it: "80 ms", "4.6 s", "11 min".
std::string span_text(sim::Nanos span);
/// "broker 2 parks" -> "Broker 2 parks".
std::string capital(std::string text);
/// "broker 1", "brokers 1 and 3", "a, b and c".
std::string listed(const std::vector<std::string>& words);
/// "9", "9–11", "9, 11": ascending numbers as short as they can be told.
std::string ranges_text(const std::vector<i64>& numbers);
/// Whether `text` has every word of `words`, letters' case aside.
bool has_all_words(std::string_view text, std::string_view words);
/// At most `most` letters, the last one "…" if something was cut off.
std::string shortened(const std::string& text, std::size_t most);

}  // namespace app
