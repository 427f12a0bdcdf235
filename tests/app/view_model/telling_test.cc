// What the screen says must be so: the high watermark's rule in every state of the ISR, lanes of brokers without a
// replica, and each change told once.
#include <catch2/catch_test_macros.hpp>

#include "app/lab/play/transcript.h"
#include "app/view_model/shot.h"
#include "app/view_model/telling.h"
#include "tests/app/view_model/told.h"

using namespace app;
using tests::Told;
using tests::with_object;

namespace {

ScreenVm screen_at(const std::string& lesson, const std::string& step) {
    ShotRequest request;
    request.lesson = lesson;
    request.step = step;
    const auto shot = prepare_shot(request);
    REQUIRE(shot.has_value());
    return shot->screen;
}

/// Broker 2 hears nothing of the leader until it is out of the ISR.
void shrink_isr(Told& told) {
    told.orders().pass(sim::seconds(2));
    told.act("block link broker 1 -> broker 2");
    REQUIRE(told.pass_until("SELECT isr = '1,3' FROM partitions WHERE topic = 'orders'", sim::seconds(60)));
    told.orders().pass(sim::seconds(1));
}

}  // namespace

TEST_CASE("telling: below min.insync.replicas the rule names that gate, not a new leader") {
    const ScreenVm screen = screen_at("203", "gate");
    CHECK(screen.partitions.rule ==
          "HW stays **1**: the ISR has 1 of the 2 members that `min.insync.replicas` asks for.");
}

TEST_CASE("telling: a new leader waits for its followers, and the rule says so") {
    Told told;
    told.orders().pass(sim::seconds(3));
    told.act("kill broker 1");
    std::string rule;
    REQUIRE(told.step_until([&](const Scene& scene) {
        rule = high_watermark_rule(scene, scene.focus());
        return rule.find("fetched from the new leader") != std::string::npos;
    }, 20'000));
    CHECK(rule.starts_with("HW stays **"));
}

TEST_CASE("telling: a dead leader and an elected one that does not act yet are not called no leader") {
    Told told;
    REQUIRE(told.pass_until("SELECT high_watermark >= 4 FROM partitions WHERE topic = 'orders'"));
    told.act("kill broker 1");
    {
        const Snapshot at = told.snapshot();
        const Scene scene(at);
        CHECK(high_watermark_numbers(scene, scene.focus()).ends_with(" on broker 1"));
        CHECK(high_watermark_rule(scene, scene.focus())
                  .starts_with("Broker 1 is dead but still the leader by the metadata"));
    }
    REQUIRE(told.pass_until("SELECT leader = 2 FROM partitions WHERE topic = 'orders'"));
    CHECK(told.screen().inspector.key_value.ends_with(" on broker 2"));
    CHECK(screen_at("204", "who").inspector.key_value == "6 on broker 2");
}

TEST_CASE("timeline: a broker that holds no replica has no bar, one that holds one always has") {
    const ScreenVm screen = screen_at("203", "gate");
    for (const char* with : {"broker 1", "broker 2"}) {
        const auto* lane = with_object(screen.timeline.lanes, with);
        REQUIRE(lane != nullptr);
        CHECK_FALSE(lane->bars.empty());
    }
    const auto* without = with_object(screen.timeline.lanes, "broker 3");
    REQUIRE(without != nullptr);
    CHECK(without->bars.empty());
}

TEST_CASE("telling: the leader that hears of an ISR does not tell the change a second time") {
    Told told;
    shrink_isr(told);
    const Snapshot at = told.snapshot();
    const Scene scene(at);
    int facts = 0, told_once = 0;
    std::vector<std::string> sentences;
    for (u64 i = 0; i < scene.history().facts.size(); ++i) {
        const engine::FactRow& row = scene.history().facts[i];
        if (engine::kind_of(row.fact) != engine::FactKind::isr ||
            TopicPartition{row.fact.subject, row.fact.partition} != scene.focus())
            continue;
        ++facts;
        told_once += lab::tells_again(scene.history(), row) ? 0 : 1;
        sentences.push_back(full_text(scene, row));
    }
    REQUIRE(facts == 2);   // the controller's and the leader's
    CHECK(told_once == 1);
    CHECK(sentences[0] == "ISR of orders-0 is {1,3}, was {1,2,3}");
    CHECK(sentences[1] == "broker 1 hears that the ISR {1,3} of orders-0 is written down");

    std::size_t lines = 0;
    lab::write_facts(told.run(), 0, told.run().cursor(), [&](const std::string& line) {
        lines += line.find("ISR of orders-0") != std::string::npos ? 1 : 0;
    });
    CHECK(lines == 1);
}

TEST_CASE("telling: of an unclean election the rule says that its leader was not in the ISR") {
    const auto rule = [](const char* lesson, const char* step) {
        ShotRequest request;
        request.lesson = lesson;
        request.step = step;
        const auto shot = prepare_shot(request);
        REQUIRE(shot);
        return shot->screen.inspector.rule;
    };
    CHECK(rule("206", "choose").find("was **not** in the ISR `1`") != std::string::npos);
    CHECK(rule("204", "who").find("alive and in the ISR: **broker 2**") != std::string::npos);
}
