#include "engine/verb.h"

#include <algorithm>
#include <array>

#include "engine/verb_call.h"
#include "sim/base/assert.h"
#include "sim/base/edit_distance.h"

namespace engine {
namespace {

struct Entry {
    VerbInfo info;
    verbs::Perform perform;
};

// clang-format off
constexpr std::array kVerbs = {
    Entry{{"kill", "kill NODE", "Ends a process at once: its memory is gone, its files and the page cache stay."}, verbs::kill},
    Entry{{"power-cut", "power-cut NODE [torn]", "Switches a machine off: what was not synced to disk is gone, or torn off within a sector."}, verbs::power_cut},
    Entry{{"restart", "restart NODE", "Starts a process again on its old disk."}, verbs::restart},
    Entry{{"pause", "pause NODE", "Stops a process without ending it; its connections stay open."}, verbs::pause},
    Entry{{"resume", "resume NODE", "Lets a paused process go on."}, verbs::resume},
    Entry{{"limp", "limp NODE FACTOR", "Makes all work of a node take FACTOR times as long; 1 ends it."}, verbs::limp},
    Entry{{"clock", "clock NODE +T|-T|normal", "Sets a node's wall clock ahead or back; its timers go on as they were."}, verbs::clock},
    Entry{{"disk", "disk NODE slow FACTOR|full|normal|corrupt FILE [SECTOR]", "Makes a disk slow or full, or well again; or turns over the bits of one sector of a file, and back."}, verbs::disk},
    Entry{{"partition", "partition isolate NODE, or bridge NODE, or NODE, NODE | NODE", "Cuts all links between groups of nodes, in both directions; a bridge still reaches both sides."}, verbs::partition},
    Entry{{"heal", "heal", "Ends every partition and every blocked link."}, verbs::heal},
    Entry{{"block", "block link A -> B", "Lets nothing through from A to B; the way back stays open."}, verbs::block},
    Entry{{"unblock", "unblock link A -> B", "Opens a blocked link again."}, verbs::unblock},
    Entry{{"link", "link A -> B latency T|loss P%|bandwidth BYTES|normal", "Adds latency to a link, loses part of what it carries, or limits its bytes a second."}, verbs::link},
    Entry{{"hold", "hold message ID", "Holds one message back on its way."}, verbs::hold},
    Entry{{"release", "release message ID", "Lets a held message go on."}, verbs::release},
    Entry{{"drop", "drop message ID", "Makes one message vanish; its connection breaks."}, verbs::drop},
    Entry{{"delay", "delay message ID T", "Makes one message take longer by T."}, verbs::delay},
    Entry{{"produce", "produce CLIENT [topic=T] [partition=P] [key=K] [value=V]", "Lets a producer send one record."}, verbs::produce},
    Entry{{"tombstone", "tombstone CLIENT [topic=T] key=K", "Lets a producer send a record with a key and no value."}, verbs::tombstone},
    Entry{{"config", "config topic|broker NAME KEY=VALUE", "Changes a setting while everything runs."}, verbs::config},
    Entry{{"start", "start CLIENT", "Starts a client."}, verbs::start},
    Entry{{"stop", "stop CLIENT|BROKER", "Ends a process in good order: a client finishes its work, a broker hands over what it leads."}, verbs::stop},
    Entry{{"elect", "elect preferred|unclean TOPIC-PARTITION", "Asks the controller for a leader election."}, verbs::elect},
    Entry{{"run", "run COMMAND", "Runs one of Kafka's command-line tools on the console."}, verbs::run},
    Entry{{"arrive", "arrive RECORD at hh:mm:ss", "Lets a record of a producer's list be sent at another time; its event time stays."}, verbs::arrive},
    Entry{{"retime", "retime RECORD to hh:mm:ss", "Gives a record of a producer's list another event time."}, verbs::retime},
    Entry{{"trigger", "trigger QUERY", "Lets a query run its next batch now."}, verbs::trigger},
    Entry{{"type", "type QUERY LINE", "Types a line into the source of a query."}, verbs::type_into},
    Entry{{"submit", "submit NAME like QUERY [KEY=VALUE ...]", "Starts a query like another one, with other words: sql, output_mode, trigger, checkpoint, source.X, watermark.X, sink.X, conf.X."}, verbs::submit},
    Entry{{"outside", "outside attach PORT [HOST]|connect SLOT BROKER|send SLOT|close SLOT", "What a client outside of the world does; programs write it."}, verbs::outside},
    Entry{{"wait", "wait T, or wait until hh:mm:ss", "Lets time pass."}, verbs::wait},
};
// clang-format on

static_assert(std::ranges::all_of(kVerbs,
                                  [](const Entry& entry) { return entry.info.usage.starts_with(entry.info.name); }));
static_assert(std::ranges::all_of(kVerbs, [](const Entry& entry) {
    return std::ranges::count_if(kVerbs, [&](const Entry& other) { return other.info.name == entry.info.name; }) == 1;
}));

constexpr auto kInfos = [] {
    std::array<VerbInfo, kVerbs.size()> infos{};
    for (std::size_t i = 0; i < infos.size(); ++i) infos[i] = kVerbs[i].info;
    return infos;
}();

const Entry* find_entry(std::string_view name) {
    const auto found = std::ranges::find(kVerbs, name, [](const Entry& entry) { return entry.info.name; });
    return found == kVerbs.end() ? nullptr : &*found;
}

std::string unknown_verb(std::string_view name) {
    const auto nearest = std::ranges::min_element(
        kVerbs, {}, [&](const Entry& entry) { return sim::edit_distance(entry.info.name, name); });
    return fmt::format("there is no verb '{}'; the nearest is '{}'", name, nearest->info.name);
}

}  // namespace

std::span<const VerbInfo> verb_table() { return kInfos; }

std::string perform(World& world, std::string_view line, Observer& observer, std::span<const u8> payload) {
    const Verb verb = parse_verb(line);
    const Entry* entry = find_entry(verb.name);
    if (entry == nullptr) return unknown_verb(verb.name);
    verbs::Call call{world, verb, observer, payload};
    MR_ASSERT(entry->perform != nullptr);
    return entry->perform(call);
}

/// The surest way to learn whether a line applies is to carry it out on a copy.
std::string refusal_of(const World& world, std::string_view line) {
    World copy = world;
    const Nanos at = copy.machine.kernel.now;
    copy.machine.begin_input(at, 0, nobody());
    return perform(copy, line, nobody());
}

void refuse_input(World& world, std::string_view line, std::string_view why, Observer& observer) {
    const Verb verb = parse_verb(line);
    verbs::Call call{world, verb, observer};
    verbs::tell_named(call, NodeId{0}, FactKind::input_refused, fmt::format("{}: {}", line, why));
}

namespace verbs {

Refusal find_target(const Call& call, std::size_t word, NodeId& node) {
    if (word >= call.count()) return fmt::format("'{}' needs the name of a node", call.verb.name);
    node = call.world.find_node(call.word(word));
    if (node != sim::kNoNode) return "";
    const auto& cards = call.world.frame->cards;
    MR_ASSERT(!cards.empty());
    const auto nearest = std::ranges::min_element(
        cards, {}, [&](const NodeCard& card) { return sim::edit_distance(card.name, call.word(word)); });
    return fmt::format("there is no node '{}'; the nearest is '{}'", call.word(word), nearest->name);
}

void tell(Call& call, NodeId about, sim::Fact fact) {
    MR_ASSERT(about.value < call.world.nodes.size());
    sim::Env env(call.world.machine.parts(call.observer), about, 0);
    fact.node = about;
    env.fact(fact);
    call.observer.on_touch(touch::kFacts);
}

void tell_named(Call& call, NodeId about, FactKind kind, std::string_view what) {
    tell(call, about, named_fact(kind, call.world.machine.kernel.names.intern(what)));
}

}  // namespace verbs
}  // namespace engine
