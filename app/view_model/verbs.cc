#include "app/view_model/verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/lab/play/rewind.h"
#include "app/lab/sql/streams.h"
#include "app/view_model/effects.h"
#include "app/view_model/query_data.h"
#include "app/view_model/replica_state.h"
#include "app/view_model/words.h"
#include "engine/verb.h"
#include "engine/world_spark.h"

namespace app {
namespace {

using engine::NodeKind;

constexpr std::size_t kLongestEffect = 72;

class Items {
public:
    explicit Items(const Scene& scene) : scene_(scene) {}
    void add(std::string line, std::string text, std::string key = "") {
        MenuItemVm item;
        item.why_not = why_not(scene_, line);
        if (item.enabled()) item.effect = shortened(effect_of(scene_, line), kLongestEffect);
        item.verb = std::move(line);
        item.text = std::move(text);
        item.key = std::move(key);
        items_.push_back(std::move(item));
    }
    /// Of two that exclude each other, the one that applies.
    void add_either(const std::string& line, const std::string& text, const std::string& other,
                    const std::string& other_text) {
        if (why_not(scene_, line).empty() || !why_not(scene_, other).empty()) add(line, text);
        else add(other, other_text);
    }
    /// Words are needed: the palette opens with the line begun.
    void add_begun(const std::string& line, std::string text) {
        MenuItemVm item;
        item.verb = "type " + line;
        item.text = std::move(text);
        items_.push_back(std::move(item));
    }
    std::vector<MenuItemVm> take() { return std::move(items_); }

private:
    const Scene& scene_;
    std::vector<MenuItemVm> items_;
};

void add_machine_verbs(const Scene& scene, NodeId node, Items& items) {
    const std::string name = scene.name(node);
    items.add_either("kill " + name, "Kill", "restart " + name, "Start again");
    items.add("power-cut " + name, "Cut the power");
    items.add_either("pause " + name, "Pause", "resume " + name, "Go on");
    items.add("partition isolate " + name, "Cut off from everybody");
    items.add("limp " + name + " 20", "Make 20 times slower");
    items.add("limp " + name + " 1", "Make as fast as before");
}

void add_query_verbs(const lab::KnownQuery& query, Items& items) {
    const std::string& name = query.spec->name;
    items.add("trigger " + name, fmt::format("Run the next batch of {}", name));
    items.add_either("start " + name, fmt::format("Start {}", name), "stop " + name, fmt::format("Stop {}", name));
    items.add_begun("type " + name + " ", fmt::format("Type a line into the source of {} ..", name));
}

/// The driver, an executor or the file system; a console has none.
void add_spark_verbs(const Scene& scene, NodeId node, Items& items) {
    const std::string_view role = engine::spark_role(scene.world(), node);
    if (role.empty()) return;
    if (role == "driver") {
        for (const lab::KnownQuery& query : lab::queries_of(scene.reader())) add_query_verbs(query, items);
        items.add_begun("kill driver at ", "Let it die at a phase ..");
    }
    add_machine_verbs(scene, node, items);
    if (role != "dfs") return;
    items.add("disk dfs slow 20", "Make its disk slow");
    items.add("disk dfs full", "Fill its disk");
    items.add("disk dfs normal", "Make its disk well");
}

void add_node_verbs(const Scene& scene, NodeId node, Items& items) {
    const std::string name = scene.name(node);
    switch (scene.world().card(node).kind) {
        case NodeKind::broker:
            add_machine_verbs(scene, node, items);
            items.add("disk " + name + " slow 20", "Make its disk slow");
            items.add("disk " + name + " full", "Fill its disk");
            items.add("disk " + name + " normal", "Make its disk well");
            items.add_begun("config broker " + name + " ", "Change a setting ..");
            break;
        case NodeKind::zookeeper: add_machine_verbs(scene, node, items); break;
        case NodeKind::producer:
            items.add("produce " + name, "Send one record");
            items.add_begun("produce " + name + " value=", "Send a record of your own ..");
            items.add_begun("tombstone " + name + " key=", "Send a tombstone ..");
            items.add_either("start " + name, "Start", "stop " + name, "Stop in good order");
            add_machine_verbs(scene, node, items);
            break;
        case NodeKind::consumer:
            items.add_either("start " + name, "Start", "stop " + name, "Stop in good order");
            add_machine_verbs(scene, node, items);
            break;
        case NodeKind::console: add_spark_verbs(scene, node, items); break;
    }
}

void add_partition_verbs(const Scene& scene, TopicPartition id, Items& items) {
    const std::string name = scene.name(id);
    const auto* state = scene.cluster().find(id);
    const std::string preferred =
        state == nullptr || state->replicas.empty() ? "" : fmt::format(" (broker {})", state->replicas.front().value);
    items.add("elect preferred " + name, "Elect the preferred leader" + preferred);
    items.add("elect unclean " + name, "Elect an unclean leader");
    items.add_begun("config topic " + scene.reader().text(id.topic) + " ", "Change a setting of the topic ..");
}

/// A record of a producer's list can be sent at another time, or have happened at another time.
void add_record_verbs(const Scene& scene, const Object& object, Items& items) {
    const lab::Replica replica = object.node == sim::kNoNode ? scene.cluster().leading_replica(object.id)
                                                             : scene.cluster().replica(object.node, object.id);
    const auto record = record_at(scene, replica, object.offset);
    if (!record) return;
    const std::string name =
        listed_name(scene, scene.reader().text(object.id.topic), record->value, record->timestamp_ms);
    if (name.empty()) return;
    items.add_begun("arrive " + name + " at ", "Let it arrive at another time ..");
    items.add_begun("retime " + name + " to ", "Give it another event time ..");
}

void add_message_verbs(u64 message, Items& items) {
    items.add(fmt::format("drop message {}", message), "Drop: the connection breaks");
    items.add_either(fmt::format("hold message {}", message), "Hold", fmt::format("release message {}", message),
                     "Release");
    items.add(fmt::format("delay message {} 1s", message), "Delay by 1 s");
}

/// "link shop - broker 2": both directions.
void add_link_verbs(const Scene& scene, std::string_view object, Items& items) {
    const auto dash = object.find(" - ");
    if (dash == std::string_view::npos) return;
    const auto real_name = [&](std::string_view card) {
        return card == "zookeeper" && scene.zookeeper() != sim::kNoNode ? scene.name(scene.zookeeper())
                                                                        : std::string(card);
    };
    const std::string a = real_name(object.substr(5, dash - 5)), b = real_name(object.substr(dash + 3));
    for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}})
        items.add_either(fmt::format("block link {} -> {}", from, to), fmt::format("Block {} to {}", from, to),
                         fmt::format("unblock link {} -> {}", from, to), fmt::format("Open {} to {}", from, to));
    items.add(fmt::format("link {} -> {} latency 500ms", a, b), fmt::format("Slow down {} to {} by 500 ms", a, b));
    items.add_begun(fmt::format("link {} -> {} loss ", a, b), fmt::format("Lose a part of {} to {} ..", a, b));
    items.add_begun(fmt::format("link {} -> {} bandwidth ", a, b), fmt::format("Limit the bytes of {} to {} ..", a, b));
    items.add(fmt::format("link {} -> {} normal", a, b), fmt::format("{} to {} as before", a, b));
}

