#include "engine/history.h"

#include "engine/model/touch.h"

namespace engine {
namespace {

void set_link(sim::PersistentVec<u32>& links, u64 place, u32 row) {
    MR_ASSERT(row != kNoRow);
    while (links.size() <= place) links.push_back(kNoRow);
    links.edit(place) = row;
}

template <class Table>
void cut(Table& table, u64 index) { table.truncate(rows_before(table, index)); }

/// Links made later than the cut point beyond the kept rows.
void cut_links(sim::PersistentVec<u32>& links, u64 sources, u64 targets) {
    if (links.size() > sources) links.truncate(sources);
    MR_ASSERT(links.size() <= sources);
    for (u64 i = 0; i < links.size(); ++i)
        if (links[i] != kNoRow && links[i] >= targets) links.edit(i) = kNoRow;
}

}  // namespace

u32 History::find_send(MessageId message) const {
    const Table<u32>* rows = send_of.find(message.producer);
    return rows == nullptr || message.ordinal >= rows->size() ? kNoRow : (*rows)[message.ordinal];
}

History prefix(const History& history, u64 index) {
    History cut_off = history;
    MR_ASSERT(index >= history.first_index);
    cut_off.events.truncate(index - history.first_index);
    cut(cut_off.facts, index);
    cut(cut_off.messages, index);
    cut(cut_off.endings, index);
    cut_links(cut_off.ending_of, cut_off.messages.size(), cut_off.endings.size());
    cut(cut_off.sends, index);
    for (auto& [producer, rows] : cut_off.send_of) cut_links(rows, rows.size(), cut_off.sends.size());
    cut(cut_off.outcomes, index);
    cut_links(cut_off.outcome_of, cut_off.sends.size(), cut_off.outcomes.size());
    cut(cut_off.deliveries, index);
    cut(cut_off.processed, index);
    cut_links(cut_off.processed_of, cut_off.deliveries.size(), cut_off.processed.size());
    cut(cut_off.commands, index);
    cut(cut_off.outside, index);
    cut(cut_off.inputs, index);
    cut(cut_off.answers, index);
    MR_ASSERT(cut_off.events.size() <= history.events.size());
    return cut_off;
}

void HistoryWriter::on_event(const sim::EventRow& row) {
    if (history_.events.empty()) history_.first_index = row.index;
    MR_ASSERT(row.index == history_.first_index + history_.events.size());
    history_.events.push_back(row);
    history_.touched |= touch::kTime;
}

void HistoryWriter::on_fact(sim::FactId id, const sim::Fact& fact) {
    MR_ASSERT(history_.facts.empty() || history_.facts.back().id < id);
    MR_ASSERT(history_.events.empty() || id.event_index <= history_.events.back().index);
    history_.facts.push_back({id, fact});
    history_.touched |= touch::kFacts;
}

void HistoryWriter::on_message_sent(const sim::MessageSent& row) {
    if (history_.messages.empty()) history_.first_message = row.message;
    // Opening and closing a connection takes numbers too; those that nobody hears of are left empty.
    while (history_.first_message + history_.messages.size() < row.message) {
        sim::MessageSent gap;
        gap.message = history_.first_message + history_.messages.size();
        gap.event_index = row.event_index;
        history_.messages.push_back(gap);
    }
    MR_ASSERT(history_.first_message + history_.messages.size() == row.message);
    history_.messages.push_back(row);
    history_.touched |= touch::kMessages;
}

void HistoryWriter::on_message_ended(const sim::MessageEnded& row) {
    if (history_.messages.empty() || row.message < history_.first_message) return;  // of before the first event
    set_link(history_.ending_of, row.message - history_.first_message, static_cast<u32>(history_.endings.size()));
    history_.endings.push_back(row);
    history_.touched |= touch::kMessages;
}

void HistoryWriter::on_send(const SendRow& row) {
    set_link(history_.send_of[row.message.producer], row.message.ordinal, static_cast<u32>(history_.sends.size()));
    history_.sends.push_back(row);
    history_.touched |= touch::kLedger;
}

void HistoryWriter::on_send_outcome(const SendOutcomeRow& row) {
    const u32 send = history_.find_send(row.message);
    MR_ASSERT(send != kNoRow);
    set_link(history_.outcome_of, send, static_cast<u32>(history_.outcomes.size()));
    history_.outcomes.push_back(row);
    history_.touched |= touch::kLedger;
}

void HistoryWriter::on_delivery(const DeliveryRow& row) {
    history_.deliveries.push_back(row);
    history_.touched |= touch::kDeliveries;
}

void HistoryWriter::on_processed(const ProcessedRow& row) {
    for (u64 i = history_.deliveries.size(); i-- > 0;) {
        const DeliveryRow& delivery = history_.deliveries[i];
        const bool same =
            delivery.consumer == row.consumer && delivery.source == row.source && delivery.offset == row.offset;
        if (!same) continue;
        set_link(history_.processed_of, i, static_cast<u32>(history_.processed.size()));
        break;
    }
    history_.processed.push_back(row);
    history_.touched |= touch::kDeliveries;
}

void HistoryWriter::on_command(const CommandRow& row) {
    history_.commands.push_back(row);
    history_.touched |= touch::kCommands;
}

void HistoryWriter::on_outside(const OutsideRow& row) { history_.outside.push_back(row); }

void note_input(History& history, u64 event_index, const sim::Input& input) {
    MR_ASSERT(history.inputs.empty() || history.inputs.back().event_index < event_index);
    history.inputs.push_back({event_index, input.at, input.author, input.line});
}

}  // namespace engine
