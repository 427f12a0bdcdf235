// A session on disk: everything needed to be where one was, in one SQLite file that grows with every input.
//
// What is kept is little: the lesson's text, the seed, branches with their inputs, trace samples, answers and
// the place of the cursor. The world is found again by running; the samples prove that it came out the same.
// Write-ahead logging, one transaction a change: killing the program loses nothing that was acknowledged.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "engine/history.h"
#include "sim/record/input.h"

struct sqlite3;

namespace app::lab {

constexpr int kSessionFormat = 1;
constexpr int kSessionApplication = 0x4d696c6c;  // "Mill"

struct SessionHeader {
    std::string build;        // of the program that wrote it
    std::string lesson_name;  // file name, for messages
    std::string lesson_text;
    sim::u64 seed = 0;
};

struct SavedBranch {
    sim::u32 id = 0;
    sim::u32 parent = 0;
    sim::u64 fork = 0;
    sim::u64 head = 0;
    sim::Nanos clock;                  // where its head's clock stood
    std::vector<sim::Input> inputs;    // its own, after the fork
    std::vector<sim::u64> samples;     // its own, after the fork
};

/// A moment that somebody wants to find again.
struct Bookmark {
    sim::u32 branch = 0;
    sim::Nanos moment;        // of the run's clock
    std::string note;
    friend bool operator==(const Bookmark&, const Bookmark&) = default;
};

struct SavedSession {
    SessionHeader header;
    std::vector<SavedBranch> branches;
    std::vector<std::pair<sim::u32, engine::AnswerRow>> answers;  // by branch
    std::vector<Bookmark> bookmarks;   // none in files of before there were any
    sim::u32 current = 0;
    sim::u64 cursor = 0;
    std::vector<std::string> lost;     // what could not be read, in words
};

class SessionFile {
public:
    /// A new file; an old session of that name is replaced, a file of another kind never.
    static std::expected<SessionFile, std::string> create(const std::string& path, const SessionHeader& header);
    /// Opens a file for going on with it.
    static std::expected<SessionFile, std::string> open(const std::string& path);
    /// Reads what is intact.
    static std::expected<SavedSession, std::string> read(const std::string& path);

    // Each returns what went wrong, or "". After a failure the session goes on in memory.
    std::string add_branch(const SavedBranch& branch);
    std::string add_input(sim::u32 branch, const sim::Input& input);
    std::string add_answer(sim::u32 branch, const engine::AnswerRow& answer);
    std::string add_sample(sim::u32 branch, sim::u64 place, sim::u64 trace);
    /// All there are, in place of those before.
    std::string keep_bookmarks(const std::vector<Bookmark>& bookmarks);
    /// What comes between the two is one transaction.
    std::string begin_group();
    std::string end_group();
    std::string note_head(sim::u32 branch, sim::u64 head);
    std::string note_place(sim::u32 branch, sim::Nanos clock, sim::u64 cursor);

private:
    enum class Access : sim::u8 { create, go_on, read };
    struct Closer { void operator()(sqlite3* db) const; };
    using Database = std::unique_ptr<sqlite3, Closer>;
    explicit SessionFile(Database db) : db_(std::move(db)) {}
    static std::expected<Database, std::string> open_database(const std::string& path, Access access);

    Database db_;
};

}  // namespace app::lab
