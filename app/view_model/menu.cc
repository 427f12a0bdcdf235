// Menus, the palette, tooltips.
#include "app/view_model/menu.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/lab/play/decide.h"
#include "app/lab/run/moment.h"
#include "app/lab/sql/streams.h"
#include "app/view_model/effects.h"
#include "app/view_model/make.h"
#include "app/view_model/questions.h"
#include "app/view_model/replica_state.h"
#include "app/view_model/stage_parts.h"
#include "app/view_model/telling.h"
#include "app/view_model/verbs.h"
#include "app/view_model/why.h"
#include "app/view_model/words.h"
#include "engine/verb.h"

namespace app {
namespace {

constexpr std::size_t kMostPaletteRows = 40, kLongestNote = 56;
constexpr std::string_view kForPrograms = "outside";   // a verb that nobody writes by hand

MenuItemVm item(std::string verb, std::string text) {
    MenuItemVm out;
    out.verb = std::move(verb);
    out.text = std::move(text);
    return out;
}

std::vector<MenuItemVm> speeds() {
    std::vector<MenuItemVm> items{item("pace event", "Paced by event"), item("pace time", "Paced by time")};
    for (const i64 per_mille : lab::kSpeeds)
        items.push_back(item(fmt::format("speed {}", per_mille), lab::speed_text({false, per_mille})));
    return items;
}

std::vector<MenuItemVm> items_of(const Scene& scene, const std::string& object) {
    if (object == "speed") return speeds();
    std::vector<MenuItemVm> items;
    if (object == "views" || object == "drawer") {
        const std::vector<std::string> titles = object == "views" ? built_views() : drawer_tabs();
        for (const std::string& title : titles)
            items.push_back(item((object == "views" ? "view " : "drawer ") + title, title));
        return items;
    }
    items = verbs_of(scene, object);
    const std::vector<Question> questions = questions_of(scene, scene.object(object));
    for (const Question& question : questions) items.push_back(item("why " + question.name, question.text));
    if (questions.empty() && deciding_fact(scene, scene.object(object)) != nullptr)
        items.push_back(item("why " + object, "Why is it so?"));
    if (object == "stage") items.push_back(item("fit", "Fit the stage"));
    return items;
}

// ---- palette --------------------------------------------------------------------------------------

class MenuRows {
public:
    MenuRows(const Scene& scene, const std::string& query) : scene_(scene), query_(query) {}
    [[nodiscard]] bool full() const { return rows_.size() >= kMostPaletteRows; }
    void add(std::string kind, std::string text, std::string note, std::string id) {
        if (full() || !has_all_words(kind + " " + text, query_)) return;
        rows_.push_back({std::move(kind), std::move(text), std::move(note), std::move(id), true});
    }
    void add_as_typed(std::string kind, std::string text, std::string note, std::string id) {
        rows_.push_back({std::move(kind), std::move(text), std::move(note), std::move(id), true});
    }
    /// A line: whether it applies is asked only for what is shown.
    void add_line(const std::string& line) {
        if (!full() && has_all_words("Do " + line, query_)) add_line_as_typed(line);
    }
    void add_line_as_typed(const std::string& line) {
        const std::string id = "do " + line;
        if (std::ranges::find(rows_, id, &PaletteRowVm::id) != rows_.end()) return;
        const std::string why = why_not(scene_, line);
        const std::string note = why.empty() ? shortened(effect_of(scene_, line), kLongestNote) : why;
        rows_.push_back({"Do", capital(line), note, id, why.empty()});
    }
    std::vector<PaletteRowVm> take() {
        std::ranges::stable_sort(rows_, {},
                                 [&](const PaletteRowVm& row) { return std::pair{!row.enabled, !starts(row.text)}; });
        return std::move(rows_);
    }

private:
  [[nodiscard]] bool starts(const std::string& text) const {
      return has_all_words(text.substr(0, query_.size()), query_);
  }
    const Scene& scene_;
    const std::string& query_;
    std::vector<PaletteRowVm> rows_;
};

void add_lines(const Scene& scene, MenuRows& rows) {
    for (sim::u16 i = 0; i < scene.reader().node_count(); ++i) {
        if (!has_card(scene, {i})) continue;
        const std::string name = scene.name(NodeId{i});
        for (const char* verb : {"kill", "restart", "pause", "resume", "power-cut", "partition isolate"})
            rows.add_line(fmt::format("{} {}", verb, name));
        const engine::NodeKind kind = scene.world().card({i}).kind;
        if (kind == engine::NodeKind::producer || kind == engine::NodeKind::consumer)
            for (const char* verb : {"start", "stop"}) rows.add_line(fmt::format("{} {}", verb, name));
    }
    for (const sim::NameId topic : scene.topics())
        for (const TopicPartition id : scene.partitions_of(topic))
            for (const char* kind : {"preferred", "unclean"})
                rows.add_line(fmt::format("elect {} {}", kind, scene.name(id)));
    for (const lab::KnownQuery& query : lab::queries_of(scene.reader()))
        for (const char* verb : {"trigger", "start", "stop"})
            rows.add_line(fmt::format("{} {}", verb, query.spec->name));
    rows.add_line("heal");
}

/// Everything that can be asked of what the stage shows.
void add_questions(const Scene& scene, MenuRows& rows) {
    std::vector<std::string> objects;
    for (sim::u16 i = 0; i < scene.reader().node_count(); ++i) objects.push_back(scene.name(NodeId{i}));
    if (scene.focus().topic != sim::kNoName) objects.push_back(scene.name(scene.focus()));
    for (const lab::KnownQuery& query : lab::queries_of(scene.reader()))
        objects.push_back(std::string(kQueryWord) + query.spec->name);
    if (!scene.at().desk.selected.empty()) objects.push_back(scene.at().desk.selected);
    for (const std::string& object : objects)
        for (const Question& question : questions_of(scene, scene.object(object)))
            rows.add("Ask", question.text, "", "why " + question.name);
}

/// What a person may decide in a node's place.
void add_decisions(MenuRows& rows) {
    for (const std::string& form : lab::decision_forms())
        rows.add("Be", "Decide " + form, "in the node's place", "type decide " + form.substr(0, form.find(' ') + 1));
}

/// A verb that was typed out is carried out as it stands; the others show how they are written.
void add_verbs(const std::string& query, MenuRows& rows) {
    const std::string word = query.substr(0, query.find(' '));
    for (const engine::VerbInfo& verb : engine::verb_table()) {
        if (verb.name == kForPrograms) continue;
        if (verb.name == word && query.size() > word.size() + 1) rows.add_line_as_typed(query);
        else rows.add("Write", std::string(verb.usage), "", fmt::format("type {} ", verb.name));
    }
}

/// What is typed by hand: a predicate to wait for, a file to open.
void add_typed(const std::string& query, MenuRows& rows) {
    constexpr std::string_view kUntil = "until ", kOpen = "open ", kDecide = "decide ", kNote = "note ",
                               kEdit = "edit ";
    if (query.starts_with(kNote) && query.size() > kNote.size())
        rows.add_as_typed("Do", "Bookmark this moment: " + query.substr(kNote.size()), "with this note", query);
    if (query.starts_with(kEdit) && query.find(": ") != std::string::npos)
        rows.add_as_typed("Do", capital(query), "starts a second query, with this line", query);
    if (query.starts_with(kDecide))
        rows.add_as_typed("Be", capital(query), "see whether the system does the same", query);
    if (query.starts_with(kUntil))
        rows.add_as_typed("Do", "Run until " + query.substr(kUntil.size()), "until a query's value is true", query);
    if (lab::is_moment(query))
        rows.add_as_typed("Go", "This moment: " + query.substr(0, query.find(" |")), "a copied line", query);
    const std::string path = query.starts_with(kOpen) ? query.substr(kOpen.size()) : "";
    if (path.ends_with(".toml") || path.ends_with(".millrace")) rows.add_as_typed("Open", path, "a file", query);
}

void add_files(const Scene& scene, MenuRows& rows) {
    for (const SessionPlace& session : scene.at().sessions)
        rows.add("Open", session.title, session.when, "open " + session.path);
}

void add_bookmarks(const Scene& scene, MenuRows& rows) {
    const auto& all = scene.at().bookmarks;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto branch = std::ranges::find(scene.at().branches, all[i].branch, &BranchPlace::id);
        const std::string where = branch == scene.at().branches.end() ? "" : ", " + branch->name;
        rows.add("Go", "Bookmark: " + (all[i].note.empty() ? scene.time(all[i].moment) + " s" : all[i].note),
                 scene.time(all[i].moment) + " s" + where, fmt::format("bookmark {}", i));
    }
}

void add_beside(const Scene& scene, MenuRows& rows) {
    for (const CardLinkVm& link : worlds_beside(scene))
        rows.add("Go", link.text, "another world beside this one", "beside " + link.id);
}

/// Steps of every size, with their keys.
void add_steps(const Scene& scene, MenuRows& rows) {
    struct Step {
        std::string_view unit, text, keys;
        bool of_query = false;
    };
    constexpr std::array kSteps = {Step{"event", "event", ". ,"},
                                   Step{"node event", "event of the selected node", "N"},
                                   Step{"record", "record appended or delivered", "J H"},
                                   Step{"phase", "phase of a micro-batch", "Ctrl Shift . ,", true},
                                   Step{"batch", "micro-batch", "Ctrl . ,", true},
                                   Step{"marker", "marker", "Shift . ,"},
                                   Step{"stop", "stop", "PageDown PageUp"}};
    const bool has_query = scene.at().lesson != nullptr && !scene.at().lesson->queries.empty();
    for (const Step& step : kSteps) {
        if (step.of_query && !has_query) continue;
        rows.add("Step", fmt::format("Next {}", step.text), std::string(step.keys),
                 fmt::format("step on {}", step.unit));
        rows.add("Step", fmt::format("Previous {}", step.text), std::string(step.keys),
                 fmt::format("step back {}", step.unit));
    }
}

void add_places(const Scene& scene, MenuRows& rows) {
    for (const NodeId node : scene.brokers()) rows.add("Go", scene.name(node), "", "select " + scene.name(node));
    for (const sim::NameId topic : scene.topics())
        for (const TopicPartition id : scene.partitions_of(topic))
            rows.add("Go", scene.name(id), "", "select " + scene.name(id));
    for (const std::string& title : built_views()) rows.add("View", title, "", "view " + title);
    for (const char* spacing : {"one column an event", "to scale"})
        rows.add("View", fmt::format("Space-time, {}", spacing), "", fmt::format("spacing {}", spacing));
    for (const std::string& title : drawer_tabs()) rows.add("View", title, "below the stage", "drawer " + title);
    for (const BranchPlace& branch : scene.at().branches)
        if (branch.id != scene.at().branch) rows.add("Go", "Branch " + branch.name, "", "branch " + branch.name);
    for (u64 i = scene.history().facts.size(), shown = 0; i > 0 && shown < kMostPaletteRows && !rows.full(); --i) {
        const engine::FactRow& row = scene.history().facts[i - 1];
        if (weight_of(scene.history(), row) != Weight::turning) continue;
        ++shown;
        rows.add("Go", short_text(scene, row), scene.time(scene.event_time(row.index())),
                 "fact " + Scene::fact_object(row.id));
    }
}

// ---- tooltips -------------------------------------------------------------------------------------

void tell_offset(const Scene& scene, const Object& object, HoverVm& vm) {
    const lab::Replica replica = object.node == sim::kNoNode ? scene.cluster().leading_replica(object.id)
                                                             : scene.cluster().replica(object.node, object.id);
    const auto record = record_at(scene, replica, object.offset);
    vm.title = fmt::format("offset {}{}", object.offset, record ? ", " + shortened(record->value, 20) : "");
    if (!record) return;
    vm.mono = fmt::format("epoch {}, {}", record->leader_epoch,
                          record->sequence < 0 ? "no sequence" : fmt::format("sequence {}", record->sequence));
    const bool committed = object.offset < replica.partition->high_watermark.value;
    vm.text = committed ? "Committed: every in-sync copy has it."
                        : "Not committed: this copy does not know yet that every in-sync copy has it.";
}

void tell_message(const Scene& scene, const Object& object, HoverVm& vm) {
    const engine::History& past = scene.history();
    if (object.number < past.first_message || object.number - past.first_message >= past.messages.size()) return;
    const sim::MessageSent& sent = past.messages[object.number - past.first_message];
    vm.title = fmt::format("{}{}", request_name(sent.label), is_reply(sent.label) ? ", answer" : "");
    vm.mono = fmt::format("{} bytes, sent at {}", sent.bytes, scene.time(sent.sent_at));
    const sim::Segment* segment = scene.world().machine.network.find(object.number);
    vm.text = fmt::format("{} to {}.{}", capital(scene.name(sent.sender)), scene.name(sent.receiver),
                          segment == nullptr ? " It is gone." : " Arrives at " + scene.time(segment->due) + " s.");
}

}  // namespace

