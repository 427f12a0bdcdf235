// A streaming query's plan made ready: optimised, its sources, watermark nodes and stateful operators numbered.
#pragma once

#include <expected>

#include "engine/model/planted_bugs.h"
#include "engine/operators/file_scan.h"
#include "engine/plan/session.h"
#include "engine/sql/tree.h"
#include "engine/stream/event_time.h"

namespace engine::spark {

enum class OutputMode : u8 { append, update, complete };
const char* mode_name(OutputMode mode);  ///< Append, Update, Complete
std::optional<OutputMode> parse_mode(const std::string& text);

enum class StatefulKind : u8 { aggregate, session, dedup, dedup_within, join, groups, limit };

struct StatefulNode {
    StatefulKind kind = StatefulKind::aggregate;
    const Plan* plan = nullptr;  ///< within `StreamPlan::plan`
};

struct StreamPlan {
    PlanRef plan;  ///< optimised
    PlanRef analysed;
    std::vector<const Plan*>
        relations;  ///< distinct sources, leaf order; `Plan::n` is a source's number in the session
    std::vector<u32> leaves;  ///< of each leaf in turn the place of its source in `relations`: one may be read twice
    std::vector<const Plan*> watermarks;  ///< in the order of the plan
    std::vector<StatefulNode> operators;  ///< from the sink down, left before right
    OutputMode mode = OutputMode::append;
    bool asks_time = false;                     ///< current_timestamp() and its like: constants of each batch
    PlantedBug bug = PlantedBug::none;          ///< of the session, see kBugSetting

    [[nodiscard]] std::size_t operator_of(const Plan* p) const;
    [[nodiscard]] std::size_t watermark_of(const Plan* p) const;
    [[nodiscard]] bool has_bug(PlantedBug b) const { return bug == b; }
};

/// The setting by which tests plant a bug in the queries of a session: its name.
inline constexpr const char* kBugSetting = "millrace.planted.bug";

std::expected<StreamPlan, QueryError> prepare_stream(Session& session, const PlanRef& analysed, OutputMode mode);
/// Offsets by source as the log has them: one line for each leaf.
std::vector<std::string> by_leaf(const StreamPlan& plan, const std::vector<std::string>& offsets);
/// The same back; what Spark says if the log was written for another number of leaves.
std::expected<std::vector<std::string>, std::string> by_source(const StreamPlan& plan,
                                                               const std::vector<std::string>& lines);
/// How often a batch reads each source: an exchange that two sides of a join have alike is read once.
std::vector<i64> reads_of(const StreamPlan& plan);
/// A plan that cannot be optimised, so that its query starts and fails with its first batch.
StreamPlan unoptimised_stream(const PlanRef& analysed, OutputMode mode);
/// A source as a leaf of plans: `format`, its number in the session, its columns.
PlanRef stream_relation(const std::string& format, const DataType& schema, i64 number, Ids& ids,
                        const Options& options = {});
bool is_streaming(const PlanRef& plan);
bool is_streaming(const Plan& plan);
/// Whether a node keeps state: an aggregate over a stream, ...
std::optional<StatefulKind> stateful_kind(const Plan& plan, OutputMode mode);
/// The event-time column among columns: its place, or -1.
int event_time_place(const Exprs& columns);

/// Operators that run twice in a batch, in the order of `operators`: a sort over all partitions samples its input
/// first, and the stage below it runs for the sample and for the rows. The state that comes out is the same.
std::vector<bool> sampled(const StreamPlan& plan);

/// How far each watermark stays behind, in milliseconds, in the order of `watermarks`.
std::vector<i64> delays_of(const StreamPlan& plan);
/// How a query with several watermarks chooses; min if the setting says nothing that is known.
WatermarkPolicy policy_of(const StreamPlan& plan, const std::string& setting);

/// The watermark each operator sees when the query's is `global_ms`, in the order of `operators`.
std::vector<i64> propagated(const StreamPlan& plan, i64 global_ms);

}  // namespace engine::spark
