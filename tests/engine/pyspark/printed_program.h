// What a program in Python prints.
#pragma once

#include <string>

#include "engine/pyspark/interpreter.h"
#include "engine/stream/stream_host.h"

namespace tests {

/// What a program prints, or the exception that ends it.
inline std::string printed_program(const std::string& text) {
    engine::spark::Session session;
    session.clock = {"UTC", 1'700'000'000'000'000};
    session.shuffle_partitions = 2;
    engine::dfs::MemoryStore store;
    engine::spark::StreamHost host(session, store);
    engine::spark::py::Interpreter in{.session = session, .host = host};
    engine::spark::py::define_builtins(in);
    host.program = &in;
    const auto raised = engine::spark::py::run_program(in, text);
    return raised ? raised->error.exception + ": " + raised->error.message : host.printed;
}

}  // namespace tests
