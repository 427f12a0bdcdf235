#include "app/lab/command/spark_command.h"

#include <fmt/format.h>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/lab/host/folder_store.h"
#include "app/lab/host/process.h"
#include "engine/scala/evaluator.h"
#include "engine/stream/stream_host.h"

namespace app::lab {

namespace spark = engine::spark;

namespace {

/// `file.py:3:5: AnalysisException: [CLASS] ...`
std::string told(const std::string& file, const spark::py::Raised& raised) {
    std::string message = raised.error.message;
    while (!message.empty() && message.back() == '\n') message.pop_back();
    return fmt::format("{}:{}:{}: {}: {}\n", file_name(file), raised.line, raised.column, raised.error.exception,
                       message);
}

/// The store of a program, with checkpoints that nobody named in memory.
struct ProgramStore final : engine::dfs::FileStore {
    engine::dfs::FileStore& given;
    engine::dfs::MemoryStore own;

    explicit ProgramStore(engine::dfs::FileStore& store) : given(store) {}
    [[nodiscard]] static bool is_own(const std::string& path) {
        return engine::dfs::plain_path(path).starts_with("/tmp/temporary-");
    }
    [[nodiscard]] const engine::dfs::FileStore& of(const std::string& path) const {
        if (is_own(path)) return own;
        return given;
    }
    engine::dfs::FileStore& of(const std::string& path) {
        if (is_own(path)) return own;
        return given;
    }
    std::optional<std::vector<engine::dfs::FileInfo>> list(const std::string& path) const override {
        return of(path).list(path);
    }
    std::optional<std::string> read(const std::string& path) const override { return of(path).read(path); }
    bool write(const std::string& path, const std::string& bytes) override { return of(path).write(path, bytes); }
    bool remove(const std::string& path) override { return of(path).remove(path); }
    bool exists(const std::string& path) const override { return of(path).exists(path); }
};

std::optional<spark::py::Raised> run_text(const SparkCommand& command, spark::py::Interpreter& in,
                                          const std::string& text) {
    spark::py::define_builtins(in);
    if (!command.file.ends_with(".scala")) return spark::py::run_program(in, text);
    const auto evaluator = spark::scala::make_evaluator(in);
    return spark::scala::run_program(evaluator, text);
}

}  // namespace

SparkOutcome run_spark(const SparkCommand& command, const std::string& text, engine::dfs::FileStore& store) {
    spark::Session session;
    session.ansi = command.ansi;
    session.clock = {"UTC", command.now_micros};
    ProgramStore files(store);
    spark::StreamHost host(session, files);
    host.now_ms = command.now_micros / 1000;
    spark::py::Interpreter in{.session = session, .host = host};
    host.program = &in;
    const auto raised = run_text(command, in, text);
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
