// The inspector: what the last step changed, why, and the state of what is selected. What is selected or asked for goes
// before what happened last.
#include "app/view_model/inspector.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/evidence.h"
#include "app/view_model/make.h"
#include "app/view_model/query_parts.h"
#include "app/view_model/questions.h"
#include "app/view_model/state_rows.h"
#include "app/view_model/telling.h"
#include "app/view_model/waits.h"
#include "app/view_model/why.h"
#include "app/view_model/words.h"
#include "engine/model/stream_facts.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;

constexpr std::size_t kMostCauses = 6;
constexpr std::size_t kMostChanges = 4;

// ---- what changed ---------------------------------------------------------------------------------

std::string number(i64 value) { return value < 0 ? "\u2013" : fmt::format("{}", value); }

struct ReplicaNumbers {
    i64 high_watermark = -1, log_end = -1;
    std::size_t waiting = 0;
};

ReplicaNumbers numbers_of(const lab::Reader& reader, const lab::Cluster& cluster, NodeId node, TopicPartition id) {
    ReplicaNumbers out;
    const lab::Replica replica = cluster.replica(node, id);
    if (!replica) return out;
    out.high_watermark = replica.partition->high_watermark.value;
    out.log_end = replica.partition->log_end_offset().value;
    out.waiting = waiting_produces(reader, node, id);
    return out;
}

/// Which numbers one would look at after such a fact, whether or not they moved.
bool expects_numbers(FactKind kind) {
    return kind == FactKind::duplicate_batch || kind == FactKind::appended || kind == FactKind::produce_waits ||
           kind == FactKind::replicated || kind == FactKind::high_watermark || kind == FactKind::append_refused;
}

class Changes {
public:
    Changes(const Scene& scene, const FactRow* about) : scene_(scene), about_(about) {}

    std::vector<ChangeVm> find() {
        if (scene_.before() == nullptr || scene_.focus().topic == sim::kNoName) return {};
        leadership();
        for (const NodeId node : scene_.brokers()) replica(node);
        std::ranges::stable_sort(changes_, {}, [](const ChangeVm& change) { return change.same; });
        if (changes_.size() > kMostChanges) changes_.resize(kMostChanges);
        return std::move(changes_);
    }

private:
  void add(std::string label, const std::string& was, const std::string& now, bool expected,
           const std::string& object) {
      if (was == now && !expected) return;
      changes_.push_back({std::move(label), was, now, was == now, object});
  }
    void leadership() {
        const auto* was = scene_.before()->cluster->find(scene_.focus());
        const auto* now = scene_.cluster().find(scene_.focus());
        if (was == nullptr || now == nullptr) return;
        const std::string object = scene_.name(scene_.focus());
        const auto leader = [](BrokerId broker) {
            return broker == engine::kNoBroker ? std::string("none") : fmt::format("{}", broker.value);
        };
        add("leader", leader(was->leader), leader(now->leader), false, object);
        add("leader epoch", number(was->leader_epoch.value), number(now->leader_epoch.value), false, object);
        add("ISR", engine::broker::to_text(was->isr), engine::broker::to_text(now->isr), false, object);
    }
    void replica(NodeId node) {
        const TopicPartition id = scene_.focus();
        const ReplicaNumbers was = numbers_of(scene_.before()->reader, *scene_.before()->cluster, node, id);
        const ReplicaNumbers now = numbers_of(scene_.reader(), scene_.cluster(), node, id);
        const bool about_it = about_ != nullptr && about_->fact.node == node && about_->index() == scene_.here() &&
                              expects_numbers(engine::kind_of(about_->fact));
        const std::string object = scene_.replica_name(id, scene_.world().card(node).broker), name = scene_.name(node);
        add("produce requests waiting", number(static_cast<i64>(was.waiting)), number(static_cast<i64>(now.waiting)),
            false, name);
        add("log end offset, " + name, number(was.log_end), number(now.log_end), about_it, object);
        add("high watermark, " + name, number(was.high_watermark), number(now.high_watermark), about_it, object);
    }

    const Scene& scene_;
    const FactRow* about_;
    std::vector<ChangeVm> changes_;
};

// ---- why ------------------------------------------------------------------------------------------

void explain(const Scene& scene, const FactRow& row, InspectorVm& vm) {
    vm.why_heading = "WHY";
    vm.causes = causes_of(scene, row, kMostCauses);
    if (vm.causes.size() == 1 && engine::kind_of(row.fact) != FactKind::none) vm.why_heading = "THIS BEGAN IT";
    if (!scene.question_open()) vm.rule = rule_of(scene, row);
}

/// Something behind this that is worth asking for: the weightiest cause before the last.
void offer_question(const Scene& scene, const FactRow& row, InspectorVm& vm) {
    const auto chain = chain_to(scene, row, kMostCauses);
    for (std::size_t i = chain.size(); i-- > 1;) {
        const FactRow& cause = *chain[i - 1];
        const FactKind kind = engine::kind_of(cause.fact);
        if (weight_of(kind) != Weight::turning || kind == FactKind::node_killed) continue;
        vm.why_question = fmt::format("Why: {}?", short_text(scene, cause));
        vm.why_object = Scene::fact_object(cause.id);
        return;
    }
}

