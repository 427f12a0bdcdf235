// A lesson as its file says it: plain data, every value with its place. Nothing here is run or checked; what a
// key that was left out stands for is said by lesson_world.h (course defaults), not by these structs.
//
// Sections: clock values · the lesson itself · cluster · clients · streams · steps · after the steps · Lesson
#pragma once

#include "app/lab/lesson/place.h"

namespace app::lab {

// ---- clock values -------------------------------------------------------------------------------

/// A moment since the lesson's start, given as a duration or as a clock time.
struct MomentValue { sim::Nanos since_start; };
using AtMoment = At<MomentValue>;

/// An event time in epoch milliseconds, given as a clock time of the lesson's day or as a date and time.
struct InstantValue { sim::i64 epoch_ms = 0; };
using Instant = At<InstantValue>;

/// A share in millionths, given as "2.5%".
struct ShareValue { sim::u32 per_million = 0; };
using Share = At<ShareValue>;

// ---- the lesson itself --------------------------------------------------------------------------

enum class SeedPolicy : sim::u8 { any, pinned };

struct LessonInfo {
    Place place;
    Text id;                           // also the file's name
    Text title;
    Number level;
    Number minutes;
    std::vector<Text> prerequisites;
    Instant start_time;
    Number seed;
    At<SeedPolicy> seeds{SeedPolicy::pinned, {}};
    Text seed_reason;                  // what depends on the seed
    std::vector<Text> objectives;
    std::vector<Text> misconceptions;
    std::vector<Text> covers;          // rows of the coverage table
    std::vector<Text> hide;            // titles of views
    Text real, simulated, differs;     // the fidelity card
    Text classroom;
};

/// What a lecture slide says beside what the system does.
struct SlideBlock {
    Place place;
    Text deck, title, says, does;
    Text after;                        // id of the step
};

// ---- cluster ------------------------------------------------------------------------------------

enum class ClusterMode : sim::u8 { zookeeper, kraft };

/// Which broker comes first. "race": whoever does.
struct ControllerChoice { bool race = false; sim::i64 broker = 0; };

struct OneBroker {
    Place place;
    sim::i64 id = 0;
    Settings config;
};

struct ClusterBlock {
    Place place;
    At<ClusterMode> mode{ClusterMode::zookeeper, {}};
    At<std::vector<Number>> brokers;
    Number zookeeper;                  // servers of the ensemble
    At<ControllerChoice> controller;
    Text version;
    Settings config;
    Flag buggify;                      // rare branches of the engine are taken often
    Text bug;                          // a mistake that is planted, for what a sweep saves; none if empty
    std::vector<OneBroker> one;        // [cluster.broker.N]
};

struct LinkBlock {
    Place place;
    std::vector<Text> between;         // two groups or nodes
    Span latency;
    Number bandwidth;                  // bytes a second
    Share loss;
};

struct NetworkBlock {
    Place place;
    Span latency;
    std::vector<LinkBlock> links;
};

struct TopicBlock {
    Place place;
    Text name;
    Number partitions;
    Number replication_factor;
    At<std::vector<std::vector<Number>>> assignment;
    Settings config;
};

// ---- clients ------------------------------------------------------------------------------------

enum class ClientLibrary : sim::u8 { java, librdkafka };
enum class StartStyle : sim::u8 { with_lesson, manual };

struct RecordBlock {
    Place place;
    AtMoment at;
    Instant timestamp;
    Text key, value;
    Number partition;
    Settings headers;
};

/// Either a generator (`every` is given) or a list.
struct RecordsBlock {
    Place place;
    Span every;
    Number count;                      // left out: without end
    Text key, value;                   // with {n}
    std::vector<RecordBlock> list;

    [[nodiscard]] bool is_generator() const { return every.given(); }
};

struct ProducerBlock {
    Place place;
    Text name;
    Text topic;
    Settings config;
    RecordsBlock records;
    At<ClientLibrary> client{ClientLibrary::java, {}};
    At<StartStyle> start{StartStyle::with_lesson, {}};
};

enum class CommitWhen : sim::u8 { automatic, before, after, none };

struct ConsumerBlock {
    Place place;
    Text name;
    std::vector<Text> topics;
    std::vector<Text> assign;          // "orders-0"
    Text group;
    Settings config;
    Span work;                         // of one record
    At<CommitWhen> commit{CommitWhen::automatic, {}};
    std::vector<Text> crash_points;
    At<ClientLibrary> client{ClientLibrary::java, {}};
    At<StartStyle> start{StartStyle::with_lesson, {}};
};

// ---- streams ------------------------------------------------------------------------------------

struct SparkBlock {
    Place place;
    Text version;
    Number executors;
    Number cores;                      // of each
    Settings conf;
    Span batch_cost;
};

struct WatermarkBlock {
    Place place;
    Text column;
    Text delay;                        // Spark's words: "10 minutes"
};

/// A source or a sink: its format, and options by Spark's names.
struct Connector {
    Place place;
    Text name;                         // of a source among several
    Text format;
    Settings options;
    WatermarkBlock watermark;          // of a source among several

