#include "tests/support/sources.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tests {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> read_lines(const fs::path& path) {
    std::vector<std::string> lines;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

bool has_suffix(const std::string& path, const std::vector<std::string>& suffixes) {
    return std::ranges::any_of(suffixes, [&](const std::string& suffix) { return path.ends_with(suffix); });
}

}  // namespace

std::string source_root() {
    const char* root = std::getenv("MILLRACE_ROOT");
    return root != nullptr ? root : fs::current_path().string();
}

std::vector<SourceFile> sources(const std::vector<std::string>& folders, const std::vector<std::string>& suffixes) {
    std::vector<SourceFile> files;
    const fs::path root = source_root();
    for (const std::string& folder : folders) {
        if (!fs::exists(root / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.is_regular_file() && has_suffix(entry.path().string(), suffixes))
                files.push_back({fs::relative(entry.path(), root).generic_string(), read_lines(entry.path())});
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string code_of(const std::string& line) {
    std::string code;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote != 0) {
            if (c == '\\') ++i;
            else if (c == quote) quote = 0;
            continue;
        }
        if (c == '/' && i + 1 < line.size() && line[i + 1] == '/') break;
        const bool digit_separator = c == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(line[i - 1])) != 0;
        if ((c == '"' || c == '\'') && !digit_separator) { quote = c; continue; }
        code.push_back(c);
    }
    return code;
}

}  // namespace tests
