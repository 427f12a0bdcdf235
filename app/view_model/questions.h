// Why, and why not: questions that an object can be asked at a moment. An answer is found by looking at the state,
// walking recorded causes and holding the rule against its numbers; it says as well when what is asked about is not so.
//
// A question is named "KIND OBJECT": "not-in-isr orders-0/3". Kinds are a closed table (questions.cc); their answers
// stand in the files why_*.cc.
#pragma once

#include "app/view_model/evidence.h"

namespace app {

struct Answer {
    bool so = false;      // what is asked about is the case
    std::string verdict;  // Markdown: one or two sentences with the numbers of this moment
    Evidence evidence;    // recorded facts that led to it, in order
    std::string rule;     // Markdown; "" none
};
/// What is asked about is not the case.
inline Answer not_so(std::string verdict) { return {false, std::move(verdict), {}, {}}; }

struct Question {
    std::string name;  // "not-in-isr orders-0/3"
    std::string text;  // "Why is broker 3 not in the ISR of orders-0?"
};

/// Those that fit an object; whether or not what they ask about is the case.
std::vector<Question> questions_of(const Scene& scene, const Object& object);
/// The question of a name; nothing if there is no such kind or it does not fit the object.
std::optional<Question> question_named(const Scene& scene, std::string_view name);
/// Requires a name that `question_named` knows.
Answer answer_to(const Scene& scene, std::string_view name);
/// Names of all kinds.
std::vector<std::string_view> question_kinds();

// ---- why_replicas.cc: a partition, and a broker that has or could have a replica of it
Answer why_not_in_isr(const Scene& scene, const Object& object);
Answer why_not_leader(const Scene& scene, const Object& object);
Answer why_elected(const Scene& scene, const Object& object);
Answer why_no_leader(const Scene& scene, const Object& object);
Answer why_not_visible(const Scene& scene, const Object& object);
Answer why_lost(const Scene& scene, const Object& object);
Answer why_cut(const Scene& scene, const Object& object);
Answer why_thought_dead(const Scene& scene, const Object& object);
Answer why_controller(const Scene& scene, const Object& object);
Answer why_log_start(const Scene& scene, const Object& object);
// ---- why_producers.cc: a producer, or a record
Answer why_waits(const Scene& scene, const Object& object);
Answer why_refused(const Scene& scene, const Object& object);
Answer why_here(const Scene& scene, const Object& object);
Answer why_twice(const Scene& scene, const Object& object);
// ---- why_readers.cc: a consumer
Answer why_lag(const Scene& scene, const Object& object);
Answer why_rebalanced(const Scene& scene, const Object& object);
Answer why_commit_refused(const Scene& scene, const Object& object);
Answer why_reads_nothing(const Scene& scene, const Object& object);
// ---- why_groups.cc: a consumer and its group
Answer why_assigned(const Scene& scene, const Object& object);
Answer why_reads_from(const Scene& scene, const Object& object);
Answer why_coordinator(const Scene& scene, const Object& object);
// ---- why_messages.cc: what travels
Answer why_not_arrived(const Scene& scene, const Object& object);
Answer why_retried(const Scene& scene, const Object& object);
// ---- why_streams.cc: a streaming query (or its driver), or a record that one reads
Answer why_dropped(const Scene& scene, const Object& object);
Answer why_nothing_emitted(const Scene& scene, const Object& object);
Answer why_query_failed(const Scene& scene, const Object& object);
Answer why_no_batch(const Scene& scene, const Object& object);
Answer why_watermark(const Scene& scene, const Object& object);
Answer why_evicted(const Scene& scene, const Object& object);
Answer why_kept(const Scene& scene, const Object& object);
Answer why_batch_again(const Scene& scene, const Object& object);
Answer why_task_again(const Scene& scene, const Object& object);

}  // namespace app
