// One recorded program under way: its host, its interpreter, and the feeds of its steps.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/scala/evaluator.h"
#include "engine/stream/stream_host.h"

namespace app::proof {

using OrderedJson = nlohmann::ordered_json;

/// When data came between batches is no part of a program: the recording of its progress tells what each batch took.
struct Schedule {
    OrderedJson batches = OrderedJson::array();  ///< progress of executed batches, in order
    std::size_t next = 0;

    /// The next batch if it belongs to a step.
    [[nodiscard]] const OrderedJson* of_step(int step) const;
    /// Batches of a step that read rows.
    [[nodiscard]] int batches_of(int step) const;
};
Schedule schedule_of(const OrderedJson& progress);

struct ProgramRun {
    engine::spark::Session session;
    engine::dfs::MemoryStore store;
    std::unique_ptr<engine::spark::StreamHost> host;
    std::unique_ptr<engine::spark::py::Interpreter> in;
    std::string text;                         ///< of the program
    std::shared_ptr<engine::spark::scala::Evaluator> scala;  ///< of one in Scala
    std::map<std::string, sim::i64> streams;  ///< memory streams: relation by name
    std::optional<engine::spark::py::Raised> raised;
    Schedule schedule;
    int at_step = 0;
    engine::spark::Topics coming;              ///< records of the step that no batch has asked for yet
    OrderedJson told = OrderedJson::array();  ///< progress of queries that ended with a restart

    /// Everything the setup names: streams, sockets, topics, settings.
    void prepare(const OrderedJson& setup);
    /// Runs a program in Scala, which feeds itself; `definitions`: what its recorder had defined before.
    void run_scala(const std::string& definitions, const std::string& program);
    /// Runs the program's text, then its queries.
    void start();
    /// `at_once`: the rows of all streams are there before a query looks.
    void feed(const OrderedJson& fed, bool at_once = false);
    void restart();
    /// Runs the batches that the recording has of this step, each on the data it found, then what is left to do.
    void settle();
    /// Progress of the newest query, over all its lives.
    [[nodiscard]] OrderedJson progress() const;
    /// What was printed since the last call.
    std::string printed();
    std::string printed_late;   // by Python after the step before
    /// Makes what the next recorded batch read available.
    void release(const OrderedJson& batch);
    bool sleep(sim::i64 ms);
    /// The refusal of the first query that failed.
    [[nodiscard]] std::optional<engine::spark::QueryError> failure() const;
};

/// Numbers of columns, ids, times and hosts as one mark each; rows of tables sorted.
std::string comparable(const std::string& console);
std::string masked_numbers(const std::string& text);
/// Why a program is left out, if what stopped it is what Millrace does not do on purpose: functions in Python that are
/// more than expressions, formats of columns. Empty = it counts.
std::string left_out(const ProgramRun& run);

}  // namespace app::proof
