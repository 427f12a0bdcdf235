// A recorded program played again: its text is run, its steps are fed, and what was printed is compared.
#pragma once

#include <optional>
#include <string>

#include "app/proof/spark/program_run.h"
#include "app/proof/spark/sql_oracle.h"

namespace app::proof {


/// `/a/b` of `/a/b/c`.
std::string folder_of(const std::string& path);
/// A program's text; none for those in Scala.
std::optional<std::string> program_text(const std::string& folder);
/// What the recorder of the programs in Scala had defined before each of them.
extern const char* const kScalaDefinitions;
/// Runs the program in Scala of a folder, if it holds one.
bool run_scala_of(const std::string& folder, ProgramRun& run);
/// The message of a recorded refusal.
std::string message_of(const OrderedJson& error);
/// Long messages were cut by the recorder.
bool same_message(const std::string& wanted, const std::string& got);
std::string differs(const char* what, const std::string& wanted, const std::string& got);

/// Plays all steps; what differed first. With `to_the_end` a difference stops nothing.
std::string play_all(ProgramRun& run, const OrderedJson& recorded, const std::string& program, bool to_the_end = false);
/// When data came to a program's batches, from the recording of its progress, if there is one.
void take_schedule(const std::string& program_folder, ProgramRun& run);
/// Runs the program that a recording beside it names; why that cannot be done.
std::optional<std::string> run_beside(const std::string& path, const OrderedJson& recorded, ProgramRun& run);

/// One recording that agrees if there is nothing to say.
OracleCount counted(const std::string& name, const std::string& why);
/// One recording that is not compared, with the reason.
OracleCount not_run(const std::string& name, const std::string& reason);
/// As `counted`, but left out by name where the program stopped at something that Millrace does not do on purpose.
OracleCount finished(const std::string& name, const std::string& why, const ProgramRun& run);

}  // namespace app::proof
