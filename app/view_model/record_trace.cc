#include "app/view_model/record_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/lab/sql/copies.h"
#include "app/lab/sql/known_groups.h"
#include "app/view_model/past.h"
#include "app/view_model/walked_once.h"
#include "app/view_model/why.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::SendOutcomeRow;
using engine::SendRow;

constexpr u64 kMostTraceCells = 22;
constexpr std::size_t kMostReaders = 6;

/// The last sends at this moment, as the history has them.
class Sends {
public:
    explicit Sends(const Scene& scene) : scene_(scene), count_(scene.reader().rows_now(scene.history().sends)) {
        for (const TopicPartition id : scene.cluster().partitions({}))
            if (const lab::Replica log = scene.cluster().leading_replica(id)) leading_.push_back(log);
    }

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
    /// How often it is in the logs of the leaders, and where; asked for several times a frame and looked for once.
    [[nodiscard]] LedgerState state(u64 row, TopicPartition& where, i64& offset) const {
        const auto known = found_.find(row);
        const Found& found = known != found_.end() ? known->second : found_.emplace(row, look_for(row)).first->second;
        if (found.times > 0) where = found.where, offset = found.offset;
        if (found.times > 1) return LedgerState::twice;
        if (acked(row)) return found.times == 1 ? LedgerState::once : LedgerState::lost;
        return outcome(row) != nullptr ? LedgerState::refused : LedgerState::waiting;
    }
    /// Those of its producer around one, oldest first.
    [[nodiscard]] std::vector<u64> around(u64 row) const {
        std::vector<u64> rows;
        const engine::MessageId message = send(row).message;
        const auto* sent = scene_.history().send_of.find(message.producer);
        if (sent == nullptr) return rows;
        for (u64 i = std::min(sent->size(), message.ordinal + kMostTraceCells / 2);
             i > 0 && rows.size() < kMostTraceCells; --i)
            if ((*sent)[i - 1] < count_) rows.push_back((*sent)[i - 1]);   // others were not told, or not yet
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
            const engine::FactRow* put_there = deciding_fact(scene_, selected);
            const u64 sent = put_there == nullptr
                                 ? count_
                                 : engine::rows_before(scene_.history().sends, put_there->index() + 1);
            for (u64 i = std::min(sent, count_); i > 0 && log; --i)
                for (const lab::Copy& copy : copies(i - 1, log))
                    if (copy.offset.value == selected.offset) return i - 1;
        }
        const u64 first = count_ - std::min(count_, kMostTraceCells);
        for (u64 i = first; i < count_; ++i) {
            TopicPartition where;
            i64 offset = -1;
            const LedgerState found = state(i, where, offset);
            if (found == LedgerState::lost || found == LedgerState::twice) return i;
        }
        return count_ - 1;
    }

private:
    struct Found {
        u64 times = 0;
        TopicPartition where;
        i64 offset = -1;
    };
    [[nodiscard]] Found look_for(u64 row) const {
        Found found;
        for (const lab::Replica& log : leading_) {
            if (log.partition->id.topic != send(row).target.topic) continue;
            for (const lab::Copy& copy : copies(row, log))
                found = {found.times + 1, log.partition->id, copy.offset.value};
        }
        return found;
    }

    const Scene& scene_;
    u64 count_;
    std::vector<lab::Replica> leading_;
    mutable std::map<u64, Found> found_;
};

std::string name_of(const SendRow& send) {
    constexpr std::size_t kShort = 24;
    return send.value.is_null || send.value.text.empty() ? fmt::format("record {}", send.message.ordinal)
                                                         : shortened(send.value.text, kShort);
}

TraceStageVm stage(std::string title, std::string note, TraceState state, std::string object = "") {
    return {std::move(title), std::move(note), state, std::move(object)};
}

/// "offset 1", "offsets 1, 2": a record may lie in a log more than once.
std::string offsets_text(const lab::CopyList& copies) {
    std::string text;
    for (const lab::Copy& copy : copies) text += fmt::format("{}{}", text.empty() ? "" : ", ", copy.offset.value);
    return (copies.size() == 1 ? "offset " : "offsets ") + text;
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
                stage(title, offsets_text(copies), TraceState::done,
                      fmt::format("{} offset {}", scene.replica_name(id, broker), copies[0].offset.value)));
    }
}

/// Deliveries by the record that they hand over.
struct Deliveries {
    struct Reader {
        NodeId consumer;
        sim::NameId group;
        u64 first = 0;   // row
    };
    sim::FlatMap<NodeId, sim::PersistentVec<u32>> latest;   // by producer and ordinal: row, or kNoRow
    sim::PersistentVec<u32> earlier;                        // by row: the row before it of the same record, or kNoRow
    std::vector<Reader> readers;

