#include "app/proof/check/lints.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "app/proof/check/prose.h"
#include "tests/app/lab/lesson/lesson_text.h"

using namespace app::lab;
using namespace app::lab::test;
using namespace app::proof;

namespace {

Lesson lesson_of(const std::string& text, const std::string& path = "204-leader-dies.toml") {
    return load_lesson(path, text).value();
}

Findings findings_in(const std::string& text, const std::string& path = "204-leader-dies.toml") {
    Findings findings;
    check_text(lesson_of(text, path), findings);
    findings.sort();
    return findings;
}

/// An edit of a model lesson, and the rule that it must break, once.
struct Slip {
    std::string_view from, to;
    int lint;
    Level level;
    std::string_view says;
};

void require_finding(const std::string& text, const Slip& slip, const std::string& path) {
    const Findings findings = findings_in(edited(text, slip.from, slip.to), path);
    INFO(slip.to << "\n" << render(findings));
    REQUIRE(findings.of_lint(slip.lint) == 1);
    for (const Finding& finding : findings.all()) {
        if (finding.lint != slip.lint) continue;
        CHECK(finding.level == slip.level);
        CHECK(finding.message.find(slip.says) != std::string::npos);
        CHECK(finding.path == path);
    }
}

std::string repeated(std::string_view word, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += std::string(word) + (i % 8 == 7 ? ". " : " ");
    return text;
}

}  // namespace

TEST_CASE("the model lessons keep every rule that the text decides") {
    CHECK(render(findings_in(leader_dies())) == "");
    CHECK(render(findings_in(watermark(), "407-watermark.toml")) == "");
}

TEST_CASE("the table has every rule once, under its number") {
    CHECK(lint_table().size() == 23);
    for (int number = 1; number <= 23; ++number) CHECK(lint_of(number).number == number);
}

TEST_CASE("each rule finds what it is for") {
    const Slip slip = GENERATE(
        Slip{"id = \"204-leader-dies\"", "id = \"204-leader-died\"", 2, Level::error, "not the file's name"},
        Slip{"level = 2", "level = 3", 2, Level::error, "level 3 is not the first digit"},
        Slip{"because = \"That is written only after the controller has noticed the death, and only if nobody may take "
             "over.\"",
             "because = \"No, it is not so.\"", 7, Level::error, "feedback of 5 words; a wrong choice needs 8"},
        Slip{"misconception = \"most-data-wins\"\n", "", 7, Level::error, "'3' has no misconception"},
        Slip{"value = \"3\"\ntext = \"Broker 3\"\nmisconception = \"most-data-wins\"",
             "value = \"2\"\ntext = \"Broker 3\"\nmisconception = \"most-data-wins\"", 7, Level::error,
             "two choices have the value '2'"},
        Slip{"say = \"The session will expire.", "say = \"Then broker 2 leads. The session will expire.", 8,
             Level::warning, "gives away the answer of 'who'"},
        Slip{"minutes = 12", "minutes = 5", 13, Level::error, "too few"},
        Slip{"minutes = 12", "minutes = 25", 13, Level::error, "4 predictions in 25 minutes; there must be 5"},
        Slip{"ask = \"Which broker leads next?\"",
             "ask = \"One broker is dead. Two are alive and well. Which of these two, or which one of all three of "
             "them, will now be the one to lead?\"",
             14, Level::error, "'ask' has 28 words; at most 25"},
        Slip{"say = \"The session will expire.",
             "say = \"The session of the broker that we have killed a moment ago will, after some more seconds in "
             "which nothing else happens, expire.",
             14, Level::warning, "a sentence of 23 words"},
        Slip{"real = \"Brokers, replication, controller, ZooKeeper sessions, idempotent producer and every byte on the "
             "wire.\"\n",
             "", 16, Level::error, "the fidelity card needs 'real'"},
        Slip{"min.insync.replicas 2 (1), ", "", 16, Level::error,
             "min.insync.replicas is 2 (default 1); 'differs' must name it"},
        Slip{"\"linger.ms\" = 0", "\"linger.ms\" = 5", 16, Level::error, "linger.ms is 5 (default 0)"},
        Slip{"group = \"warehouse\"", "group = \"warehouse\"\nwork = \"1s\"", 16, Level::error,
             "this cost is modelled"},
        Slip{"mode = \"zookeeper\"", "mode = \"zookeeper\"\nversion = \"2.8\"", 16, Level::error, "2.8, which is old"},
        Slip{"The crown sits on the leader; sky blue means *in sync*.", "Sky blue means in sync.", 20, Level::error,
             "\"blue\" alone"},
        Slip{"say = \"The session will expire.", "say = \"The session will simply expire.", 21, Level::warning,
             "\"simply\" tells the learner"},
        Slip{"text = \"Nobody, until broker 1 returns\"", "text = \"Never anybody\"", 21, Level::warning,
             "\"never\" in a choice"},
        Slip{"say = \"The session will expire.", "say = \"The session will expire after 6.", 21, Level::warning,
             "6 of what?"});
    require_finding(leader_dies(), slip, "204-leader-dies.toml");
}

