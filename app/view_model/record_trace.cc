#include "app/view_model/record_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/lab/sql/copies.h"
#include "app/lab/sql/known_groups.h"
#include "app/view_model/past.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::SendOutcomeRow;
using engine::SendRow;

constexpr u64 kMostCells = 22;
constexpr std::size_t kMostReaders = 6;

/// The last sends at this moment, as the history has them.
class Sends {
public:
    explicit Sends(const Scene& scene) : scene_(scene), count_(scene.reader().rows_now(scene.history().sends)) {}

    [[nodiscard]] const SendRow& send(u64 row) const { return scene_.history().sends[row]; }
    [[nodiscard]] const SendOutcomeRow* outcome(u64 row) const {
        const engine::History& history = scene_.history();
        if (row >= history.outcome_of.size() || history.outcome_of[row] == engine::kNoRow) return nullptr;
        const SendOutcomeRow& found = history.outcomes[history.outcome_of[row]];
        return found.event_index < scene_.cursor() ? &found : nullptr;
    }
    [[nodiscard]] bool acked(u64 row) const {
        return outcome(row) != nullptr && !engine::failed(outcome(row)->error) && outcome(row)->exception.empty();
    }
    /// Where it lies in a replica's log.
    [[nodiscard]] lab::CopyList copies(u64 row, const lab::Replica& replica) const {
        return scene_.reader().copies().find(scene_.reader(), replica, send(row).message);
    }
    [[nodiscard]] std::vector<lab::Replica> leading(u64 row) const {
        std::vector<lab::Replica> logs;
        for (const TopicPartition id : scene_.partitions_of(send(row).target.topic))
            if (const lab::Replica log = scene_.cluster().leading_replica(id)) logs.push_back(log);
        return logs;
    }
    [[nodiscard]] LedgerState state(u64 row, TopicPartition& where, i64& offset) const {
        std::size_t found = 0;
        for (const lab::Replica& log : leading(row))
            for (const lab::Copy& copy : copies(row, log)) {
                ++found;
                where = log.partition->id;
                offset = copy.offset.value;
            }
        if (found > 1) return LedgerState::twice;
        if (acked(row)) return found == 1 ? LedgerState::once : LedgerState::lost;
        return outcome(row) != nullptr ? LedgerState::refused : LedgerState::waiting;
    }
    /// Those of one producer, oldest first: the last ones.
    [[nodiscard]] std::vector<u64> last_of(NodeId producer, u64 around) const {
        std::vector<u64> rows;
        for (u64 i = std::min(count_, around + kMostCells / 2); i > 0 && rows.size() < kMostCells; --i)
            if (send(i - 1).message.producer == producer) rows.push_back(i - 1);
        std::ranges::reverse(rows);
        return rows;
    }
    /// The send that is looked at: the one at the selected offset, else the first that is lost or doubled, else the
    /// last.
    [[nodiscard]] std::optional<u64> chosen() const {
        if (count_ == 0) return std::nullopt;
        const Object& selected = scene_.selected();
        if (selected.kind == ObjectKind::offset) {
            const lab::Replica log = selected.node == sim::kNoNode
                                         ? scene_.cluster().leading_replica(selected.id)
                                         : scene_.cluster().replica(selected.node, selected.id);
            for (u64 i = count_; i > 0 && log; --i)
                for (const lab::Copy& copy : copies(i - 1, log))
                    if (copy.offset.value == selected.offset) return i - 1;
        }
        const u64 first = count_ - std::min(count_, kMostCells);
        for (u64 i = first; i < count_; ++i) {
            TopicPartition where;
            i64 offset = -1;
            const LedgerState found = state(i, where, offset);
            if (found == LedgerState::lost || found == LedgerState::twice) return i;
        }
        return count_ - 1;
    }

private:
    const Scene& scene_;
    u64 count_;
};

std::string name_of(const SendRow& send) {
    constexpr std::size_t kShort = 24;
    return send.value.is_null || send.value.text.empty() ? fmt::format("record {}", send.message.ordinal)
                                                         : shortened(send.value.text, kShort);
}

TraceStageVm stage(std::string title, std::string note, TraceState state, std::string object = "") {
    return {std::move(title), std::move(note), state, std::move(object)};
}

void add_log_stages(const Scene& scene, const Sends& sends, u64 row, TopicPartition id, SpaceTimeVm& vm) {
    const auto* state = scene.cluster().find(id);
    if (state == nullptr) return;
    for (const BrokerId broker : state->replicas) {
        const lab::Replica replica = scene.cluster().replica(scene.world().broker_node(broker), id);
        const lab::CopyList copies = replica ? sends.copies(row, replica) : lab::CopyList{};
        const std::string title = fmt::format("log of broker {}", broker.value);
        if (copies.empty())
            vm.trace.push_back(stage(title, "not there", sends.acked(row) ? TraceState::never : TraceState::not_yet,
                                     fmt::format("broker {}", broker.value)));
        else
            vm.trace.push_back(
                stage(title, fmt::format("offset {}", copies[0].offset.value), TraceState::done,
                      fmt::format("{} offset {}", scene.replica_name(id, broker), copies[0].offset.value)));
    }
}

