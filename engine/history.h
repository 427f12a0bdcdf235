// What happened in a world, in order: the other half of what can be asked. The world holds state only.
//
// Append-only; copies share their common past. Every row carries the index of the event it belongs to, so the
// view at a cursor is a prefix of every table: `rows_before(table, index)`. Rows that complete an earlier one
// (an outcome, a delivery) are rows of their own, linked by number, because a link may lie beyond the cursor.
#pragma once

#include "engine/model/observer.h"
#include "sim/base/flat_map.h"
#include "sim/base/persistent_vec.h"
#include "sim/record/input.h"

namespace engine {

constexpr u32 kNoRow = ~u32{0};

struct FactRow {
    sim::FactId id;
    sim::Fact fact;
    [[nodiscard]] u64 index() const { return id.event_index; }
};

struct InputRow {
    u64 event_index = 0;
    Nanos at;
    sim::InputAuthor author = sim::InputAuthor::learner;
    std::string line;
};

/// An answer to a prediction; journaled beside the inputs, it changes no world.
struct AnswerRow {
    u64 event_index = 0;
    Nanos at;
    std::string prompt;
    std::string choice;
    bool correct = false;
};

struct History {
    template <class T>
    using Table = sim::PersistentVec<T>;

    u64 first_index = 0;            // of the first event told
    Table<sim::EventRow> events;    // row i is event first_index + i
    Table<FactRow> facts;
    u64 first_message = 0;          // messages are numbered without gaps
    Table<sim::MessageSent> messages;
    Table<sim::MessageEnded> endings;
    Table<u32> ending_of;           // by message - first_message: row of `endings`, or kNoRow
    Table<SendRow> sends;
    sim::FlatMap<NodeId, Table<u32>> send_of;   // by producer and ordinal: row of `sends`
    Table<SendOutcomeRow> outcomes;
    Table<u32> outcome_of;          // by row of `sends`
    Table<DeliveryRow> deliveries;
    Table<ProcessedRow> processed;
    Table<u32> processed_of;        // by row of `deliveries`
    Table<CommandRow> commands;
    Table<OutsideRow> outside;
    Table<InputRow> inputs;
    Table<AnswerRow> answers;
    u64 touched = 0;                // tables that may read differently since somebody last set this to 0

    /// Row of `sends`, or kNoRow.
    [[nodiscard]] u32 find_send(MessageId message) const;
};

/// Number of rows of a table that belong to events before `index`.
template <class Row>
u64 rows_before(const sim::PersistentVec<Row>& table, u64 index) {
    return table.partition_point([&](const Row& row) {
        if constexpr (requires { row.event_index; }) return row.event_index < index;
        else if constexpr (requires { row.id.event_index; }) return row.id.event_index < index;
        else return row.index < index;
    });
}

/// The rows of events before `index`.
History prefix(const History& history, u64 index);

/// Writes a history.
class HistoryWriter final : public Observer {
public:
    explicit HistoryWriter(History& history) : history_(history) {}

    void on_event(const sim::EventRow& row) override;
    void on_fact(sim::FactId id, const sim::Fact& fact) override;
    void on_message_sent(const sim::MessageSent& row) override;
    void on_message_ended(const sim::MessageEnded& row) override;
    void on_touch(u64 tables) override { history_.touched |= tables; }
    void on_send(const SendRow& row) override;
    void on_send_outcome(const SendOutcomeRow& row) override;
    void on_delivery(const DeliveryRow& row) override;
    void on_processed(const ProcessedRow& row) override;
    void on_command(const CommandRow& row) override;
    void on_outside(const OutsideRow& row) override;

private:
    History& history_;
};

/// Notes an intervention. To be called when it is applied, before its effects are told.
void note_input(History& history, u64 event_index, const sim::Input& input);

}  // namespace engine
