#include "app/lab/lesson/lesson_keys.h"

#include <array>

namespace app::lab {
namespace {

/// Sources are one block or a list of them.
void read_source_key(BlockReader& reader, const TomlNode& node, QueryBlock& query) {
    reader.read_sources(node, query.sources);
}
void read_dstream_source(BlockReader& reader, const TomlNode& node, DStreamBlock& stream) {
    reader.read_sources(node, stream.sources);
}

// clang-format off

// ---- the lesson itself --------------------------------------------------------------------------

constexpr KeyOf<LessonInfo> kLesson[] = {
    key<&LessonInfo::id>("id", must),
    key<&LessonInfo::title>("title", must),
    number<&LessonInfo::level, 1, 9>("level", must),
    number<&LessonInfo::minutes, 1, 600>("minutes", must),
    key<&LessonInfo::prerequisites>("prerequisites"),
    key<&LessonInfo::start_time>("start_time"),
    number<&LessonInfo::seed, 0, INT64_MAX>("seed"),
    key<&LessonInfo::seeds>("seeds"),
    key<&LessonInfo::seed_reason>("seed_reason"),
    key<&LessonInfo::objectives>("objectives"),
    key<&LessonInfo::misconceptions>("misconceptions"),
    key<&LessonInfo::covers>("covers"),
    key<&LessonInfo::hide>("hide"),
    key<&LessonInfo::real>("real"),
    key<&LessonInfo::simulated>("simulated"),
    key<&LessonInfo::differs>("differs"),
    key<&LessonInfo::classroom>("classroom"),
};

constexpr KeyOf<SlideBlock> kSlide[] = {
    key<&SlideBlock::deck>("deck", must),
    key<&SlideBlock::title>("title", must),
    key<&SlideBlock::says>("says", must),
    key<&SlideBlock::does>("does", must),
    key<&SlideBlock::after>("after", must),
};

// ---- cluster ------------------------------------------------------------------------------------

constexpr KeyOf<OneBroker> kOneBroker[] = {
    key<&OneBroker::config>("config", must),
};

constexpr KeyOf<ClusterBlock> kCluster[] = {
    key<&ClusterBlock::mode>("mode"),
    key<&ClusterBlock::brokers>("brokers"),
    number<&ClusterBlock::zookeeper, 0, 9>("zookeeper"),
    key<&ClusterBlock::controller>("controller"),
    key<&ClusterBlock::version>("version"),
    key<&ClusterBlock::config>("config"),
    key<&ClusterBlock::buggify>("buggify"),
    key<&ClusterBlock::bug>("bug"),
    key<&ClusterBlock::one>("broker"),
};

constexpr KeyOf<LinkBlock> kLink[] = {
    key<&LinkBlock::between>("between", must),
    key<&LinkBlock::latency>("latency"),
    number<&LinkBlock::bandwidth, 1, 1'000'000'000'000>("bandwidth"),
    key<&LinkBlock::loss>("loss"),
};

constexpr KeyOf<NetworkBlock> kNetwork[] = {
    key<&NetworkBlock::latency>("latency"),
    key<&NetworkBlock::links>("links"),
};

constexpr KeyOf<TopicBlock> kTopic[] = {
    key<&TopicBlock::name>("name", must),
    number<&TopicBlock::partitions, 1, 10'000>("partitions"),
    number<&TopicBlock::replication_factor, 1, 1'000>("replication_factor"),
    key<&TopicBlock::assignment>("assignment"),
    key<&TopicBlock::config>("config"),
};

// ---- clients ------------------------------------------------------------------------------------

constexpr KeyOf<RecordBlock> kRecord[] = {
    key<&RecordBlock::at>("at", must),
    key<&RecordBlock::timestamp>("timestamp"),
    key<&RecordBlock::key>("key"),
    key<&RecordBlock::value>("value"),
    number<&RecordBlock::partition, 0, 10'000>("partition"),
    key<&RecordBlock::headers>("headers"),
};

constexpr KeyOf<RecordsBlock> kGenerator[] = {
    key<&RecordsBlock::every>("every", must),
    number<&RecordsBlock::count, 1, 100'000'000>("count"),
    key<&RecordsBlock::key>("key"),
    key<&RecordsBlock::value>("value"),
};

constexpr KeyOf<ProducerBlock> kProducer[] = {
    key<&ProducerBlock::name>("name", must),
    key<&ProducerBlock::topic>("topic", must),
    key<&ProducerBlock::config>("config"),
    key<&ProducerBlock::records>("records"),
    key<&ProducerBlock::client>("client"),
    key<&ProducerBlock::start>("start"),
};

constexpr KeyOf<ConsumerBlock> kConsumer[] = {
    key<&ConsumerBlock::name>("name", must),
    key<&ConsumerBlock::topics>("topics"),
    key<&ConsumerBlock::assign>("assign"),
    key<&ConsumerBlock::group>("group"),
    key<&ConsumerBlock::config>("config"),
    key<&ConsumerBlock::work>("work"),
    key<&ConsumerBlock::commit>("commit"),
    key<&ConsumerBlock::crash_points>("crash_points"),
    key<&ConsumerBlock::client>("client"),
    key<&ConsumerBlock::start>("start"),
};

// ---- streams ------------------------------------------------------------------------------------

constexpr KeyOf<SparkBlock> kSpark[] = {
    key<&SparkBlock::version>("version"),
    number<&SparkBlock::executors, 1, 64>("executors"),
    number<&SparkBlock::cores, 1, 64>("cores"),
    key<&SparkBlock::conf>("conf"),
    key<&SparkBlock::batch_cost>("batch_cost"),
};

constexpr KeyOf<WatermarkBlock> kWatermark[] = {
    key<&WatermarkBlock::column>("column", must),
    key<&WatermarkBlock::delay>("delay", must),
};

constexpr KeyOf<QueryBlock> kQuery[] = {
    key<&QueryBlock::name>("name", must),
    {"source", Presence::may, read_source_key},
    key<&QueryBlock::watermark>("watermark"),
    key<&QueryBlock::sql>("sql"),
    key<&QueryBlock::program>("program"),
    key<&QueryBlock::output_mode>("output_mode"),
    key<&QueryBlock::trigger>("trigger"),
    key<&QueryBlock::checkpoint>("checkpoint"),
    key<&QueryBlock::conf>("conf"),
    key<&QueryBlock::sink>("sink"),
    key<&QueryBlock::start>("start"),
};

constexpr KeyOf<DStreamBlock> kDStream[] = {
    key<&DStreamBlock::name>("name", must),
    key<&DStreamBlock::master>("master"),
    key<&DStreamBlock::batch>("batch", must),
    key<&DStreamBlock::block_interval>("block_interval"),
    number<&DStreamBlock::receivers, 0, 64>("receivers"),
    key<&DStreamBlock::write_ahead_log>("write_ahead_log"),
    {"source", Presence::may, read_dstream_source},
    key<&DStreamBlock::program>("program", must),
    key<&DStreamBlock::conf>("conf"),
    key<&DStreamBlock::start>("start"),
};

constexpr KeyOf<CassandraBlock> kCassandra[] = {
    key<&CassandraBlock::name>("name", must),
    key<&CassandraBlock::cql>("cql"),
};

constexpr KeyOf<TableBlock> kTable[] = {
    key<&TableBlock::name>("name", must),
    key<&TableBlock::columns>("columns", must),
    key<&TableBlock::rows>("rows", must),
};

constexpr KeyOf<AppBlock> kApp[] = {
    key<&AppBlock::name>("name", must),
    key<&AppBlock::kind>("kind", must),
    key<&AppBlock::config>("config"),
    key<&AppBlock::program>("program"),
    key<&AppBlock::start>("start"),
};

// ---- steps --------------------------------------------------------------------------------------

constexpr KeyOf<ChoiceBlock> kChoice[] = {
    key<&ChoiceBlock::value>("value", must),
    key<&ChoiceBlock::text>("text", must),
    key<&ChoiceBlock::because>("because", must),
    key<&ChoiceBlock::misconception>("misconception"),
};

constexpr KeyOf<PredictBlock> kPredict[] = {
    key<&PredictBlock::id>("id", must),
    key<&PredictBlock::ask>("ask", must),
    key<&PredictBlock::answer>("answer", must),
    key<&PredictBlock::stays>("stays"),
    key<&PredictBlock::choices>("choice", must),
};

constexpr KeyOf<StepBlock> kStep[] = {
    key<&StepBlock::id>("id", must),
    key<&StepBlock::view>("view"),
    key<&StepBlock::spotlight>("spotlight"),
    key<&StepBlock::say>("say", must),
    key<&StepBlock::actions>("do"),
    key<&StepBlock::until>("until"),
    key<&StepBlock::until_time>("until_time"),
    key<&StepBlock::until_after>("until_after"),
    key<&StepBlock::timeout>("timeout"),
    key<&StepBlock::expect>("expect"),
    key<&StepBlock::explain>("explain"),
    key<&StepBlock::may_skip>("may_skip"),
    key<&StepBlock::predict>("predict"),
};

// ---- after the steps ----------------------------------------------------------------------------

constexpr KeyOf<GoalBlock> kGoal[] = {
    key<&GoalBlock::id>("id", must),
    key<&GoalBlock::text>("text", must),
    key<&GoalBlock::check>("check", must),
    key<&GoalBlock::keep>("keep"),
};

constexpr KeyOf<FreeBlock> kFree[] = {
    key<&FreeBlock::from>("from"),
    key<&FreeBlock::say>("say", must),
    key<&FreeBlock::verbs>("verbs"),
    key<&FreeBlock::hints>("hints"),
    key<&FreeBlock::solution>("solution"),
    number<&FreeBlock::budget, 1, 1000>("budget"),
};

constexpr KeyOf<ReviewBlock> kReview[] = {
    key<&ReviewBlock::ask>("ask", must),
    key<&ReviewBlock::answer>("answer", must),
    key<&ReviewBlock::instance>("instance"),
};

constexpr KeyOf<CompareBlock> kCompare[] = {
    key<&CompareBlock::id>("id", must),
    key<&CompareBlock::text>("text", must),
    key<&CompareBlock::change>("change", must),
    key<&CompareBlock::check>("check", must),
};

constexpr KeyOf<WorldBlock> kWorld[] = {
    key<&WorldBlock::name>("name", must),
    key<&WorldBlock::change>("change", must),
};

constexpr KeyOf<CauseBlock> kCause[] = {
    key<&CauseBlock::value>("value", must),
    key<&CauseBlock::text>("text", must),
    key<&CauseBlock::evidence>("evidence", must),
};

constexpr KeyOf<FaultBlock> kFault[] = {
    key<&FaultBlock::symptom>("symptom", must),
    key<&FaultBlock::actions>("do", must),
    key<&FaultBlock::causes>("causes", must),
};

// ---- the file -----------------------------------------------------------------------------------

constexpr KeyOf<Lesson> kFile[] = {
    key<&Lesson::info>("lesson", must),
    key<&Lesson::slides>("slide"),
    key<&Lesson::cluster>("cluster"),
    key<&Lesson::network>("network"),
    key<&Lesson::topics>("topic"),
    key<&Lesson::producers>("producer"),
    key<&Lesson::consumers>("consumer"),
    key<&Lesson::spark>("spark"),
    key<&Lesson::queries>("query"),
    key<&Lesson::dstreams>("dstream"),
    key<&Lesson::cassandras>("cassandra"),
    key<&Lesson::tables>("table"),
    key<&Lesson::apps>("app"),
    key<&Lesson::worlds>("world"),
    key<&Lesson::fault>("fault"),
    key<&Lesson::steps>("step", must),
    key<&Lesson::free>("free"),
    key<&Lesson::goals>("goal"),
    key<&Lesson::compares>("compare"),
    key<&Lesson::reviews>("review"),
};

// ---- words for enumerations ---------------------------------------------------------------------

constexpr Named<SeedPolicy> kSeedPolicies[] = {{"any", SeedPolicy::any}, {"pinned", SeedPolicy::pinned}};
constexpr Named<ClusterMode> kModes[] = {{"zookeeper", ClusterMode::zookeeper}, {"kraft", ClusterMode::kraft}};
constexpr Named<ClientLibrary> kLibraries[] =
    {{"java", ClientLibrary::java}, {"librdkafka", ClientLibrary::librdkafka}};
constexpr Named<StartStyle> kStarts[] = {{"lesson", StartStyle::with_lesson}, {"manual", StartStyle::manual}};
constexpr Named<CommitWhen> kCommits[] =
    {{"auto", CommitWhen::automatic}, {"before", CommitWhen::before}, {"after", CommitWhen::after},
    {"none", CommitWhen::none}};

}  // namespace

KeyTable<LessonInfo> keys_of(const LessonInfo*) { return {"[lesson]", kLesson}; }
KeyTable<SlideBlock> keys_of(const SlideBlock*) { return {"[[slide]]", kSlide}; }
KeyTable<OneBroker> keys_of(const OneBroker*) { return {"[cluster.broker.N]", kOneBroker}; }
KeyTable<ClusterBlock> keys_of(const ClusterBlock*) { return {"[cluster]", kCluster}; }
KeyTable<LinkBlock> keys_of(const LinkBlock*) { return {"a link of [network]", kLink}; }
KeyTable<NetworkBlock> keys_of(const NetworkBlock*) { return {"[network]", kNetwork}; }
KeyTable<TopicBlock> keys_of(const TopicBlock*) { return {"[[topic]]", kTopic}; }
KeyTable<RecordBlock> keys_of(const RecordBlock*) { return {"a record", kRecord}; }
KeyTable<RecordsBlock> keys_of(const RecordsBlock*) { return {"a generator of records", kGenerator}; }
KeyTable<ProducerBlock> keys_of(const ProducerBlock*) { return {"[[producer]]", kProducer}; }
KeyTable<ConsumerBlock> keys_of(const ConsumerBlock*) { return {"[[consumer]]", kConsumer}; }
KeyTable<SparkBlock> keys_of(const SparkBlock*) { return {"[spark]", kSpark}; }
KeyTable<WatermarkBlock> keys_of(const WatermarkBlock*) { return {"a watermark", kWatermark}; }
KeyTable<QueryBlock> keys_of(const QueryBlock*) { return {"[[query]]", kQuery}; }
KeyTable<DStreamBlock> keys_of(const DStreamBlock*) { return {"[[dstream]]", kDStream}; }
KeyTable<CassandraBlock> keys_of(const CassandraBlock*) { return {"[[cassandra]]", kCassandra}; }
KeyTable<TableBlock> keys_of(const TableBlock*) { return {"[[table]]", kTable}; }
KeyTable<AppBlock> keys_of(const AppBlock*) { return {"[[app]]", kApp}; }
KeyTable<ChoiceBlock> keys_of(const ChoiceBlock*) { return {"[[step.predict.choice]]", kChoice}; }
KeyTable<PredictBlock> keys_of(const PredictBlock*) { return {"[step.predict]", kPredict}; }
KeyTable<StepBlock> keys_of(const StepBlock*) { return {"[[step]]", kStep}; }
KeyTable<GoalBlock> keys_of(const GoalBlock*) { return {"[[goal]]", kGoal}; }
KeyTable<FreeBlock> keys_of(const FreeBlock*) { return {"[free]", kFree}; }
KeyTable<ReviewBlock> keys_of(const ReviewBlock*) { return {"[[review]]", kReview}; }
KeyTable<CompareBlock> keys_of(const CompareBlock*) { return {"[[compare]]", kCompare}; }
KeyTable<WorldBlock> keys_of(const WorldBlock*) { return {"[[world]]", kWorld}; }
KeyTable<CauseBlock> keys_of(const CauseBlock*) { return {"a cause of [fault]", kCause}; }
KeyTable<FaultBlock> keys_of(const FaultBlock*) { return {"[fault]", kFault}; }
KeyTable<Lesson> keys_of(const Lesson*) { return {"a lesson", kFile}; }

std::span<const Named<SeedPolicy>> names_of(SeedPolicy) { return kSeedPolicies; }
std::span<const Named<ClusterMode>> names_of(ClusterMode) { return kModes; }
std::span<const Named<ClientLibrary>> names_of(ClientLibrary) { return kLibraries; }
std::span<const Named<StartStyle>> names_of(StartStyle) { return kStarts; }
std::span<const Named<CommitWhen>> names_of(CommitWhen) { return kCommits; }
// clang-format on

void read_lesson(BlockReader& reader, const TomlNode& root, Lesson& lesson) { reader.read(root, lesson); }

}  // namespace app::lab
