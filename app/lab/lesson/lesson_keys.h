// Every key a lesson file may use: one table a block. This is the format's definition; README.md explains it.
#pragma once

#include "app/lab/lesson/block_reader.h"

namespace app::lab {

KeyTable<LessonInfo> keys_of(const LessonInfo*);
KeyTable<SlideBlock> keys_of(const SlideBlock*);
KeyTable<OneBroker> keys_of(const OneBroker*);
KeyTable<ClusterBlock> keys_of(const ClusterBlock*);
KeyTable<LinkBlock> keys_of(const LinkBlock*);
KeyTable<NetworkBlock> keys_of(const NetworkBlock*);
KeyTable<TopicBlock> keys_of(const TopicBlock*);
KeyTable<RecordBlock> keys_of(const RecordBlock*);
KeyTable<RecordsBlock> keys_of(const RecordsBlock*);   // of a generator
KeyTable<ProducerBlock> keys_of(const ProducerBlock*);
KeyTable<ConsumerBlock> keys_of(const ConsumerBlock*);
KeyTable<SparkBlock> keys_of(const SparkBlock*);
KeyTable<WatermarkBlock> keys_of(const WatermarkBlock*);
KeyTable<QueryBlock> keys_of(const QueryBlock*);
KeyTable<DStreamBlock> keys_of(const DStreamBlock*);
KeyTable<CassandraBlock> keys_of(const CassandraBlock*);
KeyTable<TableBlock> keys_of(const TableBlock*);
KeyTable<AppBlock> keys_of(const AppBlock*);
KeyTable<ChoiceBlock> keys_of(const ChoiceBlock*);
KeyTable<PredictBlock> keys_of(const PredictBlock*);
KeyTable<StepBlock> keys_of(const StepBlock*);
KeyTable<GoalBlock> keys_of(const GoalBlock*);
KeyTable<FreeBlock> keys_of(const FreeBlock*);
KeyTable<ReviewBlock> keys_of(const ReviewBlock*);
KeyTable<CompareBlock> keys_of(const CompareBlock*);
KeyTable<WorldBlock> keys_of(const WorldBlock*);
KeyTable<CauseBlock> keys_of(const CauseBlock*);
KeyTable<FaultBlock> keys_of(const FaultBlock*);
KeyTable<Lesson> keys_of(const Lesson*);               // the file itself

std::span<const Named<SeedPolicy>> names_of(SeedPolicy);
std::span<const Named<ClusterMode>> names_of(ClusterMode);
std::span<const Named<ClientLibrary>> names_of(ClientLibrary);
std::span<const Named<StartStyle>> names_of(StartStyle);
std::span<const Named<CommitWhen>> names_of(CommitWhen);

/// Reads a whole file's tree.
void read_lesson(BlockReader& reader, const TomlNode& root, Lesson& lesson);

}  // namespace app::lab