HoverVm make_hover(const Scene& scene, std::string_view name) {
    HoverVm vm;
    const auto& bookmarks = scene.at().bookmarks;
    for (std::size_t i = 0; i < bookmarks.size(); ++i)
        if (name == fmt::format("bookmark {}", i))
            return {std::string(name), bookmarks[i].note.empty() ? "Bookmark" : bookmarks[i].note,
                    scene.time(bookmarks[i].moment) + " s", "A click goes there."};
    const Object object = scene.object(name);
    switch (object.kind) {
        case ObjectKind::offset: tell_offset(scene, object, vm); break;
        case ObjectKind::message: tell_message(scene, object, vm); break;
        case ObjectKind::fact:
            if (const engine::FactRow* row = scene.find_fact(object.fact)) {
                vm.title = short_text(scene, *row);
                vm.mono = scene.time(scene.event_time(row->index())) + " s";
                vm.text = capital(full_text(scene, *row));
            }
            break;
        case ObjectKind::nothing: case ObjectKind::node: case ObjectKind::topic: case ObjectKind::partition:
        case ObjectKind::replica: case ObjectKind::wait: case ObjectKind::znode: case ObjectKind::session:
        case ObjectKind::query: break;
    }
    if (!vm.title.empty()) vm.object = name;
    return vm;
}

