// Sections: waiting · who leads · the watermark · a row · partitions.
#include "app/lab/play/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/lab/sql/cluster.h"
#include "app/lab/sql/known_groups.h"
#include "app/lab/sql/streams.h"
#include "engine/stream/compiled_query.h"

namespace app::lab {
namespace {

using engine::BatchRow;
using engine::BrokerId;
using engine::TopicPartition;
using engine::broker::BrokerList;
using sim::i64;
using sim::u64;
using Words = std::vector<std::string>;

Words words_of(std::string_view line) {
    Words words(1);
    for (const char c : line) {
        if (c != ' ') words.back() += c;
        else if (!words.back().empty()) words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

Decision bad_line(std::string text) { return {Decided::not_a_line, std::move(text)}; }
Decision verdict(bool same, std::string text) { return {same ? Decided::accepted : Decided::refused, std::move(text)}; }

// ---- waiting ------------------------------------------------------------------------------------------

constexpr u64 kMostEvents = 200'000;

/// A copy that runs on. Nothing of it is recorded.
struct Ahead {
    explicit Ahead(const Run& run) : world(run.world()), until(run.clock() + sim::seconds(3600)) { look(); }

    /// Runs until something holds; false if it did not within an hour of the world.
    bool pass_until(auto&& holds) {
        for (u64 i = 0; i < kMostEvents; ++i) {
            if (holds()) return true;
            if (world.kernel().now > until || !WorldTraits::step(world, nullptr)) return false;
            look();
        }
        return false;
    }
    void look() { reader.show({&world, &nothing, world.kernel().event_index, 0}); }

    engine::World world;
    engine::History nothing;
    sim::Nanos until;
    Reader reader;
};

TopicPartition partition_named(const Reader& reader, std::string_view name) {
    const auto dash = name.rfind('-');
    if (dash == std::string_view::npos) return {};
    sim::i32 number = -1;
    std::from_chars(name.data() + dash + 1, name.data() + name.size(), number);
    const TopicPartition id{reader.names().find(name.substr(0, dash)), number};
    return id.topic != sim::kNoName && Cluster(reader).find(id) != nullptr ? id : TopicPartition{};
}

// ---- who leads ----------------------------------------------------------------------------------------

struct Election {
    BrokerId leader = engine::kNoBroker;
    sim::i32 epoch = -1;
    BrokerList replicas, isr;
};

Election election_of(const Reader& reader, TopicPartition id) {
    const Cluster cluster(reader);
    const auto* state = cluster.find(id);
    return state == nullptr ? Election{}
                            : Election{state->leader, state->leader_epoch.value, state->replicas, state->isr};
}

std::string why_not_leader(const Reader& reader, const Election& before, BrokerId chosen, BrokerId leader) {
    const sim::NodeId node = reader.world().broker_node(chosen);
    if (!engine::broker::contains(before.replicas, chosen))
        return fmt::format("Broker {} holds no replica of it.", chosen.value);
    if (node == sim::kNoNode || !reader.world().kernel().host(node).alive())
        return fmt::format("Broker {} is not alive.", chosen.value);
    if (!engine::broker::contains(before.isr, chosen))
        return fmt::format("Broker {} was not in the ISR {{{}}}.", chosen.value, engine::broker::to_text(before.isr));
    return fmt::format("Broker {} could, but broker {} stands before it in {}.", chosen.value, leader.value,
                       engine::broker::to_text(before.replicas));
}

Decision decide_leader(const Run& run, const Words& words) {
    Ahead world(run);
    const TopicPartition id = partition_named(world.reader, words[1]);
    if (id.topic == sim::kNoName) return bad_line(fmt::format("there is no partition '{}'", words[1]));
    BrokerId chosen;
    std::from_chars(words[2].data(), words[2].data() + words[2].size(), chosen.value);
    const Election now = election_of(world.reader, id);
    Election before = now, after = now;
    const bool held = world.pass_until([&] {
        before = std::exchange(after, election_of(world.reader, id));
        return after.epoch > now.epoch && after.leader != engine::kNoBroker;
    });
    if (!held)
        return {Decided::undecided,
                now.leader == engine::kNoBroker
                    ? "Nobody is elected within the hour: no member of the ISR comes back."
                    : fmt::format("No election is held within the hour: broker {} goes on leading.", now.leader.value)};
    if (after.leader == chosen)
        return verdict(
            true,
            fmt::format("The controller elects broker {} too: first of {} that is alive and in the ISR {{{}}}.",
                        chosen.value, engine::broker::to_text(after.replicas), engine::broker::to_text(before.isr)));
    return verdict(
        false, fmt::format("The controller elects broker {}. {} The rule: first in the assignment, alive, in the ISR.",
                           after.leader.value, why_not_leader(world.reader, before, chosen, after.leader)));
}

// ---- the watermark ------------------------------------------------------------------------------------

Decision decide_watermark(const Run& run, const Words& words) {
    Ahead world(run);
    if (!find_query(world.reader, words[1])) return bad_line(fmt::format("there is no query '{}'", words[1]));
    const BatchRow* last = newest_committed(driver_of(world.reader), words[1]);
    const i64 seen = last == nullptr ? -1 : last->batch_id;
    const bool ran = world.pass_until([&] {
        const BatchRow* newest = newest_committed(driver_of(world.reader), words[1]);
        return newest != nullptr && newest->batch_id > seen;
    });
    if (!ran) return {Decided::undecided, "No batch ends within the hour."};
    const BatchRow& batch = *newest_committed(driver_of(world.reader), words[1]);
    const std::string moment = engine::spark::moment_text(batch.next_ms), clock = moment.substr(11);
    const bool same = clock == words[2] || clock == words[2] + ":00";
    return verdict(
        same,
        fmt::format("Batch {} leaves the watermark at {}{}. The rule: the largest event time read so far less the "
                    "delay; it never goes back, and the next batch is the first to use it.",
                    batch.batch_id, clock, same ? ", as you say" : ""));
}

// ---- a row --------------------------------------------------------------------------------------------

/// The committed batch that read an offset; nullptr if none did.
const BatchRow* reader_of(const engine::spark::Driver& driver, TopicPartition id, i64 offset) {
    const auto& tasks = driver.progress.ledger.tasks;
    for (u64 i = tasks.size(); i > 0; --i) {
        const engine::TaskRow& task = tasks[i - 1];
        if (task.source != id || task.from > offset || offset >= task.until) continue;
        const auto& batches = driver.progress.ledger.batches;
        for (u64 b = batches.size(); b > 0; --b)
            if (batches[b - 1].query == task.query && batches[b - 1].batch_id == task.batch_id &&
                batches[b - 1].committed)
                return &batches[b - 1];
    }
    return nullptr;
}

Decision decide_row(const Run& run, const Words& words) {
    Ahead world(run);
    const engine::spark::Driver* driver = driver_of(world.reader);
    const TopicPartition id = partition_named(world.reader, words[1]);
    if (driver == nullptr || id.topic == sim::kNoName)
        return bad_line("a row is PARTITION OFFSET of a topic that a query reads");
    if (words.size() != 4 || (words[3] != "drop" && words[3] != "keep"))
        return bad_line("decide row needs drop or keep");
    i64 offset = -1;
    std::from_chars(words[2].data(), words[2].data() + words[2].size(), offset);
    if (!world.pass_until([&] { return reader_of(*driver_of(world.reader), id, offset) != nullptr; }))
        return {Decided::undecided, "No query reads that row within the hour."};
    const auto& ends = driver_of(world.reader)->progress.ledger.state_ends;
    const BatchRow& batch = *reader_of(*driver_of(world.reader), id, offset);
    const engine::StateEndRow* dropped = nullptr;
    bool unnamed = false;  // a group of several rows was dropped: which ones is not told
    for (u64 i = 0; i < ends.size(); ++i) {
        if (!ends[i].late || ends[i].batch_id != batch.batch_id || ends[i].query != batch.query) continue;
        unnamed = unnamed || ends[i].offset < 0;
        if (ends[i].offset == offset) dropped = &ends[i];
    }
    if (dropped == nullptr && unnamed)
        return {Decided::undecided,
                fmt::format("Batch {} drops several rows at once: which, it does not tell.", batch.batch_id)};
    const bool same = (words[3] == "drop") == (dropped != nullptr);
    if (dropped == nullptr)
        return verdict(same, "It is kept: its window had not ended at the watermark that late rows are held against.");
    const std::string end = dropped->window_end.empty() ? dropped->event_time : dropped->window_end;
    return verdict(
        same, fmt::format(
                  "Batch {} drops `{}`: its window ends {}, and late rows are held against {}. The rule: dropped when "
                  "the end is not after the watermark of the batch before.",
                  dropped->batch_id, dropped->key, end.substr(std::min<std::size_t>(11, end.size())),
                  dropped->watermark.substr(11)));
}

// ---- partitions ---------------------------------------------------------------------------------------

struct Given {
    sim::i32 generation = -1;
    bool stable = false;
    std::size_t members = 0;
    std::string assignor;
    Words partitions;  // of the member, sorted
};

Given given_to(const Reader& reader, sim::NodeId member) {
    Given given;
    for (const KnownGroup& known : known_groups(reader)) {
        const auto mine = std::ranges::any_of(known.group->members,
                                              [&](const auto& each) { return node_of(reader, each.second) == member; });
        if (!mine) continue;
        given = {known.group->generation,
                 known.group->phase == engine::broker::GroupPhase::stable,
                 known.group->members.size(),
                 known.group->protocol,
                 {}};
        for (const KnownAssignment& each : assignments_of(reader, known))
            if (each.member == member)
                given.partitions.push_back(fmt::format("{}-{}", reader.text(each.id.topic), each.id.partition));
    }
    std::ranges::sort(given.partitions);
    return given;
}

std::string list_text(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "nothing" : text;
}

Decision decide_partitions(const Run& run, const Words& words) {
    Ahead world(run);
    const sim::NodeId member = world.reader.world().find_node(words[1]);
    if (member == sim::kNoNode || world.reader.world().card(member).kind != engine::NodeKind::consumer)
        return bad_line(fmt::format("there is no consumer '{}'", words[1]));
    Words chosen(1);
    for (const char c : words[2]) {
        if (c == ',') chosen.emplace_back();
        else chosen.back() += c;
    }
    if (words[2] == "none") chosen.clear();
    std::ranges::sort(chosen);
    const Given now = given_to(world.reader, member);
    Given after = now;
    const bool shared_out = world.pass_until([&] {
        after = given_to(world.reader, member);
        return after.stable && (after.generation > now.generation || !now.stable);
    });
    if (!shared_out)
        return {Decided::undecided,
                fmt::format("No rebalance ends within the hour: it keeps {}.", list_text(now.partitions))};
    const bool same = after.partitions == chosen;
    return verdict(
        same,
        fmt::format(
            "Generation {} with {} members gives {} {} by `{}`. The rule: partitions are shared out among members "
            "sorted by id, and each has one reader in a group.",
            after.generation, after.members, words[1], list_text(after.partitions), after.assignor));
}

}  // namespace

const std::vector<std::string>& decision_forms() {
    static const std::vector<std::string> kForms = {"leader PARTITION BROKER", "watermark QUERY hh:mm:ss",
                                                    "row PARTITION OFFSET drop|keep",
                                                    "partitions CONSUMER PARTITION,..|none"};
    return kForms;
}

Decision decide(const Run& run, std::string_view line) {
    const Words words = words_of(line);
    if (words.size() >= 3) {
        if (words[0] == "leader") return decide_leader(run, words);
        if (words[0] == "watermark") return decide_watermark(run, words);
        if (words[0] == "row") return decide_row(run, words);
        if (words[0] == "partitions") return decide_partitions(run, words);
    }
    std::string forms;
    for (const std::string& form : decision_forms()) forms += (forms.empty() ? "decide " : ", or decide ") + form;
    return bad_line(forms);
}

}  // namespace app::lab
