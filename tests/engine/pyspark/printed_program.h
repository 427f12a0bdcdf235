// What a program in Python prints.
#pragma once

#include <string>

#include "engine/pyspark/interpreter.h"
#include "engine/stream/stream_host.h"

namespace tests {

/// What a program prints, or the exception that ends it. `prepare` knows what was there before the program, `look` what
/// it leaves.
inline std::string printed_program(
    const std::string& text, const std::function<void(engine::spark::StreamHost&)>& prepare = {},
    const std::function<void(engine::dfs::MemoryStore&)>& look = {}) {
    engine::spark::Session session;
    session.clock = {"UTC", 1'700'000'000'000'000};
    session.shuffle_partitions = 2;
    engine::dfs::MemoryStore store;
    engine::spark::StreamHost host(session, store);
    engine::spark::py::Interpreter in{.session = session, .host = host};
    engine::spark::py::define_builtins(in);
    host.program = &in;
    if (prepare) prepare(host);
    const auto raised = engine::spark::py::run_program(in, text);
    if (look) look(store);
    return raised ? raised->error.exception + ": " + raised->error.message : host.printed;
}

}  // namespace tests
