#include "app/proof/spark/recording.h"

#include <span>

#include "app/proof/spark/checkpoint_oracle.h"
#include "app/proof/spark/explain_oracle.h"
#include "app/proof/spark/program_oracle.h"

namespace app::proof {
namespace {

constexpr sim::i64 kRecordedAt = 1'795'262'400'000'000;  ///< microseconds: the present of a recording that has none

OracleCount check_sql(const std::string&, const std::string& text) { return check_spark_sql(text, "", kRecordedAt); }

/// Texts that lie beside a recording and are read with it.
OracleCount skip(const std::string&, const std::string&) { return {}; }

struct Kind {
    const char* mark;  ///< part of the path
    OracleCount (*check)(const std::string& path, const std::string& text);
};

constexpr Kind kKinds[] = {
    {"sql_expressions", check_sql},
    {"sql_queries", check_sql},
    {"explain/batch_3.5.7_", check_explain},
    {"explain/batch_4.1.3_", of_another_version},
    {"explain/stream_", check_stream_explain},
    {"/run.json", check_program},
    {"/program.scala", check_scala_program},
    {"/programs/", skip},
    {"spark/progress/", check_progress},
    {"spark/checkpoint/", check_checkpoint},
    {"spark/errors.json", check_errors},
};

const Kind* kind_of(const std::string& path) {
    for (const Kind& kind : kKinds)
        if (path.find(kind.mark) != std::string::npos) return &kind;
    return nullptr;
}

}  // namespace

bool is_spark_recording(const std::string& path) { return kind_of(path) != nullptr; }

OracleCount check_spark_recording(const std::string& path, const std::string& text) {
    return kind_of(path)->check(path, text);
}

}  // namespace app::proof
