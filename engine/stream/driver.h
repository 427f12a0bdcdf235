// The driver of one streaming query: which offsets a batch takes, what is logged before it and after it, the watermark,
// progress. It runs at most one batch when told to. Everything that outlives a crash lies in the checkpoint; the rest
// is rebuilt from it.
#pragma once

#include <functional>

#include "engine/dfs/file_store.h"
#include "engine/stream/batch_run.h"
#include "engine/stream/checkpoint_log.h"

namespace engine::spark {

/// Where rows come from. Offsets are JSON texts, as the logs keep them.
struct StreamSource {
    virtual ~StreamSource() = default;
    /// The end of what may be read now, given what was read; empty = nothing known yet.
    virtual std::string latest(const std::string& committed, bool limited) = 0;
    /// Rows after `from` (empty = the beginning) up to `to`.
    virtual std::expected<std::vector<Batch>, QueryError> rows(const std::string& from, const std::string& to) = 0;
    /// Where the source may keep what it must know after a restart, before anything else is asked of it.
    virtual void attach(dfs::FileStore& files, const std::string& folder) {
        (void)files;
        (void)folder;
    }
    /// What was logged as read will not be asked for again.
    virtual void commit(const std::string& offset) = 0;
    /// As progress names it.
    [[nodiscard]] virtual std::string description() const = 0;
    /// What is known of the end now, for progress; empty = nothing.
    [[nodiscard]] virtual std::string newest() const { return ""; }
    [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> metrics(const std::string& committed) const {
        (void)committed;
        return {};
    }
    /// Where it begins, as plans name it while nothing was read.
    [[nodiscard]] virtual std::string first_offset() const { return "-1"; }
    /// The files between two offsets, if it reads files.
    [[nodiscard]] virtual std::vector<std::string> files(const std::string& from, const std::string& to) const {
        (void)from, (void)to;
        return {};
    }
    /// There is always more: a query on it is never done.
    [[nodiscard]] virtual bool endless() const { return false; }
    /// A source that gives no offset at all while it has nothing runs no empty first batch.
    [[nodiscard]] virtual bool quiet_at_first() const { return true; }
};

struct StreamSink {
    virtual ~StreamSink() = default;
    /// Takes a batch. It may come twice with the same number, after a crash.
    virtual std::expected<bool, QueryError> add(i64 batch, const Rows& rows) = 0;
    [[nodiscard]] virtual std::string description() const = 0;
    /// How often the last batch was computed: once, unless a user's function asks for it again and again, or never.
    [[nodiscard]] virtual i64 runs() const { return 1; }
    /// Rows as progress reports them: -1 = the sink cannot tell.
    [[nodiscard]] virtual bool counts_rows() const { return true; }
};

struct StreamConf {
    bool no_data_batches = true;
    bool allow_multiple = true;  ///< late rows are judged by the watermark of the batch before
    std::string policy = "min";
    i64 maintenance_ms = 60'000;   ///< how often stores are cared for
    i64 deltas_for_snapshot = 10;  ///< more than that are summed up
    i64 batches_kept = 100;        ///< of logs and of state
    bool ends_known = false;  ///< Trigger.AvailableNow has taken what a source without an end had: no more is asked for
    bool once = false;  ///< Trigger.Once: no limits, no batch without data
};

/// How long the phases of a trigger took, in milliseconds.
struct PhaseTimes {
    i64 latest_offset = 0;
    i64 wal_commit = 0;
    i64 get_batch = 0;
    i64 query_planning = 0;
    i64 add_batch = 0;
    i64 commit_offsets = 0;
    i64 trigger = 0;
};

/// How often the versions of an operator's stores were found in memory, since the run began, in all partitions.
struct StoreLoads {
    i64 hits = 0;
    i64 misses = 0;
};

/// What one batch did.
struct BatchRecord {
    i64 batch = -1;  ///< of an idle trigger: the batch that would be next
    bool executed = false;
    bool replayed = false;  ///< was logged before this run began
    bool data = false;
    i64 timestamp_ms = 0;
    i64 watermark_ms = 0;
    i64 next_watermark_ms = 0;
    i64 input_rows = 0;
    i64 output_rows = 0;
    std::vector<OperatorMetrics> operators;
    EventTimeStats event_time;
    bool has_watermark = false;
    std::vector<std::string> start_offsets, end_offsets, latest_offsets;
    std::vector<i64> source_rows;
    std::vector<std::vector<std::pair<std::string, std::string>>> source_metrics;
    std::vector<std::pair<std::string, std::pair<DataType, Values>>> observed;
    std::vector<StoreLoads> loads;  ///< by operator
    std::vector<bool> sampled;      ///< by operator: it ran twice, see StreamPlan::sampled
    PhaseTimes took;
    i64 since_last_ms = -1;  ///< since the trigger before began; -1 = there was none
};

struct StreamDriver {
    Session& session;
    StreamPlan plan;
    StreamConf conf;
    std::vector<std::shared_ptr<StreamSource>> sources;  ///< in the order of plan.relations
    std::shared_ptr<StreamSink> sink;
    dfs::FileStore& checkpoint;
    std::string folder;  ///< of the checkpoint
    std::string id;

    // rebuilt from the checkpoint
    StreamState state{};
    WatermarkTracker tracker{};
    i64 next_batch = 0;
    std::vector<std::string> committed{};  ///< offsets read so far; empty = none
    i64 late_ms = 0;                       ///< watermark of the batch before
    bool planned = false;                  ///< `next_batch` is logged but not committed
    OffsetLogEntry entry{};                ///< of the planned batch
    bool state_loaded = false;             ///< the first batch of a run reads its version from the checkpoint
    // of this run
    bool ran = false;
    std::vector<i64> evicted_ms{};
    i64 last_batch = -1;
    bool idle_told = false;
    std::vector<BatchRecord> history{};
    i64 last_trigger_ms = -1;
    i64 last_upkeep_ms = -1;
    std::vector<StoreLoads> loads{};  ///< of one partition, by operator
    std::function<bool(const char* phase)> at_phase{};  ///< a crash when it says false
    std::function<std::optional<QueryError>(const BatchRecord&)> at_plan{};  ///< what the planner of a batch refuses
    std::function<i64()> clock{};                       ///< for durations; none = a trigger takes no time

    /// Reads the checkpoint. A refusal if it does not fit the plan.
    std::expected<bool, QueryError> recover();
    /// Runs one batch if there is something to do. False = idle.
    std::expected<bool, QueryError> trigger(i64 now_ms);
    /// Runs until nothing is left to do.
    std::expected<i64, QueryError> drain(i64 now_ms);
};

}  // namespace engine::spark
