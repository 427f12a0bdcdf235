// The project's own source files, for tests that read them.
#pragma once

#include <string>
#include <vector>

namespace tests {

struct SourceFile {
    std::string path;                 // from the root, with /
    std::vector<std::string> lines;
};

/// The root of the sources: MILLRACE_ROOT, else the working directory.
std::string source_root();
/// Files below these folders whose names end in one of the suffixes, sorted by path.
std::vector<SourceFile> sources(const std::vector<std::string>& folders, const std::vector<std::string>& suffixes);
/// Where a file or folder lies: its path without the last part.
std::string folder_of(const std::string& path);
/// A line without its comment and without what is between quotes.
std::string code_of(const std::string& line);

}  // namespace tests