MenuVm make_menu(const Scene& scene) {
    MenuVm vm;
    if (scene.at().desk.menu.empty()) return vm;
    vm.items = items_of(scene, scene.at().desk.menu);
    if (!vm.items.empty()) vm.object = scene.at().desk.menu;
    return vm;
}

PaletteVm make_palette(const Scene& scene) {
    PaletteVm vm;
    vm.open = scene.at().desk.palette_open;
    vm.query = scene.at().desk.palette_query;
    if (!vm.open) return vm;
    MenuRows rows(scene, vm.query);
    add_typed(vm.query, rows);
    if (!vm.query.empty()) add_verbs(vm.query, rows);
    if (!vm.query.empty()) add_decisions(rows);
    if (vm.query.empty()) add_places(scene, rows);
    add_lines(scene, rows);
    if (!vm.query.empty()) add_places(scene, rows);
    if (!vm.query.empty()) add_questions(scene, rows);
    add_bookmarks(scene, rows);
    add_beside(scene, rows);
    if (!vm.query.empty()) add_steps(scene, rows);
    for (const LessonPlace& lesson : scene.at().lessons)
        rows.add("Lesson", lesson.title, fmt::format("level {}", lesson.level), "lesson " + lesson.id);
    add_files(scene, rows);
    for (const ProgramVerb& verb : program_verbs())
        rows.add("Do", std::string(verb.text), std::string(verb.key), "program " + std::string(verb.id));
    rows.add("Help", "Keys", "?", "program help");
    vm.rows = rows.take();
    return vm;
}

}  // namespace app
