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
        tables.push_back(
            {table.name, columns_of(table.columns), touches,
             [](const Reader&, const Keys&) -> std::unique_ptr<Rows> { return std::make_unique<NoRows>(); }});
    }
    return tables;
}

}  // namespace app::lab
