// Oracle `exactly-in-order`: of an idempotent producer every send() is in a partition's log at most once, and in
// the order of the calls (KIP-98). Judged at the end, over the leader's log, while committed records are promised:
// a leader that lost what it had appended cannot recognise it when it comes again. The order is that of
// one producer id: what a process had on its way when it was killed may arrive after the sends of its next life.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

void check_duplicates(const Scene& scene);

}  // namespace engine::check