/// How often one reader worked off each send: a record whose commit was made and that nobody worked off is lost to it.
class Worked {
public:
    Worked(const Scene& scene, const Past& past) : scene_(scene), past_(past) {
        for (const lab::KnownGroup& known : lab::known_groups(scene.reader()))
            if (known.group != nullptr) groups_.push_back(known);
        const engine::History& history = scene.history();
        for (u64 d = 0; d < scene.reader().rows_now(history.deliveries); ++d) {
            const engine::DeliveryRow& row = history.deliveries[d];
            Count& count = counts_[{reader_of(row), row.message.packed()}];
            if (is_processed(d)) ++count.done;
            else if (!died_since(row)) ++count.in_hand;
        }
    }
    /// Names of those who read, in their order.
    [[nodiscard]] std::vector<std::string> readers() const {
        std::vector<std::string> names;
        for (const auto& [key, count] : counts_)
            if (std::ranges::find(names, key.first) == names.end() && names.size() < kMostReaders)
                names.push_back(key.first);
        return names;
    }
    [[nodiscard]] LedgerState state(const std::string& reader, const SendRow& send, TopicPartition id,
                                    i64 offset) const {
        const auto found = counts_.find({reader, send.message.packed()});
        const Count count = found == counts_.end() ? Count{} : found->second;
        if (count.done > 0) return count.done > 1 ? LedgerState::twice : LedgerState::once;
        if (count.in_hand > 0 || offset < 0) return LedgerState::waiting;
        return committed(reader, id) > offset ? LedgerState::lost : LedgerState::waiting;
    }

    [[nodiscard]] std::string reader_of(NodeId consumer) const {
        const std::string& group = lab::group_name_of(scene_.reader(), consumer);
        return group.empty() ? scene_.name(consumer) : group;
    }
    /// Where nothing is selected and the log has all of them once: the first that a reader lost or worked off twice.
    [[nodiscard]] u64 better(const Sends& sends, u64 chosen) const {
        TopicPartition where;
        i64 offset = -1;
        const LedgerState found = sends.state(chosen, where, offset);
        const bool of_note = found == LedgerState::lost || found == LedgerState::twice;
        if (of_note || scene_.selected().kind == ObjectKind::offset) return chosen;
        for (const std::string& reader : readers())
            for (const u64 row : sends.last_of(sends.send(chosen).message.producer, chosen)) {
                offset = -1;
                static_cast<void>(sends.state(row, where, offset));
                const LedgerState its = state(reader, sends.send(row), where, offset);
                if (its == LedgerState::lost || its == LedgerState::twice) return row;
            }
        return chosen;
    }

private:
    struct Count {
        u64 done = 0, in_hand = 0;
    };
    [[nodiscard]] std::string reader_of(const engine::DeliveryRow& row) const {
        const std::string group = row.group == sim::kNoName ? "" : scene_.reader().text(row.group);
        return group.empty() ? scene_.name(row.consumer) : group;
    }
    [[nodiscard]] bool is_processed(u64 delivery) const {
        const engine::History& history = scene_.history();
        if (delivery >= history.processed_of.size() || history.processed_of[delivery] == engine::kNoRow) return false;
        return history.processed[history.processed_of[delivery]].event_index < scene_.cursor();
    }
    [[nodiscard]] bool died_since(const engine::DeliveryRow& row) const {
        const Nanos at = scene_.event_time(row.event_index);
        return std::ranges::any_of(
            past_.down, [&](const DownSpan& down) { return down.node == row.consumer && down.from >= at; });
    }
    [[nodiscard]] i64 committed(const std::string& reader, TopicPartition id) const {
        for (const lab::KnownGroup& known : groups_) {
            if (scene_.reader().text(known.group->name) != reader) continue;
            const auto* offset = known.group->offsets.find(id);
            return offset == nullptr ? -1 : offset->offset.value;
        }
        return -1;
    }

    const Scene& scene_;
    const Past& past_;
    std::vector<lab::KnownGroup> groups_;
    std::map<std::pair<std::string, u64>, Count> counts_;
};

