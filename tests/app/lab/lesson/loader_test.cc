#include "app/lab/lesson/loader.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "tests/app/lab/lesson/lesson_text.h"

using namespace app::lab;
using namespace app::lab::test;

namespace {

/// An edit of a model lesson, and the error that it must lead to.
struct Mistake {
    std::string_view from;       // what is replaced
    std::string_view to;
    std::string_view at;         // a piece of the new text: the error stands at the first one behind `to`
    std::string_view says;
};

void require_error(const std::string& text, const Mistake& mistake) {
    const std::string wrong = edited(text, mistake.from, mistake.to);
    const Place place = place_of(wrong, mistake.at, mistake.to);
    const std::string wanted = fmt::format("l.toml:{}:{}: {}\n", place.line, place.column, mistake.says);
    INFO(mistake.to);
    CHECK(errors_of(wrong) == wanted);
}

}  // namespace

TEST_CASE("the model lessons load without error") {
    CHECK(errors_of(leader_dies()) == "");
    CHECK(errors_of(watermark()) == "");
    CHECK(errors_of(small_lesson()) == "");
}

TEST_CASE("a lesson keeps every block of its file") {
    const Lesson lesson = load_lesson("l.toml", watermark()).value();
    CHECK(lesson.queries.front().sources.front().option("subscribe")->value == "words");
    CHECK(lesson.queries.front().watermark.delay.value == "10 minutes");
    CHECK(lesson.compares.front().change.size() == 1);
    CHECK(lesson.spark.batch_cost.value == sim::seconds(2));
    CHECK(lesson.steps.size() == 6);
    CHECK(lesson.steps.front().predict.choices.empty());
    CHECK(lesson.steps.back().predict.choices.size() == 3);
    CHECK(lesson.slides.size() == 3);
    CHECK(lesson.reviews.size() == 3);
    CHECK(lesson.goals.back().keep.value);
    CHECK(lesson.topics.front().name.place == place_of(watermark(), "\"words\""));
}

