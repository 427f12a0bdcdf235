// What happened, up to the cursor: messages, facts, events, inputs, answers.
#include "app/lab/sql/cluster.h"
#include "app/lab/sql/tables.h"
#include "engine/dfs/dfs_wire.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/stream/spark_wire.h"
#include "engine/verb.h"
#include "engine/wire/api.h"
#include "engine/zookeeper/jute.h"

namespace app::lab {
namespace {

using sim::EventRow;
using sim::u64;
using enum ColumnKind;
namespace touch = engine::touch;

/// Walks the first rows of a table of the history.
class Prefix {
public:
    Prefix(const Reader& reader, u64 end) : reader_(reader), end_(end) {}
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] const engine::History& history() const { return reader_.history(); }
    [[nodiscard]] u64 row() const { return row_; }
    [[nodiscard]] u64 id() const { return row_; }

protected:
    bool step() { return ++row_ < end_; }
    /// Goes on to the first row that is wanted.
    template <class IsWanted>
    bool step_to(IsWanted&& is_wanted) {
        while (step()) {
            if (is_wanted()) return true;
            reader_.spend();
        }
        return false;
    }
    /// Shows one row only.
    void narrow(u64 row) {
        row_ = row - 1;
        end_ = std::min(end_, row + 1);
    }
    void show_none() { end_ = 0; }

private:
    const Reader& reader_;
    u64 end_;
    u64 row_ = ~u64{0};
};

// ---- messages -----------------------------------------------------------------------------------

/// Name of the request that a frame carries or answers.
std::string_view api_name(sim::u16 label) {
    if (label >= engine::dfs::kDfsLabelBase) return engine::spark::stream_label_name(label);
    if (label >= engine::zookeeper::kZkLabelBase) return engine::zookeeper::zk_label_name(label);
    const engine::wire::ApiInfo* api = engine::wire::find_api(static_cast<sim::i16>(label >> 1));
    return api == nullptr ? std::string_view{} : api->name;
}

std::string_view outcome_name(sim::MessageOutcome outcome) {
    switch (outcome) {
        case sim::MessageOutcome::in_flight: return "in_flight";
        case sim::MessageOutcome::delivered: return "delivered";
        case sim::MessageOutcome::dropped: return "dropped";
        case sim::MessageOutcome::connection_lost: return "connection_lost";
    }
    return "";
}

class Messages : public Prefix {
public:
    Messages(const Reader& reader, const Keys& keys)
        : Prefix(reader, reader.rows_now(reader.history().messages)), sender_(wanted_node(reader, keys, "sender")),
          receiver_(wanted_node(reader, keys, "receiver")) {}
    bool next() {
        return step_to([&] {  // numbers of handshakes have a row and no sender
            return message().sender != sim::kNoNode && sender_.admits(message().sender) &&
                   receiver_.admits(message().receiver);
        });
    }
    [[nodiscard]] const sim::MessageSent& message() const { return history().messages[row()]; }
    /// Nothing while it is on its way.
    [[nodiscard]] const sim::MessageEnded* ending() const {
        const auto& links = history().ending_of;
        if (row() >= links.size() || links[row()] == engine::kNoRow) return nullptr;
        const sim::MessageEnded& end = history().endings[links[row()]];
        return end.event_index < reader().cursor() ? &end : nullptr;
    }
    [[nodiscard]] sim::MessageOutcome outcome() const {
        return ending() == nullptr ? sim::MessageOutcome::in_flight : ending()->outcome;
    }

private:
    WantedNode sender_;
    WantedNode receiver_;
};

constexpr Column<Messages> kMessages[] = {
    {{"sender", text_key},
     [](const Messages& row, Out out) { out.text(row.reader().node_name(row.message().sender)); }},
    {{"receiver", text_key},
     [](const Messages& row, Out out) { out.text(row.reader().node_name(row.message().receiver)); }},
    {{"api", text}, [](const Messages& row, Out out) { out.text_if_any(api_name(row.message().label)); }},
    {{"sent_at", integer}, [](const Messages& row, Out out) { out.integer(row.reader().ms(row.message().sent_at)); }},
    {{"delivered_at", integer},
     [](const Messages& row, Out out) {
         if (row.outcome() == sim::MessageOutcome::delivered) out.integer(row.reader().ms(row.ending()->at));
     }},
    {{"outcome", text}, [](const Messages& row, Out out) { out.text(outcome_name(row.outcome())); }},
    {{"bytes", integer}, [](const Messages& row, Out out) { out.integer(row.message().bytes); }},
};

// ---- facts --------------------------------------------------------------------------------------

/// A fact's number is its place among all facts, from 1.
class Facts : public Prefix {
public:
    Facts(const Reader& reader, const Keys& keys)
        : Prefix(reader, reader.rows_now(reader.history().facts)), node_(wanted_node(reader, keys, "node")),
          topic_(wanted_topic(reader, keys)), kind_(keys.text("kind").value_or("")) {
        if (const auto seq = keys.number("seq")) *seq < 1 ? show_none() : narrow(static_cast<u64>(*seq) - 1);
    }
    bool next() {
        return step_to([&] {
            return node_.admits(fact().node) && topic_.admits(fact().subject) &&
                   (kind_.empty() || kind_ == kind_name(kind()));
        });
    }
    [[nodiscard]] const engine::FactRow& fact_row() const { return history().facts[row()]; }
    [[nodiscard]] const sim::Fact& fact() const { return fact_row().fact; }
    [[nodiscard]] engine::FactKind kind() const { return engine::kind_of(fact()); }
    [[nodiscard]] std::string text() const {
        const auto name = [this](sim::NodeId node) { return std::string(reader().node_name(node)); };
        return engine::fact_text(fact(), {reader().world().kernel().names, name});
    }
    /// Number of the fact that caused it; -1 if that was an event, or is older than the history.
    [[nodiscard]] sim::i64 cause() const {
        const sim::FactId id = fact().cause;
        if (!id || id.ordinal == 0) return -1;
        const auto& facts = history().facts;
        const u64 place = facts.partition_point([&](const engine::FactRow& other) { return other.id < id; });
        return place < facts.size() && facts[place].id == id ? static_cast<sim::i64>(place) + 1 : -1;
    }

private:
    WantedNode node_;
    WantedTopic topic_;
    std::string kind_;
};

constexpr Column<Facts> kFacts[] = {
    {{"seq", integer_key}, [](const Facts& row, Out out) { out.integer(static_cast<sim::i64>(row.row()) + 1); }},
    {{"at", integer}, [](const Facts& row, Out out) { out.natural(row.reader().event_ms(row.fact_row().index())); }},
    {{"node", text_key}, [](const Facts& row, Out out) { out.text_if_any(row.reader().node_name(row.fact().node)); }},
    {{"kind", text_key}, [](const Facts& row, Out out) { out.text(kind_name(row.kind())); }},
    {{"topic", text_key},
     [](const Facts& row, Out out) {
         if (row.fact().subject != sim::kNoName) out.text(row.reader().text(row.fact().subject));
     }},
    {{"partition", integer}, [](const Facts& row, Out out) { out.natural(row.fact().partition); }},
    {{"text", text}, [](const Facts& row, Out out) { out.text(row.text()); }},
    {{"cause", integer}, [](const Facts& row, Out out) { out.natural(row.cause()); }},
};

// ---- events -------------------------------------------------------------------------------------

std::string_view event_kind_name(sim::EventKind kind) {
    switch (kind) {
        case sim::EventKind::none: return "none";
        case sim::EventKind::boot: return "boot";
        case sim::EventKind::timer: return "timer";
        case sim::EventKind::arrival: return "arrival";
        case sim::EventKind::retransmit: return "retransmit";
        case sim::EventKind::disk: return "disk";
        case sim::EventKind::lane: return "lane";
        case sim::EventKind::rule: return "rule";
        case sim::EventKind::input: return "input";
    }
    return "";
}

class Events : public Prefix {
public:
    Events(const Reader& reader, const Keys& keys)
        : Prefix(reader, reader.rows_now(reader.history().events)), node_(wanted_node(reader, keys, "node")),
          kind_(keys.text("kind").value_or("")) {
        const auto first = static_cast<sim::i64>(reader.history().first_index);
        if (const auto seq = keys.number("seq")) *seq < first ? show_none() : narrow(static_cast<u64>(*seq - first));
    }
    bool next() {
        return step_to(
            [&] { return node_.admits(event().node) && (kind_.empty() || kind_ == event_kind_name(event().kind)); });
    }
    [[nodiscard]] const EventRow& event() const { return history().events[row()]; }
    /// Index of the event that this one continues, or that scheduled it; -1 for inputs and what is older than
    /// the history. An event schedules the entries from its first_seq up to the next event's.
    [[nodiscard]] sim::i64 parent() const {
        if (event().cause != sim::kNoEvent) return static_cast<sim::i64>(event().cause);
        if (event().seq == 0) return -1;
        const u64 later =
            history().events.partition_point([&](const EventRow& other) { return other.first_seq <= event().seq; });
        return later == 0 ? -1 : static_cast<sim::i64>(history().events[later - 1].index);
    }

private:
    WantedNode node_;
    std::string kind_;
};

constexpr Column<Events> kEvents[] = {
    {{"seq", integer_key}, [](const Events& row, Out out) { out.integer(static_cast<sim::i64>(row.event().index)); }},
    {{"at", integer}, [](const Events& row, Out out) { out.integer(row.reader().ms(row.event().at)); }},
    {{"node", text_key}, [](const Events& row, Out out) { out.text_if_any(row.reader().node_name(row.event().node)); }},
    {{"kind", text_key}, [](const Events& row, Out out) { out.text(event_kind_name(row.event().kind)); }},
    {{"parent", integer}, [](const Events& row, Out out) { out.natural(row.parent()); }},
};

// ---- inputs and answers -------------------------------------------------------------------------

std::string_view author_name(sim::InputAuthor author) {
    switch (author) {
        case sim::InputAuthor::lesson: return "lesson";
        case sim::InputAuthor::learner: return "learner";
        case sim::InputAuthor::outside: return "outside";
    }
    return "";
}

class Inputs : public Prefix {
public:
    Inputs(const Reader& reader, const Keys&) : Prefix(reader, reader.rows_now(reader.history().inputs)) {}
    bool next() {
        if (!step()) return false;
        verb_ = engine::parse_verb(input().line);
        return true;
    }
    [[nodiscard]] const engine::InputRow& input() const { return history().inputs[row()]; }
    [[nodiscard]] const engine::Verb& verb() const { return verb_; }

private:
    engine::Verb verb_;
};

constexpr Column<Inputs> kInputs[] = {
    {{"seq", integer}, [](const Inputs& row, Out out) { out.integer(static_cast<sim::i64>(row.input().event_index)); }},
    {{"at", integer}, [](const Inputs& row, Out out) { out.integer(row.reader().ms(row.input().at)); }},
    {{"verb", text}, [](const Inputs& row, Out out) { out.text(row.verb().name); }},
    {{"target", text}, [](const Inputs& row, Out out) { out.text_if_any(row.verb().target); }},
    {{"args", text}, [](const Inputs& row, Out out) { out.text_if_any(row.verb().rest); }},
    {{"author", text}, [](const Inputs& row, Out out) { out.text(author_name(row.input().author)); }},
    {{"branch", integer}, [](const Inputs& row, Out out) { out.integer(row.reader().moment().branch); }},
};

/// An answer belongs to the moment between two events, so one given at the cursor counts.
class Answers : public Prefix {
public:
    Answers(const Reader& reader, const Keys&)
        : Prefix(reader, engine::rows_before(reader.history().answers, reader.cursor() + 1)) {}
    bool next() { return step(); }
    [[nodiscard]] const engine::AnswerRow& answer() const { return history().answers[row()]; }
};

constexpr Column<Answers> kAnswers[] = {
    {{"prompt", text}, [](const Answers& row, Out out) { out.text(row.answer().prompt); }},
    {{"choice", text}, [](const Answers& row, Out out) { out.text(row.answer().choice); }},
    {{"correct", integer}, [](const Answers& row, Out out) { out.boolean(row.answer().correct); }},
    {{"at", integer}, [](const Answers& row, Out out) { out.integer(row.reader().ms(row.answer().at)); }},
};

}  // namespace

std::vector<TableSpec> history_tables() {
    return {
        make_table<Messages, kMessages>("messages", touch::kMessages),
        make_table<Facts, kFacts>("facts", touch::kFacts),
        make_table<Events, kEvents>("events", touch::kTime),
        make_table<Inputs, kInputs>("inputs", touch::kInputs),
        make_table<Answers, kAnswers>("answers", touch::kInputs),
    };
}

}  // namespace app::lab