TEST_CASE("words of streams are kept apart") {
    const Slip slip = GENERATE(
        Slip{"Evicted is not lost: it is finished.", "Evicted is lost.", 19, Level::error, "never \"lost\""},
        Slip{"Evicted is not lost: it is finished.", "These evicted rows are gone.", 19, Level::error,
            "only state is evicted"},
        Slip{"Evicted is not lost: it is finished.", "The state was dropped.", 19, Level::error,
            "only rows are dropped"},
        Slip{"Evicted is not lost: it is finished.", "The rows are closed.", 19, Level::error,
            "only windows are closed"},
        Slip{"Evicted is not lost: it is finished.", "Now the window is late.", 19, Level::error,
            "only rows are late"});
    require_finding(watermark(), slip, "407-watermark.toml");
}

TEST_CASE("texts are counted without their Markdown") {
    CHECK(count_words("*orders-0* has **three** `replicas`. - ") == 4);
    CHECK(plain("a `b` **c**", false) == "a  c");
    CHECK(sentences_of("One. Two at 11:58? min.insync.replicas is three!").size() == 3);
    CHECK(normalised("**Still** broker 1!") == "still broker 1");
    CHECK(has_phrase("still broker 1", "broker 1"));
    CHECK_FALSE(has_phrase("still broker 12", "broker 1"));
    CHECK(syllables_of("replica") == 3);
    CHECK(syllables_of("time") == 1);
    CHECK(syllables_of("table") == 2);
}

TEST_CASE("hard texts read like a higher school year than easy ones") {
    const int easy = grade_tenths(sentences_of("The cat sat on the mat. It saw a dog."));
    const int hard = grade_tenths(sentences_of(
        "Deterministic synchronisation necessitates comprehensive reconfiguration of distributed infrastructure."));
    CHECK(easy < 20);
    CHECK(hard > 150);
    const std::string heavy =
        edited(small_lesson(), "say = \"Look.\"", "say = \"" + repeated("synchronisation", 16) + "\"");
    CHECK(render(findings_in(heavy,
        "999-small.toml")).find("the narration reads like school year") != std::string::npos);
}

TEST_CASE("a fault lab has evidence for each cause and keeps the right one to itself") {
    const std::string fault =
        "[fault]\nsymptom = \"SELECT 1\"\ndo = [\"limp broker 3 50\"]\ncauses = [{ value = \"a\", text = \"slow "
        "disk\", evidence = \"SELECT 1\" }]\n";
    const auto with = [&](std::string_view choices) {
        return edited(small_lesson(fault), "until_after = \"1s\"\n",
                      "until_after = \"1s\"\n[step.predict]\nid = \"cause\"\nask = \"Why?\"\nanswer = \"SELECT 1\"\n" +
                          std::string(choices));
    };
    const std::string right = "[[step.predict.choice]]\nvalue = \"a\"\ntext = \"A slow disk\"\nbecause = \"Yes.\"\n";
    const std::string wrong =
        "[[step.predict.choice]]\nvalue = \"b\"\ntext = \"B\"\nmisconception = \"none: a guess\"\nbecause = \"one two "
        "three four five six seven eight\"\n";
    CHECK(findings_in(with(right + wrong), "999-small.toml").of_lint(22) == 1);  // b has no evidence
    const std::string named = edited(with(right + wrong), "say = \"Look.\"", "say = \"Look: a slow disk.\"");
    CHECK(findings_in(named, "999-small.toml").of_lint(22) == 2);
    CHECK(findings_in(small_lesson(fault), "999-small.toml").of_lint(22) == 1);  // no prediction of the cause
}

TEST_CASE("a review card needs something that decides it") {
    const std::string card = "[[review]]\nask = \"A?\"\nanswer = \"B\"\n";
    CHECK(findings_in(small_lesson(card), "999-small.toml").of_lint(23) == 1);
    CHECK(findings_in(small_lesson(card + "instance = \"SELECT 1\"\n"), "999-small.toml").of_lint(23) == 0);
}
