// Sections: on its way · sent again.
#include <fmt/format.h>

#include "app/view_model/questions.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"
#include "engine/model/error_codes.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;

/// What was done to one message by hand.
const FactRow* touched(const Scene& scene, u64 message, FactKind kind) {
    return latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == kind && row.fact.n[0] == static_cast<i64>(message);
    });
}

}  // namespace

// ---- on its way ---------------------------------------------------------------------------------------

Answer why_not_arrived(const Scene& scene, const Object& object) {
    const engine::History& past = scene.history();
    const u64 message = object.number;
    if (message < past.first_message || message - past.first_message >= past.messages.size())
        return not_so("Nothing is known of this message.");
    const sim::MessageSent& sent = past.messages[message - past.first_message];
    const sim::Segment* segment = scene.world().machine.network.find(message);
    const std::string way = fmt::format("{} to {}", scene.name(sent.sender), scene.name(sent.receiver));
    Answer answer;
    answer.so = true;
    answer.rule =
        "Within a connection messages arrive in the order in which they were sent. What is lost on the way is sent "
        "again by TCP, later each time; only an end that is gone loses it for good.";
    if (segment == nullptr) {
        const FactRow* dropped = touched(scene, message, FactKind::message_dropped);
        if (dropped == nullptr) return not_so("It is not on its way any more: it arrived, or its connection ended.");
        answer.verdict = "It was dropped, and its connection broke.";
        add_fact(answer.evidence, dropped);
        return answer;
    }
    const FactRow* silence = silence_between(scene, sent.sender, sent.receiver);
    switch (segment->state) {
        case sim::SegmentState::held:
            answer.verdict = fmt::format("From {}: it is held back by hand.", way);
            add_fact(answer.evidence, touched(scene, message, FactKind::message_held));
            break;
        case sim::SegmentState::arrived:
            answer.verdict = fmt::format("From {}: it is there, but one that was sent before it is not.", way);
            add_fact(answer.evidence, silence);
            break;
        case sim::SegmentState::stalled:
            answer.verdict =
                fmt::format("From {}: it did not get through, {} times so far; it is sent again at {} s.{}", way,
                            segment->attempts, scene.time(segment->due), because(scene, silence));
            add_fact(answer.evidence, silence);
            break;
        case sim::SegmentState::flying:
            answer.verdict = fmt::format("From {}: it is on its way since {} s and arrives at {} s.", way,
                                         scene.time(segment->sent_at), scene.time(segment->due));
            add_fact(answer.evidence, touched(scene, message, FactKind::message_delayed));
            break;
    }
    return answer;
}

// ---- sent again ---------------------------------------------------------------------------------------

Answer why_retried(const Scene& scene, const Object& object) {
    const FactRow* retried = latest_fact(scene, [&](const FactRow& row) {
        return engine::kind_of(row.fact) == FactKind::batch_retried && row.fact.node == object.node;
    });
    if (retried == nullptr) return not_so(fmt::format("No batch of {} was sent twice.", scene.name(object.node)));
    Answer answer;
    answer.so = true;
    const TopicPartition id{retried->fact.subject, retried->fact.partition};
    const auto error = static_cast<engine::ErrorCode>(retried->fact.n[0]);
    answer.verdict = fmt::format("For {} it got `{}`.", scene.name(id), engine::name_of(error));
    const FactRow* election = latest_fact(scene, [&](const FactRow& row) {
        const FactKind kind = engine::kind_of(row.fact);
        return row.id < retried->id && is_about(row, id) && (kind == FactKind::leader || kind == FactKind::no_leader);
    });
    const FactRow* lost = latest_fact(scene, [&](const FactRow& row) {
        return row.id < retried->id && row.fact.node == object.node &&
               engine::kind_of(row.fact) == FactKind::connection_lost;
    });
    if (lost != nullptr) {
        const FactRow* silence =
            silence_between(scene, object.node, NodeId{static_cast<sim::u16>(lost->fact.n[0])}, retried);
        if (silence != nullptr) answer.verdict += because(scene, silence);
        add_fact(answer.evidence, silence);
        add_fact(answer.evidence, lost);
    }
    if (election != nullptr &&
        scene.event_time(retried->index()) - scene.event_time(election->index()) < sim::seconds(60))
        add_fact(answer.evidence, election);
    answer.rule = "What may have been lost, or came to a broker that does not lead, is sent again until "
                  "`delivery.timeout.ms` is over. With idempotence the broker knows a batch that it has already.";
    add_fact(answer.evidence, retried);
    return answer;
}

}  // namespace app
