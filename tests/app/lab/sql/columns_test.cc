// The tables and columns that lessons may ask for, word for word as the course lists them.
#include <catch2/catch_test_macros.hpp>

#include <set>

#include "app/lab/sql/sql_view.h"
#include "app/lab/sql/tables.h"

namespace {

struct Expected {
    std::string_view table;
    std::string_view columns;
};

constexpr Expected kCourse[] = {
    {"nodes", "node, kind, name, state, is_controller, broker_epoch, session_state"},
    {"partitions",
     "topic, partition, leader, leader_epoch, partition_epoch, replicas, isr, preferred_leader, log_start_offset, "
     "last_stable_offset, "
     "high_watermark, log_end_offset, min_insync_replicas"},
    {"replicas",
     "topic, partition, broker, role, in_sync, log_start_offset, high_watermark, log_end_offset, last_caught_up"},
    {"records",
     "topic, partition, broker, offset, key, value, timestamp, leader_epoch, producer_id, producer_epoch, sequence, "
     "is_control, "
     "control_type, is_transactional, is_aborted, bytes, batch_position"},
    {"leader_epochs", "topic, partition, broker, epoch, start_offset"},
    {"segments", "topic, partition, broker, base_offset, next_offset, bytes, is_active, max_timestamp, state"},
    {"ledger",
     "message, producer, topic, partition, key, value, sent_at, outcome, error, acked_offset, acked_at, copies_in_log, "
     "visible"},
    {"deliveries", "consumer, group_id, message, topic, partition, offset, value, delivered_at, processed_at"},
    {"producers",
     "name, producer_id, producer_epoch, acks, in_flight, buffered_bytes, blocked_ms, retries, last_error"},
    {"transactions", "transactional_id, producer_id, producer_epoch, state, started_at, timeout_ms, partitions"},
    {"groups", "group_id, state, generation, protocol, coordinator, member_count"},
    {"members", "group_id, member_id, name, instance_id, state"},
    {"assignments", "group_id, topic, partition, name, generation"},
    {"offsets", "group_id, topic, partition, committed, position, log_end_offset, lag"},
    {"znodes", "path, data, version, is_ephemeral, owner"},
    {"sessions", "owner, timeout_ms, expires_at, state"},
    {"watches", "path, kind, owner"},
    {"configs", "scope, name, key, value, source"},
    {"commands", "seq, line, exit_code, output"},
    {"queries", "name, id, run_id, state, error_class, message, output_mode, trigger, sink, batch_id, watermark"},
    {"batches",
     "query, batch_id, run_id, kind, trigger_at, ended_at, batch_timestamp, late_watermark, eviction_watermark, "
     "next_watermark, "
     "num_input_rows, num_output_rows, state_rows_total, state_rows_updated, state_rows_removed, "
     "rows_dropped_by_watermark, attempts, "
     "committed, latest_offset_ms, get_batch_ms, query_planning_ms, wal_commit_ms, add_batch_ms, commit_offsets_ms"},
    {"offset_ranges", "query, batch_id, topic, partition, from_offset, until_offset, task, executor"},
    {"state", "query, operator, partition, version, key, value, window_start, window_end"},
    {"windows", "query, window_start, window_end, key, value, phase"},
    {"late_rows", "query, batch_id, offset, event_time, key, window_start, window_end, late_watermark"},
    {"sink_rows", "query, sink, batch_id, attempt, row, visible"},
    {"plans", "query, batch_id, phase, line, depth, operator, detail, rows"},
    {"tasks",
     "query, batch_id, stage, task, attempt, executor, state, partition, rows, added_at, ended_at, "
     // Beyond the course: what tasks move through the shuffle.
     "stage_attempt, shuffle_read_records, shuffle_read_bytes, shuffle_remote_bytes, fetch_wait_ms, "
     "shuffle_write_records, shuffle_write_bytes"},
    {"checkpoint_files", "query, path, kind, batch_id, body"},
    {"files", "path, rows, bytes, listed, body"},
    {"cassandra_rows", "keyspace, table_name, partition_key, clustering_key, row, write_time, writes"},
    {"receivers", "name, executor, state"},
    {"blocks", "block, receiver, executor, rows, copies, in_wal, batch_time"},
    {"dstream_batches", "app, batch_time, scheduling_delay_ms, processing_ms, records, partitions, output"},
    {"messages", "sender, receiver, api, sent_at, delivered_at, outcome, bytes"},
    {"events", "seq, at, node, kind, parent"},
    {"timers", "node, kind, due_at"},
    {"links", "from_node, to_node, latency_ms, bandwidth, loss, state"},
    {"inputs", "seq, at, verb, target, args, author, branch"},
    {"answers", "prompt, choice, correct, at"},
    {"facts", "seq, at, node, kind, topic, partition, text, cause"},
};

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

TEST_CASE("the view has exactly the tables and columns that the course lists", "[sql]") {
    app::lab::SqlView view;
    std::set<std::string_view> listed;
    for (const Expected& expected : kCourse) {
        listed.insert(expected.table);
        for (const std::string_view schema : {"", "twin."}) {
            const auto statement = view.prepare("SELECT * FROM " + std::string(schema) + std::string(expected.table));
            INFO(schema << expected.table);
            REQUIRE(statement.has_value());
            CHECK(joined(statement->columns()) == expected.columns);
        }
    }
    for (const app::lab::TableSpec& table : app::lab::all_tables()) {
        INFO(table.name << " is not in the course");
        CHECK(listed.contains(table.name));
    }
}

TEST_CASE("a view that shows nothing has empty tables", "[sql]") {
    app::lab::SqlView view;
    for (const Expected& expected : kCourse)
        CHECK(app::lab::holds(view, "SELECT count(*) = 0 FROM " + std::string(expected.table)) == true);
}
