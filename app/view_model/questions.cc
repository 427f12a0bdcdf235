#include "app/view_model/questions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/lab/sql/streams.h"

namespace app {
namespace {

using engine::NodeKind;

/// Which objects a kind of question fits.
enum class Fits : u8 {
    broker_of_partition,
    partition,
    record,
    broker,
    producer,
    consumer,
    message,
    query,
    query_or_record
};

struct Kind {
    std::string_view id;
    Fits fits;
    std::string_view text;  // {who}: the node or query; {where}: the partition; {offset}
    Answer (*answer)(const Scene&, const Object&);
};

constexpr std::array kKinds = {
    Kind{"not-in-isr", Fits::broker_of_partition, "Why is {who} not in the ISR of {where}?", why_not_in_isr},
    Kind{"not-leader", Fits::broker_of_partition, "Why does {who} not lead {where}?", why_not_leader},
    Kind{"cut", Fits::broker_of_partition, "Why did {who} cut its log of {where}?", why_cut},
    Kind{"thought-dead", Fits::broker, "Why does the cluster think that {who} is dead?", why_thought_dead},
    Kind{"controller", Fits::broker, "Why is {who} the controller?", why_controller},
    Kind{"elected", Fits::partition, "Why does this broker lead {where}?", why_elected},
    Kind{"no-leader", Fits::partition, "Why has {where} no leader?", why_no_leader},
    Kind{"lost", Fits::partition, "Why are acknowledged records missing from {where}?", why_lost},
    Kind{"log-start", Fits::partition, "Why does the log of {where} not begin at offset 0?", why_log_start},
    Kind{"not-visible", Fits::record, "Why may a consumer not read offset {offset} yet?", why_not_visible},
    Kind{"here", Fits::record, "Why is this record in {where}?", why_here},
    Kind{"twice", Fits::record, "Why is this record there twice?", why_twice},
    Kind{"waits", Fits::producer, "Why does {who} wait for an answer?", why_waits},
    Kind{"refused", Fits::producer, "Why did a send of {who} fail?", why_refused},
    Kind{"retried", Fits::producer, "Why did {who} send a batch again?", why_retried},
    Kind{"lag", Fits::consumer, "Why does the lag of {who} grow?", why_lag},
    Kind{"rebalanced", Fits::consumer, "Why did the group of {who} rebalance?", why_rebalanced},
    Kind{"commit-refused", Fits::consumer, "Why was a commit of {who} refused?", why_commit_refused},
    Kind{"reads-nothing", Fits::consumer, "Why does {who} read nothing?", why_reads_nothing},
    Kind{"assigned", Fits::consumer, "Why has {who} these partitions?", why_assigned},
    Kind{"reads-from", Fits::consumer, "Why did {who} begin to read there?", why_reads_from},
    Kind{"coordinator", Fits::consumer, "Why does this broker look after the group of {who}?", why_coordinator},
    Kind{"not-arrived", Fits::message, "Why has this message not arrived?", why_not_arrived},
    Kind{"dropped", Fits::query_or_record, "Why was a row of {who} dropped?", why_dropped},
    Kind{"nothing-emitted", Fits::query, "Why has {who} emitted nothing?", why_nothing_emitted},
    Kind{"query-failed", Fits::query, "Why did {who} fail?", why_query_failed},
    Kind{"no-batch", Fits::query, "Why does {who} run no batch?", why_no_batch},
    Kind{"watermark", Fits::query, "Why does the watermark of {who} stand there?", why_watermark},
    Kind{"evicted", Fits::query, "Why did {who} forget a group?", why_evicted},
    Kind{"kept", Fits::query, "Why does {who} still keep state?", why_kept},
    Kind{"batch-again", Fits::query, "Why did {who} run a batch twice?", why_batch_again},
    Kind{"task-again", Fits::query, "Why did {who} run a task twice?", why_task_again},
};

bool is_kind(const Scene& scene, const Object& object, NodeKind kind) {
    return object.node != sim::kNoNode && scene.world().card(object.node).kind == kind;
}

/// A query itself, or the driver that runs it.
bool is_query(const Scene& scene, const Object& object) {
    if (object.kind == ObjectKind::query) return true;
    return object.kind == ObjectKind::node && object.node == scene.world().find_node("driver") &&
           !lab::queries_of(scene.reader()).empty();
}

bool fits(const Scene& scene, const Object& object, const Kind& kind) {
    const bool has_partition = object.id.partition >= 0 || scene.focus().topic != sim::kNoName;
    switch (kind.fits) {
        case Fits::broker_of_partition:
            return is_kind(scene, object, NodeKind::broker) && has_partition &&
                   (object.kind == ObjectKind::node || object.kind == ObjectKind::replica ||
                    object.kind == ObjectKind::offset);
        case Fits::partition:
            return object.kind == ObjectKind::partition || (object.kind == ObjectKind::replica && has_partition);
        case Fits::record: return object.kind == ObjectKind::offset;
        case Fits::broker: return object.kind == ObjectKind::node && is_kind(scene, object, NodeKind::broker);
        case Fits::producer:
            return (object.kind == ObjectKind::node && is_kind(scene, object, NodeKind::producer)) ||
                   (object.kind == ObjectKind::wait && kind.id == "waits");
        case Fits::consumer: return object.kind == ObjectKind::node && is_kind(scene, object, NodeKind::consumer);
        case Fits::message: return object.kind == ObjectKind::message;
        case Fits::query: return is_query(scene, object);
        case Fits::query_or_record:
            return is_query(scene, object) ||
                   (object.kind == ObjectKind::offset && !lab::queries_of(scene.reader()).empty());
    }
    return false;
}

std::string replaced(std::string text, std::string_view place, const std::string& words) {
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place))
        text.replace(at, place.size(), words);
    return text;
}

