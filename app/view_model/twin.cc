// Sections: where they part · what happened · what it came to.
#include "app/view_model/twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/lab/sql/streams.h"
#include "app/view_model/make.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::FactRow;

constexpr std::size_t kMostTwinRows = 16;

// ---- where they part --------------------------------------------------------------------------------

bool same_event(const sim::EventRow& a, const sim::EventRow& b) {
    return a.at == b.at && a.node == b.node && a.kind == b.kind && a.seq == b.seq;
}

/// Index of the first input that is not the same line on both: inputs at one moment are the same event.
u64 parting_input(const engine::History& a, const engine::History& b) {
    const std::size_t common = std::min(a.inputs.size(), b.inputs.size());
    for (std::size_t i = 0; i < common; ++i)
        if (a.inputs[i].event_index != b.inputs[i].event_index || a.inputs[i].line != b.inputs[i].line)
            return std::min(a.inputs[i].event_index, b.inputs[i].event_index);
    return ~u64{0};
}

/// Index of the first event that is not the same on both.
u64 parting(const engine::History& a, const engine::History& b) {
    const u64 common = std::min<u64>(a.events.size(), b.events.size());
    u64 i = 0;
    while (i < common && same_event(a.events[i], b.events[i])) ++i;
    return std::min(a.first_index + i, parting_input(a, b));
}

// ---- what happened ----------------------------------------------------------------------------------

struct Told {
    Nanos at;
    std::string text;
    TwinFactVm fact;
};

bool worth_telling(const FactRow& row) {
    const engine::FactKind kind = engine::kind_of(row.fact);
    return weight_of(kind) == Weight::turning || kind == engine::FactKind::epoch_began ||
           kind == engine::FactKind::batch_retried || kind == engine::FactKind::duplicate_batch ||
           kind == engine::FactKind::append_refused;
}

std::vector<Told> told_since(const Scene& scene, u64 index, bool shown) {
    std::vector<Told> list;
    for (u64 i = scene.first_fact_of(index); i < scene.facts_now(); ++i) {
        const FactRow& row = scene.history().facts[i];
        if (!worth_telling(row) || scene.reader().text(row.fact.subject).starts_with("__")) continue;
        const std::string text = short_text(scene, row);
        list.push_back({scene.event_time(row.index()),
                        text,
                        {text, shown ? Scene::fact_object(row.id) : "", is_broken(engine::kind_of(row.fact))}});
    }
    return list;
}

std::vector<Told> inputs_since(const Scene& scene, u64 index) {
    std::vector<Told> list;
    for (u64 i = 0; i < scene.history().inputs.size(); ++i) {
        const engine::InputRow& input = scene.history().inputs[i];
        if (input.event_index < index || input.event_index >= scene.cursor() || input.line.starts_with("wait"))
            continue;
        const std::string text = "You: " + input.line;
        list.push_back({input.at, text, {text, "", false}});
    }
    return list;
}

std::vector<Told> all_since(const Scene& scene, u64 index, bool shown) {
    std::vector<Told> list = inputs_since(scene, index);
    std::ranges::move(told_since(scene, index, shown), std::back_inserter(list));
    std::ranges::stable_sort(list, {}, &Told::at);
    return list;
}

/// Merged by time; what both tell in the same words at the same moment, as far as it is shown, is one row.
void merge(const Scene& scene, const std::vector<Told>& left, std::vector<Told> right, TwinVm& vm) {
    std::vector<std::pair<Nanos, TwinRowVm>> rows;
    for (const Told& each : left) {
        TwinRowVm row{scene.time(each.at), each.fact, {}, false, false};
        const auto same = std::ranges::find_if(right, [&](const Told& other) {
            return other.text == each.text && scene.time(other.at) == scene.time(each.at);
        });
        if (same != right.end()) {
            row.right = same->fact;
            row.same = true;
            right.erase(same);
        }
        rows.emplace_back(each.at, std::move(row));
    }
    for (const Told& each : right)
        rows.emplace_back(each.at, TwinRowVm{scene.time(each.at), {}, each.fact, false, false});
    std::ranges::stable_sort(rows, {}, &std::pair<Nanos, TwinRowVm>::first);
    const auto differs = std::ranges::find_if(rows, [](const auto& row) { return !row.second.same; });
    if (differs != rows.end()) differs->second.first_difference = true;
    if (rows.size() > kMostTwinRows) vm.more = fmt::format("{} later rows", rows.size() - kMostTwinRows);
    for (auto& [at, row] : rows)
        if (vm.rows.size() < kMostTwinRows) vm.rows.push_back(std::move(row));
}

// ---- what it came to --------------------------------------------------------------------------------

void compare(TwinVm& vm, std::string label, std::string left, std::string right) {
    const bool differs = left != right;
    vm.state.push_back({std::move(label), std::move(left), std::move(right), differs});
}

struct PartitionNumbers {
    std::string leader = "none", epoch = "\u2013", isr = "\u2013", high = "\u2013", end = "\u2013";
};

PartitionNumbers numbers_of(const Scene& scene, const std::string& topic, i32 partition) {
    PartitionNumbers out;
    for (const sim::NameId name : scene.topics()) {
        if (scene.reader().text(name) != topic) continue;
        const TopicPartition id{name, partition};
        if (const auto* state = scene.cluster().find(id)) {
            if (state->leader != engine::kNoBroker) out.leader = fmt::format("broker {}", state->leader.value);
            out.epoch = fmt::format("{}", state->leader_epoch.value);
            out.isr = engine::broker::to_text(state->isr);
        }
        if (const lab::Replica replica = scene.cluster().leading_replica(id)) {
            out.high = fmt::format("{}", replica.partition->high_watermark.value);
            out.end = fmt::format("{}", replica.partition->log_end_offset().value);
        }
    }
    return out;
}

