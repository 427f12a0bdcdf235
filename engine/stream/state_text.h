// Keys and values of state as people read them: the window apart from the rest of the key.
#pragma once

#include "engine/stream/stream_plan.h"
#include "engine/stream/stream_state.h"

namespace engine::spark {

struct KeyText {
    std::string key;                       ///< without the window, parts joined by ", "
    std::string window_start, window_end;  ///< "" = no window in the key
};

/// The types of an operator's key columns, in the order of the key.
std::vector<DataType> key_types_of(const StreamPlan& plan, std::size_t op);
KeyText key_text(const Values& key, const std::vector<DataType>& types, const std::string& zone);
/// Values of state, joined; types are guessed from what they hold.
std::string value_text(const Values& values);
/// What the operator is called in progress: stateStoreSave, dedupe ..
std::string operator_name(const StreamPlan& plan, std::size_t op);

}  // namespace engine::spark
