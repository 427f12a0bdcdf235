#include "app/proof/streams/program_crashes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "app/proof/spark/program_run.h"
#include "app/proof/streams/case_rows.h"
#include "app/proof/sweep/draw.h"
#include "engine/model/json.h"
#include "engine/operators/statement.h"
#include "engine/plan/json.h"
#include "engine/stream/compiled_query.h"
#include "sim/base/lines.h"

namespace app::proof {
namespace {

namespace spark = engine::spark;
using sim::Prng;

using Texts = std::vector<std::string>;
using Batches = std::vector<std::pair<i64, Texts>>;  ///< what the sink took, in order

enum class SinkKind : sim::u8 { files, console, function };

struct ProgramShape {
    const char* name;
    const char* query;  ///< of the stream `rows`
    const char* sql;    ///< the same as a batch over `source`
    SinkKind sink;
    bool checkpoint = true;
    const char* mode = "append";
};

constexpr const char* kMap = "rows.where('v % 3 <> 0').select('k', expr('v + 1 AS n'))";
constexpr const char* kMapSql = "SELECT k, v + 1 AS n FROM source WHERE v % 3 <> 0";
constexpr const char* kDistinct = "rows.withWatermark('t', '10 seconds').dropDuplicates(['k', 't']).select('k', 't')";
constexpr const char* kDistinctSql = "SELECT DISTINCT k, t FROM source";
constexpr const char* kWindows =
    "rows.withWatermark('t', '10 seconds').groupBy(window('t', '5 seconds'), "
    "'k').agg(count('*').alias('n')).select('k', 'n')";
constexpr const char* kWindowsSql = "SELECT k, count(*) AS n FROM source GROUP BY window(t, '5 seconds'), k";
constexpr std::array kPrograms = {
    ProgramShape{"rows of files to files", kMap, kMapSql, SinkKind::files},
    ProgramShape{"rows of files to the console", kMap, kMapSql, SinkKind::console},
    ProgramShape{"rows of files to foreachBatch", kMap, kMapSql, SinkKind::function},
    ProgramShape{"rows of files without a checkpoint", kMap, kMapSql, SinkKind::function, false},
    ProgramShape{"distinct rows of files to files", kDistinct, kDistinctSql, SinkKind::files},
    ProgramShape{"distinct rows of files to foreachBatch", kDistinct, kDistinctSql, SinkKind::function},
    ProgramShape{"windows of files to files", kWindows, kWindowsSql, SinkKind::files},
    ProgramShape{"windows of files to the console", kWindows, kWindowsSql, SinkKind::console},
};

struct ProgramGame {
    const ProgramShape& shape;
    Prng prng;
    ProgramRun run{};
    ProgramCrashes out{};
    std::vector<JudgedRow> rows{};
    i64 files = 0;
    i64 now_ms = 1'767'225'600'000;
    i64 taken_and_died = 0;      ///< deaths after which the sink takes a batch once more
    std::size_t life_began = 0;  ///< batches that the sink had taken when the newest life began
};

std::string program_text(const ProgramShape& shape, i64 most) {
    std::string sink = ".format('console').option('numRows', 1000).option('truncate', 'false')";
    if (shape.sink == SinkKind::files) sink = ".format('json').option('path', '/out')";
    if (shape.sink == SinkKind::function) sink = ".foreachBatch(take)";
    if (shape.checkpoint) sink += ".option('checkpointLocation', '/kept')";
    return fmt::format(
        "from pyspark.sql.functions import *\n"
        "def take(df, batch_id):\n    entries.append((batch_id, sorted([tuple(r) for r in df.collect()])))\n"
        "rows = spark.readStream.schema('t TIMESTAMP, k STRING, v LONG').option('maxFilesPerTrigger', {}).json('/in')\n"
        "q = {}.writeStream.outputMode('{}'){}.start()\n",
        most, shape.query, shape.mode, sink);
}

/// Up to the second, in order, so that none is late.
void add_file(ProgramGame& g, bool closing) {
    std::string text;
    const i64 n = closing ? 1 : g.prng.between(1, 6);
    for (i64 i = 0; i < n; ++i) {
        EventRow row;
        g.now_ms += closing ? 3'600'000 : g.prng.between(0, 3) * 1000;
        row.at_ms = g.now_ms;
        row.key = closing ? std::string(1, kClosingMark) : std::string(1, static_cast<char>('a' + g.prng.below(3)));
        row.value = closing ? 0 : g.prng.between(0, 20);
        text +=
            fmt::format("{{\"t\":\"{}Z\",\"k\":\"{}\",\"v\":{}}}\n", spark::moment_text(row.at_ms), row.key, row.value);
        if (!closing) g.rows.push_back({row, 0});
    }
    g.run.store.now_ms = g.now_ms;
    g.run.store.write(fmt::format("/in/f{:03}.json", g.files++), text);
}

/// The batches that a function or the console took; of files the rows that the manifests name, as one.
Batches taken(ProgramGame& g);

bool begin_life(ProgramGame& g) {
    if (!g.shape.checkpoint) {
        std::erase_if(g.run.store.files, [](const auto& f) { return f.first.starts_with("/tmp/"); });
        g.life_began = taken(g).size();
    }
    g.run.host->started.clear();
    g.run.in->raised.reset();
    const auto raised = spark::py::run_program(*g.run.in, g.run.text);
    if (raised) g.out.wrong = "raised " + raised->error.message;
    return !raised;
}

/// Runs what there is to do; the driver may die on the way, and then lives again.
void run_on(ProgramGame& g, bool dies) {
    constexpr std::array<const char*, 5> kPhases = {"offsets known", "offsets logged", "state written",
                                                    "sink committed", "batch committed"};
    spark::StreamDriver& driver = *g.run.host->started.back()->driver;
    const std::string last = one_of(g.prng, kPhases);
    i64 left = g.prng.between(0, 2);
    bool died = false;
    driver.at_phase = [&](const char* phase) {
        if (!dies || phase != last || left-- > 0) return true;
        died = true;
        return false;
    };
    g.run.host->now_ms = g.now_ms;
    g.run.host->run_queries();
    driver.at_phase = {};
    const auto failed = g.run.failure();
    if (failed && !died) g.out.wrong = failed->message;
    if (!died) return;
    ++g.out.deaths;
    if (last == "sink committed") ++g.taken_and_died;
    if (begin_life(g)) run_on(g, false);
}

Texts rows_of_folder(const engine::dfs::MemoryStore& store) {
    Texts out;
    for (const auto& [path, file] : store.files) {
        if (!path.starts_with("/out/_spark_metadata/")) continue;
        for (const std::string_view line : sim::lines_of(file.bytes)) {
            const auto entry = spark::parse_json(line);
            if (!entry || entry->names.empty() || entry->names[0] != "path") continue;
            const auto part = store.read(engine::dfs::plain_path(entry->items[0].text));
            const std::string rows = part.value_or("no file");
            for (const std::string_view row : sim::lines_of(rows)) out.emplace_back(row);
        }
    }
    return out;
}

/// Cells between the bars of a printed row, or of a tuple in the log.
std::string cells(std::string_view row) {
    std::string out;
    for (const char c : row)
        if (c != ' ' && c != '\'' && c != '"') out += c == '|' || c == ',' ? '|' : c;
    return out;
}

Batches batches_printed(const std::string& printed) {
    Batches out;
    for (const std::string_view line : sim::lines_of(printed)) {
        if (line.starts_with("Batch: ")) out.emplace_back(std::stoll(std::string(line.substr(7))), Texts{});
        const bool row = line.starts_with("|") && !line.starts_with("|k ") && !line.starts_with("|k|");
        if (row && !out.empty()) out.back().second.push_back(cells(line.substr(1)));
    }
    return out;
}

Batches batches_logged(ProgramGame& g) {
    Batches out;
    const OrderedJson log = engine::must_read_json<OrderedJson>(spark::json_of(g.run.in->globals->fields["entries"]));
    for (const OrderedJson& entry : log) {
        Texts rows;
        for (const OrderedJson& row : entry.at(1)) {
            std::string text;
            for (const OrderedJson& cell : row)
                text += cells(cell.is_string() ? cell.get<std::string>() : engine::json_text(cell)) + "|";
            rows.push_back(std::move(text));
        }
        out.emplace_back(entry.at(0).get<i64>(), std::move(rows));
    }
    return out;
}

Batches taken(ProgramGame& g) {
    if (g.shape.sink == SinkKind::console) return batches_printed(g.run.host->printed);
    if (g.shape.sink == SinkKind::function) return batches_logged(g);
    return {{0, rows_of_folder(g.run.store)}};
}

// ---- judging ------------------------------------------------------------------------------------

std::expected<Texts, std::string> expected_rows(const ProgramGame& g) {
    StreamCase c;
    c.query.batch_sql = g.shape.sql;
    c.delays_ms = {-1};
    const auto rows = batch_result(c, {g.rows});
    if (!rows) return std::unexpected(rows.error());
    Texts out;
    for (const ResultRow& row : *rows) out.push_back(cells(row.all));
    return out;
}

/// A line of a JSON file as the cells of its row.
std::string cells_of_json(const std::string& line) {
    std::string out;
    const auto row = spark::parse_json(line);
    if (!row) return "no row: " + line;
    for (const spark::Json& item : row->items) {
        std::string text = item.text;
        if (const auto t = text.find("T"); t == 10) text = text.substr(0, 10) + text.substr(11, 8);
        out += cells(text) + "|";
    }
    return out;
}

bool closing(const std::string& row) { return row.find(kClosingMark) != std::string::npos; }

/// Every batch once; its repetitions must be alike.
std::string each_once(ProgramGame& g, const Batches& batches, Texts& out) {
    std::map<i64, Texts> seen;
    for (auto [batch, rows] : batches) {
        std::ranges::sort(rows);
        const auto [it, fresh] = seen.try_emplace(batch, rows);
        g.out.again += fresh ? 0 : 1;
        if (!fresh && it->second != rows) return fmt::format("batch {} gave other rows again", batch);
    }
    for (const auto& [batch, rows] : seen)
        for (const std::string& row : rows)
            if (!closing(row)) out.push_back(row);
    return "";
}

std::string judge(ProgramGame& g) {
    auto expected = expected_rows(g);
    if (!expected) return expected.error();
    Texts got;
    Batches batches = taken(g);
    if (!g.shape.checkpoint)
        batches.erase(batches.begin(), batches.begin() + static_cast<std::ptrdiff_t>(g.life_began));
    if (g.shape.sink == SinkKind::files) {
        for (const std::string& line : batches[0].second)
            if (!closing(line)) got.push_back(cells_of_json(line));
    } else if (std::string wrong = each_once(g, batches, got); !wrong.empty()) {
        return wrong;
    }
    std::ranges::sort(*expected);
    std::ranges::sort(got);
    g.out.rows = static_cast<i64>(got.size());
    if (got != *expected) return fmt::format("the sink has {} rows instead of {}", got.size(), expected->size());
    const i64 repeated = g.shape.sink == SinkKind::files || !g.shape.checkpoint ? 0 : g.taken_and_died;
    if (g.out.again != repeated)
        return fmt::format("{} batches came again, and the driver died {} times behind its sink", g.out.again,
                           repeated);
    return "";
}

void play(ProgramGame& g) {
    if (spark::py::run_program(*g.run.in, "entries = []\n")) g.out.wrong = "no log";
    add_file(g, false);
    if (!begin_life(g)) return;
    const i64 rounds = g.prng.between(2, 5);
    for (i64 r = 0; r < rounds && g.out.wrong.empty(); ++r) {
        const i64 files = g.prng.between(0, 3);
        for (i64 i = 0; i < files; ++i) add_file(g, false);
        run_on(g, percent(g.prng, 60));
    }
    for (int i = 0; i < 2 && g.out.wrong.empty(); ++i) {
        add_file(g, true);
        run_on(g, false);
    }
    if (g.out.wrong.empty()) g.out.wrong = judge(g);
}

}  // namespace

u32 program_shapes() { return static_cast<u32>(kPrograms.size()); }

ProgramCrashes play_program_crashes(u64 seed, engine::PlantedBug bug) {
    ProgramGame g{kPrograms[seed % kPrograms.size()], Prng::forked(seed, "program crashes")};
    g.out.shape = g.shape.name;
    g.run.prepare(OrderedJson::object());
    g.run.host->checkpoint.clear();
    if (bug != engine::PlantedBug::none) g.run.session.settings[spark::kBugSetting] = std::string(engine::name_of(bug));
    g.run.text = program_text(g.shape, g.prng.between(1, 3));
    play(g);
    return g.out;
}

}  // namespace app::proof
