// Files as rows and rows as files: text, CSV and JSON with Spark's options, modes and inference.
#pragma once

#include <expected>
#include <optional>

#include "engine/dfs/file_store.h"
#include "engine/plan/functions.h"
#include "engine/plan/session.h"

namespace engine::spark {

using Options = std::vector<std::pair<std::string, std::string>>;

/// Option names are without regard to case. Empty if it is not set.
std::string option_of(const Options& options, std::string_view name);
bool is_file_format(std::string_view format);

/// The schema of a format without one given: `value STRING` for text; inferred from the files for the others.
std::expected<DataType, QueryError> inferred_schema(Session& session, const std::string& format, const Options& options,
                                                    std::span<const std::string_view> contents);
/// The rows of files by a schema. Modes PERMISSIVE, DROPMALFORMED, FAILFAST.
std::expected<std::vector<Batch>, QueryError> read_contents(Session& session, const std::string& format,
                                                            const Options& options, const DataType& schema,
                                                            std::span<const std::string_view> contents);
/// A file that is read, below the folder that was named.
struct LocatedFile {
    std::string path;
    std::string contents;
};
/// The same, of files whose folders may hold columns too (partition_folders.h). A column of the schema that a folder
/// has is taken from there.
std::expected<std::vector<Batch>, QueryError> read_located(Session& session, const std::string& format,
                                                           const Options& options, const DataType& schema,
                                                           const std::string& root, std::span<const LocatedFile> files);
/// A schema with the columns of the folders that are there now behind its own.
DataType located_schema(const dfs::FileStore& store, const DataType& schema, const std::string& path);
/// A batch read: a file_relation with its rows.
std::expected<PlanRef, QueryError> read_files(Session& session, const dfs::FileStore& store, const std::string& format,
                                              const Options& options, const std::optional<DataType>& schema);
/// Rows as the text of one file.
std::expected<std::string, QueryError> written_contents(Session& session, const std::string& format,
                                                        const Options& options, const DataType& schema,
                                                        std::span<const Batch> batches);

}  // namespace engine::spark
