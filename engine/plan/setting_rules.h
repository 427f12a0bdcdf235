// Settings that Spark knows by name: their types, what they are if nobody set them, and what they may not be set to.
#pragma once

#include <optional>
#include <string>

#include "engine/plan/session.h"

namespace engine::spark {

/// Why a running session may not set the key to the value; none if it may. Keys that Spark does not know are free.
std::optional<QueryError> setting_refused(const std::string& key, const std::string& value);
/// Whether a running session may change the key at all.
bool setting_modifiable(const std::string& key);
/// What the key is now: as it was set, or Spark's default; none if it is neither set nor known.
std::optional<std::string> setting_value(const Session& session, const std::string& key);
/// Takes a setting back to its default.
void reset_setting(Session& session, const std::string& key);

}  // namespace engine::spark
