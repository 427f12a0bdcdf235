// Sources that read what a host holds: sockets, clocks, folders, and topics of a broker that stands in for a cluster.
#pragma once

#include <map>

#include "engine/operators/file_scan.h"
#include "engine/stream/driver.h"
#include "engine/stream/pacing.h"

namespace engine::spark {

/// Lines that came over a socket, never to be read again.
struct SocketSource final : StreamSource {
    std::shared_ptr<std::vector<std::string>> lines = std::make_shared<std::vector<std::string>>();
    std::vector<i64> arrived_ms;
    bool with_time = false;
    std::string host, port;

    std::string latest(const std::string& committed, bool limited) override;
    std::expected<std::vector<Batch>, QueryError> rows(const std::string& from, const std::string& to) override;
    void commit(const std::string&) override {}
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::string newest() const override { return std::to_string(static_cast<i64>(lines->size()) - 1); }
};

/// rate: values made by the clock since the stream began.
struct RateSource final : StreamSource {
    RateOptions options;
    i64 partitions = 2;
    i64 began_ms = 0;
    const i64* now_ms = nullptr;

    void attach(dfs::FileStore& files, const std::string& folder) override;
    std::string latest(const std::string& committed, bool limited) override;
    std::expected<std::vector<Batch>, QueryError> rows(const std::string& from, const std::string& to) override;
    void commit(const std::string&) override {}
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::string newest() const override;
    [[nodiscard]] std::string first_offset() const override { return "0"; }
};

/// Files of a folder, oldest first; each is read once.
struct FileSource final : StreamSource {
    Session& session;
    dfs::FileStore& store;
    std::string format;
    Options options;
    DataType schema;
    i64 most = 0;                                   ///< maxFilesPerTrigger; 0 = all
    std::vector<std::vector<std::string>> batches;  ///< files by log offset
    std::vector<std::string> seen;
    std::vector<std::vector<std::string>> log;  ///< by log offset: files as lines
    dfs::FileStore* kept = nullptr;
    std::string folder;  ///< of the log; empty = none is kept

    FileSource(Session& s, dfs::FileStore& f) : session(s), store(f) {}
    void attach(dfs::FileStore& files, const std::string& path) override;
    std::string latest(const std::string& committed, bool limited) override;
    std::expected<std::vector<Batch>, QueryError> rows(const std::string& from, const std::string& to) override;
    void commit(const std::string&) override {}
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::vector<std::string> files(const std::string& from, const std::string& to) const override;
};

struct TopicRecord {
    std::optional<std::string> key, value;
    i64 timestamp_ms = 0;
    std::vector<std::pair<std::string, std::string>> headers;
};
/// Topics by name, partitions by number: a broker without a cluster.
using Topics = std::map<std::string, std::vector<std::vector<TopicRecord>>>;

/// {"topic":{"1":5,"0":3}}: partitions from the highest down, as Spark writes them.
std::string kafka_offsets_text(const std::map<std::string, std::map<i64, i64>>& offsets);
std::map<std::string, std::map<i64, i64>> parse_kafka_offsets(const std::string& text);
/// Offsets before which a broker has deleted the records: by topic, then partition.
using TopicStarts = std::map<std::string, std::map<i64, i64>>;

struct KafkaSource final : StreamSource {
    const Topics& topics;
    const TopicStarts* starts = nullptr;  ///< none = nothing was deleted
    Options options;
    std::string strategy;
    std::map<std::string, std::map<i64, i64>> initial;  ///< where the stream began
    bool started = false;
    dfs::FileStore* kept = nullptr;
    std::string folder;  ///< in which it writes where it began

    explicit KafkaSource(const Topics& t) : topics(t) {}
    void attach(dfs::FileStore& files, const std::string& path) override;
    std::string latest(const std::string& committed, bool limited) override;
    std::expected<std::vector<Batch>, QueryError> rows(const std::string& from, const std::string& to) override;
    void commit(const std::string&) override {}
    [[nodiscard]] std::string description() const override { return "KafkaV2[" + strategy + "]"; }
    [[nodiscard]] std::string newest() const override;
    /// Where a batch read of topics ends: what endingOffsets or a moment say, else at the newest records.
    [[nodiscard]] std::string batch_end() const;
    [[nodiscard]] std::string first_offset() const override { return kafka_offsets_text(initial); }
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> metrics(const std::string& committed) const override;
    /// What is wrong with the options that only shows when the query runs.
    [[nodiscard]] std::optional<QueryError> late_refusal() const;
};

}  // namespace engine::spark