std::string who_text(const Scene& scene, const Object& object) {
    if (object.kind == ObjectKind::query) return object.text;
    if (object.kind == ObjectKind::offset && object.node == sim::kNoNode) return scene.name(object.id);
    return object.node == sim::kNoNode ? "it" : scene.name(object.node);
}

std::string text_of(const Scene& scene, const Object& object, const Kind& kind) {
    const TopicPartition id = object.id.partition >= 0 ? object.id : scene.focus();
    std::string text = replaced(std::string(kind.text), "{who}", who_text(scene, object));
    text = replaced(std::move(text), "{where}", id.topic == sim::kNoName ? "it" : scene.name(id));
    return replaced(std::move(text), "{offset}", fmt::format("{}", object.offset));
}

const Kind* kind_named(std::string_view name) {
    const auto found = std::ranges::find(kKinds, name.substr(0, name.find(' ')), &Kind::id);
    return found == kKinds.end() ? nullptr : &*found;
}

std::string_view object_part(std::string_view name) {
    const auto blank = name.find(' ');
    return blank == std::string_view::npos ? std::string_view{} : name.substr(blank + 1);
}

}  // namespace

std::vector<Question> questions_of(const Scene& scene, const Object& object) {
    std::vector<Question> questions;
    for (const Kind& kind : kKinds)
        if (fits(scene, object, kind))
            questions.push_back({fmt::format("{} {}", kind.id, object.text), text_of(scene, object, kind)});
    return questions;
}

std::optional<Question> question_named(const Scene& scene, std::string_view name) {
    const Kind* kind = kind_named(name);
    if (kind == nullptr) return {};
    const Object object = scene.object(object_part(name));
    if (!fits(scene, object, *kind)) return {};
    return Question{std::string(name), text_of(scene, object, *kind)};
}

Answer answer_to(const Scene& scene, std::string_view name) {
    const Kind* kind = kind_named(name);
    MR_ASSERT(kind != nullptr);
    return kind->answer(scene, scene.object(object_part(name)));
}

std::vector<std::string_view> question_kinds() {
    std::vector<std::string_view> names;
    for (const Kind& kind : kKinds) names.push_back(kind.id);
    return names;
}

}  // namespace app