constexpr std::array kProgramVerbs = {
    ProgramVerb{"restart", "Begin this lesson again", "R"},
    ProgramVerb{"restart new seed", "Begin this lesson again with a new seed", "Shift R"},
    ProgramVerb{"previous lesson", "Previous lesson", "["},
    ProgramVerb{"next lesson", "Next lesson", "]"},
    ProgramVerb{"undo", "Undo: back to the branch before", "Ctrl Z"},
    ProgramVerb{"redo", "Redo: forward to the branch again", "Ctrl Y"},
    ProgramVerb{"bookmark", "Bookmark this moment", "M"},
    ProgramVerb{"note", "Bookmark this moment with a note ..", ""},
    ProgramVerb{"moment", "Write this moment as a line to paste", ""},
    ProgramVerb{"save", "Save a copy of this session", "Ctrl S"},
    ProgramVerb{"transcript", "Write the transcript as Markdown", ""},
    ProgramVerb{"picture", "Write this picture as PNG", "P"},
    ProgramVerb{"film", "Write this step as a film (GIF)", "Shift P"},
    ProgramVerb{"drawing", "Write the space-time diagram as SVG", ""},
    ProgramVerb{"home", "Course home", ""},
    ProgramVerb{"larger", "Larger", "Ctrl +", false},
    ProgramVerb{"smaller", "Smaller", "Ctrl -", false},
    ProgramVerb{"usual size", "100 %", "Ctrl 0", false},
    ProgramVerb{"dark", "Dark theme", "", false},
    ProgramVerb{"light", "Light theme", "", false},
    ProgramVerb{"projector", "Projector theme", "", false},
    ProgramVerb{"reduced motion", "Reduced motion, on or off", "", false},
    ProgramVerb{"quit", "Quit: everything is saved", "", false},
};

}  // namespace

std::string why_not(const Scene& scene, const std::string& line) {
    constexpr std::size_t kMost = 60;
    if (lab::must_precede(scene.world(), scene.at().clock, line)) return "";  // the lab goes back to before it
    return shortened(engine::refusal_of(scene.world(), line), kMost);
}

std::span<const ProgramVerb> program_verbs() { return kProgramVerbs; }

std::vector<MenuItemVm> verbs_of(const Scene& scene, std::string_view name) {
    Items items(scene);
    if (name.starts_with("link ")) {
        add_link_verbs(scene, name, items);
        return items.take();
    }
    if (name == "stage") {
        items.add_begun("partition ", "Split the nodes into groups ..");
        items.add("heal", "Open every blocked link");
    }
    const Object object = scene.object(name);
    switch (object.kind) {
        case ObjectKind::node: case ObjectKind::wait: add_node_verbs(scene, object.node, items); break;
        case ObjectKind::partition: add_partition_verbs(scene, object.id, items); break;
        case ObjectKind::offset: add_record_verbs(scene, object, items); [[fallthrough]];
        case ObjectKind::replica:
            add_partition_verbs(scene, object.id, items);
            if (object.node != sim::kNoNode) add_machine_verbs(scene, object.node, items);
            break;
        case ObjectKind::message: add_message_verbs(object.number, items); break;
        case ObjectKind::topic:
            for (const TopicPartition id : scene.partitions_of(object.id.topic)) add_partition_verbs(scene, id, items);
            break;
        case ObjectKind::session:
            if (const NodeId node = scene.world().find_node(object.text); node != sim::kNoNode)
                add_node_verbs(scene, node, items);
            break;
        case ObjectKind::query:
            if (const auto query = lab::find_query(scene.reader(), object.text.substr(kQueryWord.size())))
                add_query_verbs(query, items);
            break;
        case ObjectKind::nothing: case ObjectKind::fact: case ObjectKind::znode: break;
    }
    return items.take();
}

}  // namespace app