    void take(const engine::DeliveryRow& row, u64 place) {
        u32 before = engine::kNoRow;
        if (row.message.producer != sim::kNoNode) {
            auto& of_producer = latest[row.message.producer];
            while (of_producer.size() <= row.message.ordinal) of_producer.push_back(engine::kNoRow);
            before = std::exchange(of_producer.edit(row.message.ordinal), static_cast<u32>(place));
        }
        MR_ASSERT(earlier.size() == place && (before == engine::kNoRow || before < place));
        earlier.push_back(before);
        const auto same = [&](const Reader& each) { return each.consumer == row.consumer && each.group == row.group; };
        if (std::ranges::none_of(readers, same)) readers.push_back({row.consumer, row.group, place});
    }
    /// Rows of one record, latest first.
    [[nodiscard]] std::vector<u64> rows_of(engine::MessageId message) const {
        std::vector<u64> rows;
        const auto* of_producer = latest.find(message.producer);
        if (of_producer == nullptr || message.ordinal >= of_producer->size()) return rows;
        for (u32 row = (*of_producer)[message.ordinal]; row != engine::kNoRow; row = earlier[row]) rows.push_back(row);
        return rows;
    }
};

const Deliveries& deliveries_of(const engine::History& history) {
    thread_local WalkedOnce<engine::DeliveryRow, Deliveries> walked;
    return walked.over(history.deliveries, [](Deliveries& sum, const engine::DeliveryRow& row, u64 place) {
        sum.take(row, place);
    });
}

/// How often one reader worked off each send: a record whose commit was made and that nobody worked off is lost to it.
class Worked {
public:
    Worked(const Scene& scene, const Past& past)
        : scene_(scene), past_(past), deliveries_(deliveries_of(scene.history())),
          rows_now_(scene.reader().rows_now(scene.history().deliveries)) {
        for (const lab::KnownGroup& known : lab::known_groups(scene.reader()))
            if (known.group != nullptr) groups_.push_back(known);
    }
    /// Rows of one send's deliveries at this moment, latest first.
    [[nodiscard]] std::vector<u64> deliveries(const SendRow& send) const {
        std::vector<u64> rows = deliveries_.rows_of(send.message);
        std::erase_if(rows, [&](u64 row) { return row >= rows_now_; });
        return rows;
    }
    /// Names of those who read, in their order.
    [[nodiscard]] std::vector<std::string> readers() const {
        std::vector<std::string> names;
        for (const Deliveries::Reader& each : deliveries_.readers)
            if (each.first < rows_now_) names.push_back(reader_of(each.consumer, each.group));
        std::ranges::sort(names);
        names.erase(std::unique(names.begin(), names.end()), names.end());
        if (names.size() > kMostReaders) names.resize(kMostReaders);
        return names;
    }
    [[nodiscard]] LedgerState state(const std::string& reader, const SendRow& send, TopicPartition id,
                                    i64 offset) const {
        u64 done = 0, in_hand = 0;
        for (const u64 place : deliveries(send)) {
            const engine::DeliveryRow& row = scene_.history().deliveries[place];
            if (reader_of(row.consumer, row.group) != reader) continue;
            if (is_processed(place)) ++done;
            else if (!died_since(row)) ++in_hand;
        }
        if (done > 0) return done > 1 ? LedgerState::twice : LedgerState::once;
        if (in_hand > 0 || offset < 0) return LedgerState::waiting;
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
            for (const u64 row : sends.around(chosen)) {
                offset = -1;
                static_cast<void>(sends.state(row, where, offset));
                const LedgerState its = state(reader, sends.send(row), where, offset);
                if (its == LedgerState::lost || its == LedgerState::twice) return row;
            }
        return chosen;
    }

private:
    [[nodiscard]] std::string reader_of(NodeId consumer, sim::NameId group_name) const {
        const std::string group = group_name == sim::kNoName ? "" : scene_.reader().text(group_name);
        return group.empty() ? scene_.name(consumer) : group;
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
    const Deliveries& deliveries_;
    u64 rows_now_;
    std::vector<lab::KnownGroup> groups_;
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
        for (const u64 place : worked.deliveries(sends.send(row))) {
            const engine::DeliveryRow& delivery = history.deliveries[place];
            if (delivery.consumer != NodeId{i}) continue;
            ++times;
            first = scene.event_time(delivery.event_index);
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
        for (const u64 row : sends.around(chosen)) {
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
    for (const u64 row : sends.around(chosen)) {
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