    [[nodiscard]] const Setting* option(std::string_view key) const;
};

struct QueryBlock {
    Place place;
    Text name;
    std::vector<Connector> sources;
    WatermarkBlock watermark;
    Text sql;
    Text program;                      // PySpark or Scala
    Text output_mode;
    Text trigger;
    Text checkpoint;
    Settings conf;
    Connector sink;
    At<StartStyle> start{StartStyle::with_lesson, {}};
};

struct DStreamBlock {
    Place place;
    Text name;
    Text master;                       // "local[2]"
    Span batch;
    Span block_interval;
    Number receivers;
    Flag write_ahead_log;
    std::vector<Connector> sources;
    Text program;
    Settings conf;
    At<StartStyle> start{StartStyle::with_lesson, {}};
};

struct CassandraBlock {
    Place place;
    Text name;
    std::vector<Text> cql;             // carried out before the lesson starts
};

/// A static table.
struct TableBlock {
    Place place;
    Text name;
    std::vector<Text> columns;         // "id INT"
    std::vector<Settings> rows;
};

struct AppBlock {
    Place place;
    Text name;
    Text kind;
    Settings config;
    Text program;
    At<StartStyle> start{StartStyle::with_lesson, {}};
};

// ---- steps --------------------------------------------------------------------------------------

struct ChoiceBlock {
    Place place;
    Text value;
    Text text;
    Text because;
    Text misconception;                // an id, or "none: why"
};

struct PredictBlock {
    Place place;
    Text id;
    Text ask;
    Text answer;                       // SQL
    Flag stays;
    std::vector<ChoiceBlock> choices;

    [[nodiscard]] bool given() const { return place.line != 0; }
};

struct StepBlock {
    Place place;
    Text id;
    Texts view;                        // left out: as in the step before
    std::vector<Text> spotlight;
    Text say;
    std::vector<Text> actions;         // `do`: lines of verbs
    Text until;                        // SQL; one of these three
    AtMoment until_time;
    Span until_after;                  // counted from the step's `do`
    Span timeout;
    std::vector<Text> expect;          // SQL
    Text explain;
    Flag may_skip;
    PredictBlock predict;
};

// ---- after the steps ----------------------------------------------------------------------------

struct GoalBlock {
    Place place;
    Text id;
    Text text;
    Text check;                        // SQL
    Flag keep;
};

struct FreeBlock {
    Place place;
    Text from;                         // "end", "start" or a step's id
    Text say;
    std::vector<Text> verbs;
    std::vector<Text> hints;
    std::vector<Text> solution;
    Number budget;                     // actions of the learner
};

struct ReviewBlock {
    Place place;
    Text ask;
    Text answer;
    Text instance;                     // SQL
};

struct CompareBlock {
    Place place;
    Text id;
    Text text;
    std::vector<Text> change;
    Text check;                        // SQL over twin.*
};

struct WorldBlock {
    Place place;
    Text name;
    std::vector<Text> change;
};

struct CauseBlock {
    Place place;
    Text value;
    Text text;
    Text evidence;                     // SQL that is true and refutes it, or proves the right one
};

struct FaultBlock {
    Place place;
    Text symptom;                      // SQL
    std::vector<Text> actions;         // `do`, hidden
    std::vector<CauseBlock> causes;
};

// ---- Lesson -------------------------------------------------------------------------------------

struct Lesson {
    std::string path;                  // as it was asked for
    Place place;
    LessonInfo info;
    ClusterBlock cluster;
    NetworkBlock network;
    SparkBlock spark;
    std::vector<SlideBlock> slides;
    std::vector<TopicBlock> topics;
    std::vector<ProducerBlock> producers;
    std::vector<ConsumerBlock> consumers;
    std::vector<QueryBlock> queries;
    std::vector<DStreamBlock> dstreams;
    std::vector<CassandraBlock> cassandras;
    std::vector<TableBlock> tables;
    std::vector<AppBlock> apps;
    std::vector<StepBlock> steps;
    FreeBlock free;
    std::vector<GoalBlock> goals;
    std::vector<ReviewBlock> reviews;
    std::vector<CompareBlock> compares;
    std::vector<WorldBlock> worlds;
    FaultBlock fault;
};

}  // namespace app::lab