struct Ledger {
    u64 acked = 0, failed = 0, waiting = 0, delivered = 0;
};

Ledger ledger_of(const Scene& scene) {
    Ledger out;
    const engine::History& history = scene.history();
    const u64 ends = scene.reader().rows_now(history.outcomes);
    for (u64 i = 0; i < ends; ++i)
        ++(engine::failed(history.outcomes[i].error) || !history.outcomes[i].exception.empty() ? out.failed
                                                                                               : out.acked);
    out.waiting = scene.reader().rows_now(history.sends) - ends;
    out.delivered = scene.reader().rows_now(history.deliveries);
    return out;
}

/// What the queries of a side came to: of all committed batches.
struct QueryNumbers {
    i64 batches = 0, rows_out = 0, late = 0;
};

QueryNumbers numbers_of(const Scene& scene, const std::string& query) {
    QueryNumbers out;
    const auto* driver = lab::driver_of(scene.reader());
    if (driver == nullptr) return out;
    // A batch that was told twice counts as it was told last.
    std::map<i64, const engine::BatchRow*> batches;
    for (u64 i = 0; i < driver->progress.ledger.batches.size(); ++i) {
        const engine::BatchRow& row = driver->progress.ledger.batches[i];
        if (row.committed && row.query == query) batches[row.batch_id] = &row;
    }
    for (const auto& [id, row] : batches) {
        ++out.batches;
        out.rows_out += std::max<i64>(0, row->output_rows);
        out.late += std::max<i64>(0, row->dropped);
    }
    return out;
}

void add_queries(const Scene& left, const Scene& right, TwinVm& vm) {
    constexpr std::size_t kMostQueries = 2;
    std::size_t told = 0;
    for (const lab::KnownQuery& query : lab::queries_of(left.reader())) {
        if (++told > kMostQueries) return;
        const QueryNumbers a = numbers_of(left, query.spec->name), b = numbers_of(right, query.spec->name);
        compare(vm, query.spec->name + " batches", fmt::format("{}", a.batches), fmt::format("{}", b.batches));
        compare(vm, "rows out", fmt::format("{}", a.rows_out), fmt::format("{}", b.rows_out));
        compare(vm, "dropped as late", fmt::format("{}", a.late), fmt::format("{}", b.late));
    }
}

void add_state(const Scene& left, const Scene& right, TwinVm& vm) {
    constexpr std::size_t kMostPartitions = 3;
    std::size_t told = 0;
    for (const sim::NameId name : left.topics())
        for (const TopicPartition id : left.partitions_of(name)) {
            if (++told > kMostPartitions) break;
            const std::string topic = left.reader().text(name), object = left.name(id);
            const PartitionNumbers a = numbers_of(left, topic, id.partition),
                                   b = numbers_of(right, topic, id.partition);
            compare(vm, object + " leader", a.leader, b.leader);
            compare(vm, "leader epoch", a.epoch, b.epoch);
            compare(vm, "ISR", a.isr, b.isr);
            compare(vm, "high watermark", a.high, b.high);
            compare(vm, "log end offset", a.end, b.end);
        }
    const Ledger a = ledger_of(left), b = ledger_of(right);
    compare(vm, "acknowledged", grouped(a.acked), grouped(b.acked));
    compare(vm, "failed", grouped(a.failed), grouped(b.failed));
    compare(vm, "waiting", grouped(a.waiting), grouped(b.waiting));
    compare(vm, "delivered", grouped(a.delivered), grouped(b.delivered));
}

}  // namespace

std::optional<Snapshot> twin_of(const Snapshot& at) {
    if (at.twin == nullptr || at.twin_history == nullptr) return std::nullopt;
    Snapshot other = at;
    other.world = at.twin;
    other.history = at.twin_history;
    other.names = at.twin_names;
    other.before = nullptr;
    other.since = nullptr;
    other.following = nullptr;
    other.copies = nullptr;
    other.desk = {};
    return other;
}

TwinVm make_twin(const Scene& scene) {
    TwinVm vm;
    vm.head.title = "Twin";
    vm.head.sentence = "Two futures of one past, at the same moment. Yellow is the first thing that differs.";
    const Snapshot& at = scene.at();
    const auto other_at = twin_of(at);
    if (!other_at) {
        vm.head.empty_title = "There is one future so far";
        vm.head.empty_text = "Step back and do something else. The old future stays, and both stand here side by side.";
        return vm;
    }
    const Scene other(*other_at);
    const auto here = std::ranges::find(at.branches, at.branch, &BranchPlace::id);
    vm.left = here == at.branches.end() ? "this branch" : here->name;
    vm.right = at.twin_name;
    const u64 parted = parting(scene.history(), other.history());
    vm.parted = fmt::format(
        "Equal up to {} s. Seed, clients and links are the same on both.",
        scene.time(parted > scene.history().first_index ? scene.event_time(parted - 1) : scene.world().frame->origin));
    merge(scene, all_since(scene, parted, true), all_since(other, parted, false), vm);
    add_queries(scene, other, vm);
    add_state(scene, other, vm);
    const auto differing = std::ranges::count(vm.state, true, &TwinStateVm::differs);
    vm.verdict = differing == 0 ? "Nothing differs at this moment."
                                : fmt::format("{} of {} numbers differ at {} s.", differing, vm.state.size(),
                                              scene.time(at.clock));
    return vm;
}

}  // namespace app