void add_end_stages(const Scene& scene, const Sends& sends, const Worked& worked, u64 row, TopicPartition id,
                    i64 offset, SpaceTimeVm& vm) {
    const lab::Replica leading = scene.cluster().leading_replica(id);
    const bool committed = leading && offset >= 0 && offset < leading.partition->high_watermark.value;
    const TraceState open = sends.acked(row) && offset < 0 ? TraceState::never : TraceState::not_yet;
    vm.trace.push_back(stage("committed",
                             leading ? fmt::format("HW {}", leading.partition->high_watermark.value) : "no leader",
                             committed ? TraceState::done : open));
    const engine::History& history = scene.history();
    for (sim::u16 i = 0; i < scene.reader().node_count(); ++i) {
        if (scene.world().card({i}).kind != engine::NodeKind::consumer) continue;
        u64 times = 0;
        Nanos first;
        for (u64 d = 0; d < scene.reader().rows_now(history.deliveries); ++d) {
            const engine::DeliveryRow& delivery = history.deliveries[d];
            if (delivery.consumer != NodeId{i} || !(delivery.message == sends.send(row).message)) continue;
            if (times++ == 0) first = scene.event_time(delivery.event_index);
        }
        const bool lost =
            worked.state(worked.reader_of(NodeId{i}), sends.send(row), id, offset) == LedgerState::lost;
        const std::string note = lost && times > 0 ? scene.time(first) + ", never worked off"
                                 : lost            ? "committed, never read"
                                 : times == 0      ? "not yet"
                                 : times == 1      ? scene.time(first)
                                                   : fmt::format("{} times", times);
        vm.trace.push_back(stage("read by " + scene.name(NodeId{i}), note,
                                 lost        ? TraceState::never
                                 : times > 0 ? TraceState::done
                                             : open,
                                 scene.name(NodeId{i})));
    }
}

void count_cell(LedgerState state, u64& once, u64& twice, u64& lost) {
    once += state == LedgerState::once ? 1 : 0;
    twice += state == LedgerState::twice ? 1 : 0;
    lost += state == LedgerState::lost ? 1 : 0;
}

void add_reader_ledgers(const Scene& scene, const Sends& sends, const Worked& worked, u64 chosen, SpaceTimeVm& vm) {
    for (const std::string& name : worked.readers()) {
        ReaderLedgerVm reader{name, fmt::format("The same sends at {}: worked off once, twice or never.", name), {}};
        for (const u64 row : sends.last_of(sends.send(chosen).message.producer, chosen)) {
            TopicPartition where;
            i64 offset = -1;
            static_cast<void>(sends.state(row, where, offset));
            LedgerCellVm cell;
            cell.number = fmt::format("{}", sends.send(row).message.ordinal);
            cell.state = worked.state(name, sends.send(row), where, offset);
            cell.selected = row == chosen;
            if (offset >= 0) cell.object = fmt::format("{} offset {}", scene.name(where), offset);
            count_cell(cell.state, reader.once, reader.twice, reader.lost);
            reader.cells.push_back(std::move(cell));
        }
        MR_ASSERT(reader.once + reader.twice + reader.lost <= reader.cells.size());
        vm.readers.push_back(std::move(reader));
    }
}

void add_ledger(const Scene& scene, const Sends& sends, u64 chosen, SpaceTimeVm& vm) {
    for (const u64 row : sends.last_of(sends.send(chosen).message.producer, chosen)) {
        TopicPartition where;
        i64 offset = -1;
        LedgerCellVm cell;
        cell.number = fmt::format("{}", sends.send(row).message.ordinal);
        cell.state = sends.state(row, where, offset);
        cell.selected = row == chosen;
        if (offset >= 0) cell.object = fmt::format("{} offset {}", scene.name(where), offset);
        count_cell(cell.state, vm.once, vm.twice, vm.lost);
        vm.ledger.push_back(std::move(cell));
    }
    vm.ledger_sentence = fmt::format("Every send of {}, and how often it is in the log of the leader.",
                                     scene.name(sends.send(chosen).message.producer));
}

}  // namespace

void add_record_trace(const Scene& scene, SpaceTimeVm& vm) {
    const Sends sends(scene);
    auto chosen = sends.chosen();
    if (!chosen) return;
    const Past past = past_of(scene);
    const Worked worked(scene, past);
    chosen = worked.better(sends, *chosen);
    const SendRow& send = sends.send(*chosen);
    vm.record = "Where " + name_of(send) + " went";
    TopicPartition id = send.target;
    i64 offset = -1;
    static_cast<void>(sends.state(*chosen, id, offset));
    if (id.partition < 0)
        if (const auto partitions = scene.partitions_of(id.topic); partitions.size() == 1) id = partitions.front();
    vm.trace.push_back(stage("made", scene.time(scene.event_time(send.event_index)), TraceState::done,
                             scene.name(send.message.producer)));
    const SendOutcomeRow* outcome = sends.outcome(*chosen);
    add_log_stages(scene, sends, *chosen, id, vm);
    if (outcome == nullptr) vm.trace.push_back(stage("acknowledged", "not yet", TraceState::not_yet));
    else if (sends.acked(*chosen))
        vm.trace.push_back(stage("acknowledged", scene.time(scene.event_time(outcome->event_index)), TraceState::done));
    else
        vm.trace.push_back(stage(
            "refused",
            shortened(outcome->exception.empty()
                          ? "an error"
                          : outcome->exception.substr(outcome->exception.rfind('.', outcome->exception.find(':')) + 1),
                      22),
            TraceState::never));
    add_end_stages(scene, sends, worked, *chosen, id, offset, vm);
    add_ledger(scene, sends, *chosen, vm);
    add_reader_ledgers(scene, sends, worked, *chosen, vm);
}

}  // namespace app
