// A streaming query with made-up rows: the watermark lesson's arithmetic, seven batches, one row dropped as late.
#pragma once

#include <fmt/format.h>

#include "app/view_model/query_data.h"

namespace tests {

inline app::i64 noon(int minutes, int seconds = 0) { return 1'767'614'400'000 + (minutes * 60 + seconds) * 1000; }

inline app::BatchInfo batch_of(int id, int at, int late, int evict, int next, int input, int output, int total,
                               int updated, int removed, int dropped) {
    app::BatchInfo batch;
    batch.id = id;
    batch.no_data = id == 5;
    batch.trigger_at = noon(at);
    batch.ended_at = noon(at, 2);
    batch.late = late == 0 ? 0 : noon(late);
    batch.evict = evict == 0 ? 0 : noon(evict);
    batch.next = next == 0 ? 0 : noon(next);
    batch.input = input;
    batch.output = output;
    batch.state_total = total;
    batch.state_updated = updated;
    batch.state_removed = removed;
    batch.dropped = dropped;
    batch.committed = true;
    batch.latest_offset = 40;
    batch.get_batch = 8;
    batch.planning = 120;
    batch.wal = 60;
    batch.add_batch = 1600;
    batch.commit = 55;
    return batch;
}

constexpr int kUntil[] = {0, 2, 3, 7, 8, 8, 10};  // the offset each batch read up to

/// What was read, and the offsets of each batch.
inline void add_sample_input(app::QueryData& data) {
    struct Read {
        int batch, offset, minute;
        const char* word;
    };
    constexpr Read kReads[] = {{1, 0, 7, "dog"},    {1, 1, 8, "owl"}, {2, 2, 14, "dog"}, {3, 3, 9, "cat"},
                               {3, 4, 15, "cat"},   {3, 5, 8, "dog"}, {3, 6, 13, "owl"}, {4, 7, 21, "owl"},
                               {6, 8, 4, "donkey"}, {6, 9, 17, "owl"}};
    for (const Read& read : kReads)
        data.input.push_back({read.batch, "words", 0, read.offset, "", read.word, noon(read.minute)});
    for (int i = 0; i < 7; ++i)
        data.ranges.push_back({i, "words", 0, i == 0 ? 0 : kUntil[i - 1], kUntil[i], 0, "executor 1"});
}

inline app::QueryData sample_query() {
    app::QueryData data;
    data.names = {"counts"};
    data.query = {"counts", "active", "", "", "append", "processingTime 5 minutes", "console", 6};
    data.delay = "10 minutes";
    data.lesson_has_query = true;
    data.text =
        "SELECT window(timestamp, '10 minutes', '5 minutes') AS window, CAST(value AS STRING) AS word, count(*) AS "
        "count\nFROM source\nGROUP BY window(timestamp, '10 minutes', '5 minutes'), CAST(value AS STRING)";
    data.batches = {batch_of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),    batch_of(1, 10, 0, 0, -2, 2, 0, 4, 4, 0, 0),
                    batch_of(2, 15, 0, -2, 4, 1, 0, 5, 2, 0, 0),  batch_of(3, 20, -2, 4, 5, 4, 0, 10, 8, 0, 0),
                    batch_of(4, 25, 4, 5, 11, 1, 0, 12, 2, 0, 0), batch_of(5, 30, 5, 11, 11, 0, 3, 9, 0, 3, 0),
                    batch_of(6, 35, 11, 11, 11, 2, 0, 9, 2, 0, 2)};
    add_sample_input(data);
    for (const char* word : {"cat 1", "dog 2", "owl 1"}) {
        const std::string text = word;
        const auto blank = text.find(' ');
        data.windows.push_back({noon(0), noon(10), text.substr(0, blank), text.substr(blank + 1), "emitted"});
        data.sink_rows.push_back({5,
                                  1,
                                  {{"window", app::window_text(noon(0), noon(10))},
                                   {"word", text.substr(0, blank)},
                                   {"count", text.substr(blank + 1)}},
                                  true});
    }
    data.windows.push_back({noon(5), noon(15), "dog", "2", "open"});
    data.windows.push_back({noon(5), noon(15), "owl", "2", "open"});
    data.windows.push_back({noon(10), noon(20), "dog", "1", "open"});
    data.windows.push_back({noon(10), noon(20), "owl", "2", "open"});
    data.windows.push_back({noon(15), noon(25), "owl", "2", "open"});
    for (const app::WindowInfo& window : data.windows) {
        if (window.phase != "open") continue;
        data.state.push_back({"0", 0, 7, window.key, window.value, window.start, window.end});
        if (window.start != noon(15))
            data.state.push_back({"0", 0, 6, window.key,
                                  window.start == noon(10) && window.key == "owl" ? "1" : window.value, window.start,
                                  window.end});
    }
    data.state.push_back({"0", 0, 6, "cat", "1", noon(0), noon(10)});
    data.late_rows = {{6, 8, noon(4), "donkey", noon(-5), noon(5), noon(11)},
                      {6, 8, noon(4), "donkey", noon(0), noon(10), noon(11)}};
    const char* plan[][2] = {{"WriteToDataSourceV2", "console"},
                             {"HashAggregate", "count(1)"},
                             {"StateStoreSave", "Append, 12:11"},
                             {"StateStoreRestore", "state 0"},
                             {"HashAggregate", "merge_count(1)"},
                             {"Exchange", "hashpartitioning(window, word, 2)"},
                             {"HashAggregate", "partial_count(1)"},
                             {"Expand", "window 10/5 minutes"},
                             {"EventTimeWatermark", "timestamp, 10 minutes"},
                             {"MicroBatchScan", "words"}};
    for (int i = 0; i < 10; ++i) data.plans.push_back({6, "physical", i, i, plan[i][0], plan[i][1]});
    data.tasks = {{6, 12, 0, 0, "executor 1", "success", 2, noon(35) + 230, noon(35) + 700},
                  {6, 13, 0, 0, "executor 1", "success", 3, noon(35) + 760, noon(35) + 1500},
                  {6, 13, 1, 0, "executor 2", "success", 1, noon(35) + 760, noon(35) + 1280}};
    for (int i = 0; i < 7; ++i) {
        data.files.push_back({fmt::format("commits/{}", i), "commits", "v1\n{\"nextBatchWatermarkMs\":0}", i});
        data.files.push_back({fmt::format("offsets/{}", i), "offsets",
                              fmt::format("v1\n{{\"batchWatermarkMs\":0}}\n{{\"words\":{{\"0\":{}}}}}", kUntil[i]), i});
        data.files.push_back({fmt::format("state/0/0/{}.delta", i + 1), "state", "", i});
    }
    return data;
}

}  // namespace tests
