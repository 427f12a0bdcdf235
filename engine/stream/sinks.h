// Where batches go, and sources that need nothing from outside.
#pragma once

#include "engine/dfs/file_store.h"
#include "engine/model/observer.h"
#include "engine/operators/statement.h"
#include "engine/stream/driver.h"

namespace engine::spark {

/// Prints each batch as the console sink does.
struct ConsoleSink final : StreamSink {
    Session& session;
    std::string& out;
    i64 rows_shown = 20;
    bool truncate = true;

    ConsoleSink(Session& s, std::string& o) : session(s), out(o) {}
    std::expected<bool, QueryError> add(i64 batch, const Rows& rows) override;
    [[nodiscard]] std::string description() const override;
};

/// Keeps rows: of all batches, or of the last one in Complete. A batch that comes again is passed over.
struct MemorySink final : StreamSink {
    bool complete = false;
    i64 latest = -1;
    std::vector<Values> rows;
    std::vector<Values> last;  ///< of the newest batch
    Exprs columns;

    explicit MemorySink(bool whole) : complete(whole) {}
    std::expected<bool, QueryError> add(i64 batch, const Rows& given) override;
    [[nodiscard]] std::string description() const override { return "MemorySink"; }
};

/// A row as the Kafka sink sends it.
struct SinkRecord {
    NullableText key, value;
    std::string topic;   ///< the option's, else the row's
    std::vector<std::pair<std::string, NullableText>> headers;
    i64 partition = -1;  ///< of the row; -1 = the partitioner's choice
};
/// Rows as records of a topic. `topic`: the option, which goes before the column; a refusal if a row has neither.
std::expected<std::vector<SinkRecord>, QueryError> sink_records(const Rows& rows, const std::string& topic);
/// An entry of `_spark_metadata`: the files that a batch added.
std::string manifest_text(const std::vector<dfs::FileInfo>& files);

struct NoopSink final : StreamSink {
    std::expected<bool, QueryError> add(i64, const Rows&) override { return true; }
    [[nodiscard]] std::string description() const override {
        return "org.apache.spark.sql.execution.datasources.noop.NoopTable$@<hash>";
    }
};

/// Rows that somebody adds; an offset is the number of additions less one.
struct MemorySource final : StreamSource {
    std::vector<Batch> added;
    std::string name;

    std::string latest(const std::string& committed, bool limited) override;
    std::expected<std::vector<Batch>, QueryError> rows(const std::string& from, const std::string& to) override;
    void commit(const std::string&) override {}
    [[nodiscard]] std::string description() const override { return name; }
    [[nodiscard]] std::string newest() const override { return added.empty() ? "" : std::to_string(added.size() - 1); }
};

/// rate-micro-batch: the same number of rows in every batch, all with the batch's time.
struct RateMicroBatch final : StreamSource {
    i64 rows_per_batch = 1;
    i64 start_ms = 0;
    i64 advance_ms = 1000;
    i64 partitions = 2;

    RateMicroBatch(i64 rows, i64 start, i64 advance) : rows_per_batch(rows), start_ms(start), advance_ms(advance) {}
    std::string latest(const std::string& committed, bool limited) override;
    std::expected<std::vector<Batch>, QueryError> rows(const std::string& from, const std::string& to) override;
    void commit(const std::string&) override {}
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::string first_offset() const override;
    [[nodiscard]] bool endless() const override { return true; }
};

/// minOffsetsBehindLatest and its like, as progress words them.
std::vector<std::pair<std::string, std::string>> behind_metrics(const std::vector<i64>& behind);

}  // namespace engine::spark
