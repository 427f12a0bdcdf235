// Tables whose systems are not there yet: they have their names and columns and no rows, so a query about them can
// be written and is answered with nothing.
#include "app/lab/sql/tables.h"
#include "engine/model/touch.h"

namespace app::lab {
namespace {

namespace touch = engine::touch;

class NoRows final : public Rows {
public:
    bool next() override { return false; }
    [[nodiscard]] sim::u64 id() const override { return 0; }
    void cell(sim::u32, Out) const override {}
};

struct EmptyTable {
    std::string_view name;
    std::string_view columns;  // separated by blanks; those that hold text begin with a dot
};

constexpr EmptyTable kEmptyTables[] = {
    {"transactions", ".transactional_id producer_id producer_epoch .state started_at timeout_ms .partitions"},
    {"queries", ".name .id .run_id .state .error_class .message .output_mode .trigger .sink batch_id .watermark"},
    {"batches",
     ".query batch_id .run_id .kind trigger_at ended_at batch_timestamp .late_watermark .eviction_watermark .next_watermark "
     "num_input_rows num_output_rows state_rows_total state_rows_updated state_rows_removed rows_dropped_by_watermark attempts "
     "committed latest_offset_ms get_batch_ms query_planning_ms wal_commit_ms add_batch_ms commit_offsets_ms"},
    {"offset_ranges", ".query batch_id .topic partition from_offset until_offset task .executor"},
    {"state", ".query .operator partition version .key .value .window_start .window_end"},
    {"windows", ".query .window_start .window_end .key .value .phase"},
    {"late_rows", ".query batch_id offset .event_time .key .window_start .window_end .late_watermark"},
    {"sink_rows", ".query .sink batch_id attempt .row visible"},
    {"plans", ".query batch_id .phase line depth .operator .detail"},
    {"tasks", ".query batch_id stage task attempt .executor .state partition rows added_at ended_at"},
    {"checkpoint_files", ".query .path .kind batch_id .body"},
    {"files", ".path rows bytes listed .body"},
    {"cassandra_rows", ".keyspace .table_name .partition_key .clustering_key .row write_time writes"},
    {"receivers", ".name .executor .state"},
    {"blocks", "block .receiver .executor rows copies in_wal batch_time"},
    {"dstream_batches", ".app batch_time scheduling_delay_ms processing_ms records partitions .output"},
};

std::vector<ColumnInfo> columns_of(std::string_view words) {
    std::vector<ColumnInfo> columns;
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(' '));
        words.remove_prefix(std::min(words.size(), word.size() + 1));
        const bool is_text = word.front() == '.';
        columns.push_back({is_text ? word.substr(1) : word, is_text ? ColumnKind::text : ColumnKind::integer});
    }
    return columns;
}

}  // namespace

std::vector<TableSpec> empty_tables() {
    std::vector<TableSpec> tables;
    for (const EmptyTable& table : kEmptyTables) {
        const sim::u64 touches = table.name == "transactions" ? touch::kTransactions : touch::kStreams;
        tables.push_back({table.name, columns_of(table.columns), touches,
                          [](const Reader&, const Keys&) -> std::unique_ptr<Rows> { return std::make_unique<NoRows>(); }});
    }
    return tables;
}

}  // namespace app::lab
