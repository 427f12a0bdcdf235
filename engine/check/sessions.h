// Oracle `ephemerals`: a znode that is tied to a session goes with it. Looked at when a session ends. Always.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

void check_session_fact(const Scene& scene, const sim::Fact& fact);

}  // namespace engine::check