void tell_last_change(const Scene& scene, InspectorVm& vm) {
    const FactRow* row = headline_of(scene);
    const bool now = row == nullptr || row->index() == scene.here();
    vm.heading = now ? "WHAT CHANGED" : "LAST CHANGE";
    vm.step = "step " + scene.step_name(now ? scene.here() : row->index());
    vm.changes = Changes(scene, row).find();
    if (row == nullptr) {
        vm.title = event_text(scene, scene.here());
        vm.text = scene.has_event() ? "It told nobody anything new."
                                    : "Nothing has happened yet. Press Space, or step with the full stop key.";
        return;
    }
    vm.title = short_text(scene, *row);
    vm.text = long_text(scene, *row);
    explain(scene, *row, vm);
    offer_question(scene, *row, vm);
}

/// The last fact of a query that is about one of its batches.
const FactRow* batch_fact(const Scene& scene, std::string_view query, i64 batch) {
    return latest_fact(scene, [&](const FactRow& row) {
        const FactKind kind = engine::kind_of(row.fact);
        const bool of_batch = kind == engine::kind_of(engine::StreamFact::batch_began) ||
                              kind == engine::kind_of(engine::StreamFact::batch_committed) ||
                              kind == engine::kind_of(engine::StreamFact::late_dropped) ||
                              kind == engine::kind_of(engine::StreamFact::state_evicted);
        return of_batch && row.fact.n[0] == batch && scene.reader().text(row.fact.subject) == query;
    });
}

/// A batch, a task, a window, a late row, a row of the state: what it is, its state and why.
void tell_query_part(const Scene& scene, const QueryPart& part, InspectorVm& vm) {
    const PartTold told = tell_part(read_query(scene), part);
    vm.heading = "SELECTED";
    vm.title = told.title;
    vm.text = told.text;
    const FactRow* row = told.batch < 0 ? nullptr : batch_fact(scene, part.query, told.batch);
    if (row != nullptr) explain(scene, *row, vm);
}

void tell_object(const Scene& scene, const Object& object, InspectorVm& vm) {
    if (const auto part = query_part(object.part)) return tell_query_part(scene, *part, vm);
    vm.heading = object.kind == ObjectKind::fact ? "WHAT HAPPENED" : "SELECTED";
    const FactRow* row = deciding_fact(scene, object);
    if (object.kind == ObjectKind::fact && row != nullptr) {
        vm.step = "step " + scene.step_name(row->index());
        vm.title = short_text(scene, *row);
        vm.text = long_text(scene, *row);
    } else {
        vm.title = capital(object.text);
        vm.text = row == nullptr ? "Nothing was told about it yet."
                                 : fmt::format("Last: {}, at {} s.", short_text(scene, *row),
                                               scene.time(scene.event_time(row->index())));
    }
    if (row == nullptr) return;
    explain(scene, *row, vm);
    offer_question(scene, *row, vm);
}

/// What was asked for, with the facts that the answer rests on.
void tell_question(const Scene& scene, const Question& question, InspectorVm& vm) {
    const Answer answer = answer_to(scene, question.name);
    vm.heading = "YOU ASK";
    vm.title = question.text;
    vm.text = scene.question_open() ? "The verdict opens when you have answered."
                                    : (answer.so ? "" : "**It is not so.** ") + answer.verdict;
    if (!answer.evidence.empty()) vm.why_heading = "RESTS ON";
    for (const FactRow* row : answer.evidence)
        vm.causes.push_back({scene.time(scene.event_time(row->index())), short_text(scene, *row),
                             is_broken(engine::kind_of(row->fact)) ? CauseMark::broken : CauseMark::plain,
                             Scene::fact_object(row->id)});
    if (!scene.question_open()) vm.rule = answer.rule;
}

/// Of the questions that an object can be asked the first whose answer is that it is so.
void offer_asking(const Scene& scene, const Object& object, InspectorVm& vm) {
    for (const Question& question : questions_of(scene, object)) {
        if (!answer_to(scene, question.name).so) continue;
        vm.why_question = question.text;
        vm.why_object = question.name;
        return;
    }
}

/// The two numbers that the caption of a narrow screen holds on to.
void set_key_numbers(const Scene& scene, InspectorVm& vm) {
    if (scene.focus().topic == sim::kNoName || scene.question_open()) return;
    vm.key_label = "high watermark now";
    vm.key_value = high_watermark_numbers(scene, scene.focus());
    const auto* state = scene.cluster().find(scene.focus());
    const auto* broker = state == nullptr ? nullptr : scene.reader().broker(state->leader);
    if (broker == nullptr) return;
    for (const auto& [op, produce] : broker->memory.purgatory.produces)
        for (const auto& part : produce.partitions)
            if (part.waiting && part.id == scene.focus() && vm.key_label_2.empty()) {
                vm.key_label_2 = "answered at";
                vm.key_value_2 = fmt::format("HW {}", part.required.value);
            }
}

}  // namespace

InspectorVm make_inspector(const Scene& scene) {
    InspectorVm vm;
    const auto question = question_named(scene, scene.at().desk.why);
    const Object asked = question ? Object{} : scene.object(scene.at().desk.why);
    if (question) tell_question(scene, *question, vm);
    else if (asked.kind != ObjectKind::nothing) tell_object(scene, asked, vm);
    else if (scene.selected().kind != ObjectKind::nothing) {
        tell_object(scene, scene.selected(), vm);
        offer_asking(scene, scene.selected(), vm);
    }
    else tell_last_change(scene, vm);
    vm.rule_shut = scene.question_open();
    if (vm.rule_shut) vm.rule_shut_text = "The rule opens when you have answered.";
    add_state(scene, vm);
    vm.lamps = make_lamps(scene);
    set_key_numbers(scene, vm);
    return vm;
}

}  // namespace app