TEST_CASE("clock times count from the lesson's start, event times are of its day") {
    const Lesson lesson = load_lesson("l.toml", watermark()).value();
    const RecordBlock& first = lesson.producers.front().records.list.front();
    CHECK(first.at.value.since_start == sim::seconds(450));
    CHECK(first.timestamp.value.epoch_ms == lesson.info.start_time.value.epoch_ms + 420'000);
    CHECK(lesson.steps[4].until_time.value.since_start == sim::seconds(30 * 60 + 30));
}

TEST_CASE("each kind of mistake is told with its place and what was probably meant") {
    const Mistake mistake = GENERATE(
        Mistake{"brokers = [1", "brokres = [1", "brokres", "unknown key 'brokres' in [cluster]; nearest: brokers"},
        Mistake{"minutes = 12", "minutes = \"12\"", "\"12\"", "'minutes' must be a whole number, not text"},
        Mistake{"level = 2\n", "level = 20\n", "20", "'level' must be from 1 to 9, not 20"},
        Mistake{"seeds = \"any\"", "seeds = \"all\"", "\"all\"",
            "'seeds' must be one of any, pinned, not 'all'; nearest: any"},
        Mistake{"title = \"The leader dies\"", "title = \" \"", "\" \"", "'title' must not be empty"},
        Mistake{"title = \"The leader dies\"\n", "", "[lesson]", "[lesson] needs the key 'title'"},
        Mistake{"\"202-isr\", ", "202, ", "202", "'prerequisites' must be text, not a whole number"},
        Mistake{"hide = [\"Query\"", "hide = [\"Querie\"", "\"Querie\"", "unknown view 'Querie'; nearest: Query"},
        Mistake{"misconceptions = [\"replicas-vote\"", "misconceptions = [\"replica-vote\"", "\"replica",
            "unknown misconception 'replica-vote'; nearest: replicas-vote"},
        Mistake{"deck = \"BIGD\"", "deck = \"BIG\"", "\"BIG\"", "unknown deck 'BIG'; nearest: BIGD"},
        Mistake{"after = \"who\"", "after = \"whom\"", "\"whom\"", "unknown step 'whom'; nearest: who"},
        Mistake{"mode = \"zookeeper\"", "mode = \"zookeper\"", "\"zookeper\"",
            "'mode' must be one of zookeeper, kraft, not 'zookeper'; nearest: zookeeper"},
        Mistake{"controller = 3", "controller = 4", "4", "controller 4 is no broker of this cluster"},
        Mistake{"controller = 3", "controller = \"first\"", "\"first\"",
            "'controller' must be a broker's number or \"race\", not text"},
        Mistake{"zookeeper = 1", "zookeeper = 1\nversion = \"3.8\"", "\"3.8\"",
            "unknown version of Kafka '3.8'; nearest: 3.9"},
        Mistake{"\"replica.lag.time.max.ms\"", "\"replica.lag.max.ms\"", "\"replica",
            "unknown broker setting 'replica.lag.max.ms'; nearest: replica.lag.time.max.ms"},
        Mistake{"\"zookeeper.session.timeout.ms\" = 6000", "\"zookeeper.session.timeout.ms\" = \"6 s\"",
            "\"zookeeper.session",
            "Invalid value 6 s for configuration zookeeper.session.timeout.ms: Not a number of type INT"},
        Mistake{"[cluster]\n", "[cluster]\nbug = \"no-truncaton\"\n", "\"no-truncaton\"",
            "unknown planted bug 'no-truncaton'; nearest: no-truncation"});
    require_error(leader_dies(), mistake);
}

TEST_CASE("mistakes in clients, topics and links are told in their place") {
    const Mistake mistake = GENERATE(
        Mistake{"latency = \"40ms\"", "latency = 40", "40",
            "'latency' must be a duration such as \"500ms\", not a whole number"},
        Mistake{"[\"brokers\", \"zoo", "[\"broker\", \"zoo", "\"broker\"",
            "unknown end of a link 'broker'; nearest: brokers"},
        Mistake{"latency = \"1ms\" }", "latency = \"1ms\", loss = \"2\" }", "\"2\"",
            "'loss' must be a share such as \"2.5%\", not \"2\""},
        Mistake{"name = \"orders\"", "name = \"or ders\"\n[[topic]]\nname = \"orders\"", "\"or ders\"",
            "'or ders' is no name for a topic: letters, digits, '.', '_' and '-' only"},
        Mistake{"partitions = 1", "partitions = 2", "[[1, 2, 3]]",
            "the assignment lists 1 partitions, but 'partitions' is 2"},
        Mistake{"[[1, 2, 3]]", "[[1, 2, 4]]", "4", "the assignment names broker 4; the brokers are 1, 2, 3"},
        Mistake{"[[1, 2, 3]]", "[[1, 2, 2]]", "2]]", "the assignment names broker 2 twice for one partition"},
        Mistake{"\"min.insync.replicas\" = 2", "\"min.insync.replica\" = 2", "\"min",
            "unknown topic setting 'min.insync.replica'; nearest: min.insync.replicas"},
        Mistake{"topic = \"orders\"\nconfig", "topic = \"oders\"\nconfig", "\"oders\"",
            "unknown topic 'oders'; nearest: orders"},
        Mistake{"\"linger.ms\" = 0", "\"lingr.ms\" = 0", "\"lingr",
            "unknown producer setting 'lingr.ms'; nearest: linger.ms"},
        Mistake{"every = \"500ms\"", "every = \"half a second\"", "\"half",
            "'every' must be a duration such as \"500ms\", \"12.5s\" or \"11m\", not \"half a second\""},
        Mistake{"every = \"500ms\"", "evry = \"1s\", every = \"500ms\"", "evry",
            "unknown key 'evry' in a generator of records; nearest: every"},
        Mistake{"topics = [\"orders\"]", "topics = [\"order\"]", "\"order\"", "unknown topic 'order'; nearest: orders"},
        Mistake{"topics = [\"orders\"]", "assign = [\"orders-1\"]", "\"orders-1\"",
            "unknown partition 'orders-1'; nearest: orders-0"},
        Mistake{"\"auto.offset.reset\" = \"earliest\"", "\"auto.offset.reset\" = \"first\"", "\"auto",
            "Invalid value first for configuration auto.offset.reset: String must be one of: latest, earliest, none"},
        Mistake{"group = \"warehouse\"\n", "group = \"warehouse\"\ncommit = \"later\"\n", "\"later\"",
            "'commit' must be one of auto, before, after, none, not 'later'; nearest: after"});
    require_error(leader_dies(), mistake);
}

TEST_CASE("mistakes in steps and free play are told in their place") {
    const Mistake mistake = GENERATE(
        Mistake{"view = \"Znodes\"", "view = [\"Znodes\", \"Zwire\"]", "\"Zwire\"",
            "unknown view 'Zwire'; nearest: Wire"},
        Mistake{"\"broker 1\", \"orders-0\", \"shop\"", "\"broker 4\", \"orders-0\", \"shop\"", "\"broker 4\"",
            "unknown object of a spotlight 'broker 4'; nearest: broker 1"},
        Mistake{"do = [\"kill broker 1\"]", "do = [\"kil broker 1\"]", "\"kil", "unknown verb 'kil'; nearest: kill"},
        Mistake{"do = [\"restart broker 1\"]", "do = [\"restart brker 1\"]", "\"restart",
            "unknown node 'brker 1'; nearest: broker 1"},
        Mistake{"do = [\"kill broker 1\"]", "do = [\"kill\"]", "\"kill\"", "'kill' needs the name of a node"},
        Mistake{"\"wait 5s\"", "\"wait for it\"", "\"wait for",
            "'wait for it' must be a wait such as 'wait 5s' or 'wait until 12:36:00'"},
        Mistake{"\"elect preferred orders-0\"", "\"elect preferred orders-7\"", "\"elect",
            "unknown partition 'orders-7'; nearest: orders-0"},
        Mistake{"until_after = \"2s\"", "until_after = \"2s\"\ntimeout = \"3s\"", "\"3s\"",
            "'timeout' goes with 'until' only"},
        Mistake{"stays = true", "stays = 1", "1", "'stays' must be true or false, not a whole number"},
        Mistake{"misconception = \"most-data-wins\"", "misconception = \"most-data-win\"", "\"most-data-win\"",
            "unknown misconception 'most-data-win'; nearest: most-data-wins"},
        Mistake{"from = \"end\"", "from = \"ende\"", "\"ende\"", "unknown step 'ende'; nearest: end"},
        Mistake{"verbs = [\"kill\"", "verbs = [\"murder\"", "\"murder\"", "unknown verb 'murder'"},
        Mistake{"[[goal]]\nid = \"three\"", "[[goal]]\nid = \"promise\"", "\"promise\"\nkeep",
            "goal 'promise' is used twice; first in line 244"});
    require_error(leader_dies(), mistake);
}

TEST_CASE("mistakes in queries are told in their place") {
    const Mistake mistake = GENERATE(
        Mistake{"subscribe = \"words\"", "subscribe = \"word\"", "subscribe", "unknown topic 'word'; nearest: words"},
        Mistake{"startingOffsets = ", "startingOffset = ", "startingOffset",
                "unknown option 'startingOffset' of format 'kafka'; nearest: startingOffsets"},
        Mistake{"{ format = \"kafka\"", "{ format = \"kafak\"", "\"kafak\"",
                "unknown source format 'kafak'; nearest: kafka"},
        Mistake{"delay = \"10 minutes\"", "delay = \"10 minuten\"", "\"10 minuten\"",
                "'10 minuten' is no interval such as \"10 minutes\""},
        Mistake{"output_mode = \"append\"", "output_mode = \"apend\"", "\"apend\"",
                "unknown output mode 'apend'; nearest: append"},
        Mistake{
            "trigger = \"processingTime 5 minutes\"", "trigger = \"every 5 minutes\"", "\"every",
            "unknown trigger 'every 5 minutes': default, processingTime T, once, availableNow, continuous T or manual"},
        Mistake{"conf = { \"spark.sql.shuffle", "conf = { \"sparc.sql.shuffle", "\"sparc",
                "unknown Spark setting 'sparc.sql.shuffle.partitions': its name must start with 'spark.'"},
        Mistake{"sink = { format = \"console\"", "sink = { format = \"consol\"", "\"consol\"",
                "unknown sink format 'consol'; nearest: console"},
        Mistake{"[[query]]\n",
                "[[table]]\nname = \"kinds\"\ncolumns = [\"word STRING\"]\nrows = [{ wrod = \"dog\" }]\n[[query]]\n",
                "wrod", "table 'kinds' has no column 'wrod'; nearest: word"},
        Mistake{"\"arrive donkey at 12:29:00\"", "\"trigger count\"", "\"trigger count\"",
                "unknown query 'count'; nearest: counts"},
        Mistake{"\"arrive donkey at 12:29:00\"", "\"submit mine like count\"", "\"submit mine like count\"",
                "unknown query 'count'; nearest: counts"},
        Mistake{"at = \"12:07:30\"", "at = \"11:07:30\"", "\"11:07:30\"", "'at' is before the lesson's start_time"},
        Mistake{"timestamp = \"12:07:00\"", "timestamp = \"12:67:00\"", "\"12:67:00\"",
                "'timestamp' must be a time such as \"2026-01-05T12:00:00Z\" or \"12:07:30\", not \"12:67:00\""});
    require_error(watermark(), mistake);
}

TEST_CASE("a step ends in one way only") {
    const std::string both =
        edited(watermark(), "until_time = \"12:30:30\"", "until_time = \"12:30:30\"\nuntil_after = \"1s\"");
    CHECK(errors_of(both).find("step 'no-data' needs one of 'until', 'until_time' and 'until_after'") !=
          std::string::npos);
    const std::string none = edited(watermark(), "until_time = \"12:30:30\"\n", "");
    CHECK(errors_of(none).find("step 'no-data' needs one of 'until', 'until_time' and 'until_after'") !=
          std::string::npos);
}

TEST_CASE("all mistakes are told, in the order of the file") {
    std::string text = edited(leader_dies(), "from = \"end\"", "from = \"ende\"");
    text = edited(text, "minutes = 12", "minute = 12");
    text = edited(text, "do = [\"restart broker 1\"]", "do = [\"restart broker 9\"]");
    const LessonErrors errors = load_lesson("l.toml", text).error();
    REQUIRE(errors.size() == 4);
    CHECK(errors[0].what == "[lesson] needs the key 'minutes'");
    CHECK(errors[1].what == "unknown key 'minute' in [lesson]");
    CHECK(errors[2].what == "unknown node 'broker 9'");
    CHECK(errors[3].what == "unknown step 'ende'");
    CHECK(std::ranges::is_sorted(errors, {}, &LessonError::place));
}

TEST_CASE("too many replicas are refused by the name of the key") {
    const std::string text = edited(leader_dies(), "replication_factor = 3", "replication_factor = 9");
    CHECK(errors_of(text).find("replication_factor 9 is larger than the number of brokers, 3") != std::string::npos);
}

TEST_CASE("what is no TOML is refused with the file's name") {
    CHECK(errors_of(leader_dies().substr(0, 700)).starts_with("l.toml:16:"));
    CHECK(errors_of("\xff\xfe\x80").starts_with("l.toml:1:1: "));
    CHECK(errors_of(std::string("a = \"\0\"", 7)).starts_with("l.toml:1:"));
    CHECK(errors_of("") ==
          "l.toml: a lesson needs at least one [[step]]\nl.toml:1:1: a lesson needs the key 'lesson'\nl.toml:1:1: a "
          "lesson needs the key 'step'\n");
    CHECK(errors_of(std::string(kMostLessonBytes + 1, ' ')).starts_with("l.toml: a lesson may have at most"));
}

TEST_CASE("a block written with the wrong brackets is told") {
    const std::string wrong = small_lesson("[topic]\nname = \"a\"\n");
    CHECK(errors_of(wrong) == "l.toml:10:1: 'topic' must be a list; write [[two brackets]], not a block\n");
}

TEST_CASE("a change to a lesson is read like the lesson itself") {
    const auto changed =
        [](std::string line) { return load_changed("l.toml", leader_dies(), {{std::move(line), {1, 1}}}); };
    CHECK(changed("cluster mode kraft").value().cluster.mode.value == ClusterMode::kraft);
    CHECK(changed("topic orders partitions 1").value().topics.front().partitions.value == 1);
    CHECK(render(changed("producer shop config acks=1").error()).find("Must set acks to all") != std::string::npos);
    CHECK(render(changed("producer shp config acks=1").error()) ==
          "l.toml:1:1: 'producer shp config acks=1': there is no producer 'shp'; nearest: shop\n");
    CHECK(render(changed("topic orders partitons 2").error()) ==
          "l.toml:1:1: unknown key 'partitons' in [[topic]]; nearest: partitions\n");
}
