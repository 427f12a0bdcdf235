#include "app/lab/command/spark_command.h"

#include <fmt/format.h>

#include <chrono>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/lab/host/folder_store.h"
#include "engine/stream/batch_host.h"

namespace app::lab {

namespace spark = engine::spark;

namespace {

sim::i64 wall_micros() { return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count(); }

/// `file.py:3:5: AnalysisException: [CLASS] ...`
std::string told(const std::string& file, const spark::py::Raised& raised) {
    std::string message = raised.error.message;
    while (!message.empty() && message.back() == '\n') message.pop_back();
    return fmt::format("{}:{}:{}: {}: {}\n", file_name(file), raised.line, raised.column, raised.error.exception, message);
}

}  // namespace

SparkOutcome run_spark(const SparkCommand& command, const std::string& text, engine::dfs::FileStore& store) {
    spark::Session session;
    session.ansi = command.ansi;
    session.clock = {"UTC", command.now_micros};
    spark::BatchHost host(session, store);
    spark::py::Interpreter in{.session = session, .host = host};
    spark::py::define_builtins(in);
    const auto raised = spark::py::run_program(in, text);
    SparkOutcome outcome;
    outcome.out = std::move(host.printed);
    if (raised) outcome = {1, std::move(outcome.out), told(command.file, *raised)};
    return outcome;
}

int spark_command(SparkCommand command) {
    const auto text = read_file(command.file);
    if (!text) {
        fmt::print(stderr, "{}\n", text.error());
        return kUsage;
    }
    command.now_micros = wall_micros();
    FolderStore store(command.data);
    const SparkOutcome outcome = run_spark(command, *text, store);
    fmt::print("{}", outcome.out);
    if (!outcome.error.empty()) fmt::print(stderr, "{}", outcome.error);
    return outcome.status == 0 ? kGood : kFailed;
}

}  // namespace app::lab
