// The world around a batch program: shows and collects by running plans, reads and writes files of a store, collects
// what is printed. Streaming hosts build on it.
#pragma once

#include <functional>

#include "engine/operators/file_scan.h"
#include "engine/pyspark/interpreter.h"

namespace engine::spark {

struct BatchHost : py::Host {
    Session& session;
    dfs::FileStore& store;
    std::string printed;  ///< what the program printed

    BatchHost(Session& s, dfs::FileStore& f) : session(s), store(f) {}

    void print(const std::string& text) override { printed += text; }
    py::Answer<std::string> show(const PlanRef& plan, i64 rows, i64 truncate, bool vertical) override;
    py::Answer<py::RowTable> rows(const PlanRef& plan, i64 limit) override;
    py::Answer<PlanRef> read(const py::ReadRequest& request) override;
    py::Answer<bool> write(const PlanRef& plan, const std::string& format, const std::string& mode,
                           const Options& options) override;
    py::Answer<std::string> explain(const PlanRef& parsed, const PlanRef& plan, const std::string& mode) override;
    py::Answer<i64> start(const py::StreamRequest& request) override;
    py::Answer<py::PyValue> query(i64 handle, const std::string& member, const std::vector<py::PyValue>& args) override;
    std::vector<i64> queries() override { return {}; }
    py::Answer<bool> sleep(double seconds) override;
    py::Answer<bool> append_file(const std::string& path, const std::string& text) override;
    py::Answer<std::string> read_file(const std::string& path) override;
};

/// The refusal of an action on a plan that reads a stream.
QueryError streaming_action(const PlanRef& plan);

}  // namespace engine::spark
