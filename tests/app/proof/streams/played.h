// A small program played with rows that come, for tests of what Spark answers.
#pragma once

#include <string>

#include "app/proof/spark/program_run.h"
#include "app/proof/spark/replay.h"
#include "engine/model/json.h"

namespace tests {

using namespace app::proof;

inline constexpr const char* kWords = R"({"memory": {"words": "timestamp TIMESTAMP, word STRING, v INT"}})";
inline constexpr const char* kTwo =
    R"({"memory": {"impressions": "adId INT, impTime TIMESTAMP", "clicks": "clickAdId INT, clickTime TIMESTAMP"}})";

struct PlayedProgram {
    ProgramRun run;

    PlayedProgram(const std::string& setup, const std::string& program) {
        run.text = "from pyspark.sql.functions import *\n" + program;
        run.prepare(engine::must_read_json<OrderedJson>(setup));
        run.start();
    }
    /// What the console says of these rows, without headings.
    std::string feed(const std::string& rows) {
        (void)run.printed();
        run.feed(engine::must_read_json<OrderedJson>(rows));
        return run.printed();
    }
    [[nodiscard]] std::string plan() { return run.host->explained(*run.host->started.back(), false); }
    [[nodiscard]] std::string file(const std::string& path) {
        return run.store.read("/checkpoint/" + path).value_or("");
    }
};

inline bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace tests
