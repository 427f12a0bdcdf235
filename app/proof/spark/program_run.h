// One recorded program under way: its host, its interpreter, and the feeds of its steps.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/stream/stream_host.h"

namespace app::proof {

using OrderedJson = nlohmann::ordered_json;

struct ProgramRun {
    engine::spark::Session session;
    engine::dfs::MemoryStore store;
    std::unique_ptr<engine::spark::StreamHost> host;
    std::unique_ptr<engine::spark::py::Interpreter> in;
    std::string text;                         ///< of the program
    std::map<std::string, sim::i64> streams;  ///< memory streams: relation by name
    std::optional<engine::spark::py::Raised> raised;

    /// Everything the setup names: streams, sockets, topics, settings.
    void prepare(const OrderedJson& setup);
    /// Runs the program's text, then its queries.
    void start();
    /// `together`: the rows of all streams are there before a query looks.
    void feed(const OrderedJson& step, bool together = false);
    /// All steps of a recording, whatever they print.
    void play(const OrderedJson& recorded);
    void restart();
    /// What was printed since the last call.
    std::string printed();
    std::string printed_late;   // by Python after the step before
    /// The refusal of the first query that failed.
    [[nodiscard]] std::optional<engine::spark::QueryError> failure() const;
};

/// Numbers of columns, ids, times and hosts as one mark each; rows of tables sorted.
std::string comparable(const std::string& console);
std::string masked_numbers(const std::string& text);

}  // namespace app::proof
