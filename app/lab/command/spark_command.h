// `millrace spark FILE.py`: a PySpark program, or a Scala one in the shape of a chain of calls, run by the Spark
// engine. What it prints goes to standard output; the exception that ends it, with its place, to standard error.
#pragma once

#include <string>

#include "engine/dfs/file_store.h"
#include "sim/base/types.h"

namespace app::lab {

struct SparkCommand {
    std::string file;           ///< a name that ends in .scala is read as Scala
    std::string data;           ///< the folder that the program may read and write; empty = none
    bool ansi = false;
    sim::i64 now_micros = 0;    ///< the present, given by the caller
};

struct SparkOutcome {
    int status = 0;  ///< 1 = ended by an exception
    std::string out;
    std::string error;
};

/// The command: prints, gives the exit code.
int spark_command(SparkCommand command);
/// Runs a program's text over a store.
SparkOutcome run_spark(const SparkCommand& command, const std::string& text, engine::dfs::FileStore& store);

}  // namespace app::lab
