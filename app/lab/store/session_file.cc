#include "app/lab/store/session_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/host/files.h"
#include "app/lab/store/statement.h"

namespace app::lab {
namespace {

using sim::i64;
using sim::u32;
using sim::u64;

constexpr const char* kSchema = R"(
    CREATE TABLE header(build TEXT, lesson_name TEXT, lesson_text TEXT, seed INTEGER);
    CREATE TABLE branch(id INTEGER PRIMARY KEY, parent INTEGER, fork INTEGER, head INTEGER, clock INTEGER);
    CREATE TABLE input(branch INTEGER, at_index INTEGER, at INTEGER, author INTEGER, line TEXT, payload BLOB);
    CREATE TABLE answer(branch INTEGER, at_index INTEGER, at INTEGER, prompt TEXT, choice TEXT, correct INTEGER);
    CREATE TABLE sample(branch INTEGER, place INTEGER, trace INTEGER);
    CREATE TABLE place(one INTEGER PRIMARY KEY CHECK(one = 1), branch INTEGER, cursor INTEGER);
)";

std::string execute(sqlite3* db, const std::string& sql) {
    char* message = nullptr;
    if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return "";
    std::string text = message == nullptr ? sqlite3_errmsg(db) : message;
    sqlite3_free(message);
    return text;
}

i64 pragma(sqlite3* db, const char* name) {
    StoredStatement statement(db, name);
    return statement.next() ? statement.number_at(0) : -1;
}

std::string in_words(int code, const std::string& message) {
    if (code == SQLITE_FULL)
        return message + ": the disk is full; free some space or choose another place with --session";
    if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM)
        return message + ": does its folder exist, and may it be written to?";
    return message;
}

sim::InputAuthor author_of(i64 number) {
    return number >= 0 && number <= 2 ? static_cast<sim::InputAuthor>(number) : sim::InputAuthor::outside;
}

SavedBranch* find_branch(SavedSession& session, i64 id) {
    for (SavedBranch& branch : session.branches)
        if (branch.id == id) return &branch;
    return nullptr;
}

// ---- reading ------------------------------------------------------------------------------------

bool read_header(sqlite3* db, SavedSession& session) {
    StoredStatement rows(db, "SELECT build, lesson_name, lesson_text, seed FROM header");
    if (!rows.next()) return false;
    session.header = {rows.text_at(0), rows.text_at(1), rows.text_at(2), static_cast<u64>(rows.number_at(3))};
    return true;
}

void read_branches(sqlite3* db, SavedSession& session) {
    StoredStatement rows(db, "SELECT id, parent, fork, head, clock FROM branch ORDER BY id");
    while (rows.next()) {
        SavedBranch branch;
        branch.id = static_cast<u32>(rows.number_at(0));
        branch.parent = static_cast<u32>(rows.number_at(1));
        branch.fork = static_cast<u64>(rows.number_at(2));
        branch.head = static_cast<u64>(rows.number_at(3));
        branch.clock = sim::nanos(rows.number_at(4));
        if (branch.id != session.branches.size()) break;  // a gap: what follows hangs in the air
        session.branches.push_back(std::move(branch));
    }
    if (!rows.error().empty()) session.lost.push_back("some branches: " + rows.error());
}

void read_inputs(sqlite3* db, SavedSession& session) {
    StoredStatement rows(db, "SELECT branch, at_index, at, author, line, payload FROM input ORDER BY branch, at_index");
    while (rows.next()) {
        SavedBranch* branch = find_branch(session, rows.number_at(0));
        if (branch == nullptr) continue;
        sim::Input input;
        input.at_index = static_cast<u64>(rows.number_at(1));
        input.at = sim::nanos(rows.number_at(2));
        input.author = author_of(rows.number_at(3));
        input.line = rows.text_at(4);
        const std::string payload = rows.text_at(5);
        input.payload.assign(payload.begin(), payload.end());
        branch->inputs.push_back(std::move(input));
    }
    if (!rows.error().empty()) session.lost.push_back("inputs from some place on: " + rows.error());
}

void read_answers(sqlite3* db, SavedSession& session) {
    StoredStatement rows(db, "SELECT branch, at_index, at, prompt, choice, correct FROM answer ORDER BY rowid");
    while (rows.next())
        session.answers.emplace_back(
            static_cast<u32>(rows.number_at(0)),
            engine::AnswerRow{static_cast<u64>(rows.number_at(1)), sim::nanos(rows.number_at(2)), rows.text_at(3),
                              rows.text_at(4), rows.number_at(5) != 0});
    if (!rows.error().empty()) session.lost.push_back("some answers: " + rows.error());
}

/// Older files have no such table.
void read_bookmarks(sqlite3* db, SavedSession& session) {
    StoredStatement rows(db, "SELECT branch, moment, note FROM bookmark ORDER BY branch, moment");
    while (rows.next())
        if (find_branch(session, rows.number_at(0)) != nullptr)
            session.bookmarks.push_back(
                {static_cast<u32>(rows.number_at(0)), sim::nanos(rows.number_at(1)), rows.text_at(2)});
}

void read_samples(sqlite3* db, SavedSession& session) {
    StoredStatement rows(db, "SELECT branch, trace FROM sample ORDER BY branch, place");
    while (rows.next())
        if (SavedBranch* branch = find_branch(session, rows.number_at(0)))
            branch->samples.push_back(static_cast<u64>(rows.number_at(1)));
    if (!rows.error().empty()) session.lost.push_back("trace samples: " + rows.error());
}

void read_place(sqlite3* db, SavedSession& session) {
    StoredStatement rows(db, "SELECT branch, cursor FROM place");
    if (!rows.next()) return;
    session.current = static_cast<u32>(rows.number_at(0));
    session.cursor = static_cast<u64>(rows.number_at(1));
}

/// A place that does not exist becomes the head of the last branch that does.
void mend(SavedSession& session) {
    if (session.branches.empty()) session.branches.emplace_back();
    if (session.current >= session.branches.size()) session.current = static_cast<u32>(session.branches.size() - 1);
    MR_ASSERT(!session.branches.empty());
}

std::string check_format(sqlite3* db, const std::string& path) {
    const i64 application = pragma(db, "PRAGMA application_id");
    if (application != kSessionApplication)
        return application < 0 ? fmt::format("{}: this session file cannot be read: {}", path, sqlite3_errmsg(db))
                               : fmt::format("{}: this is not a Millrace session file", path);
    const i64 format = pragma(db, "PRAGMA user_version");
    if (format == kSessionFormat) return "";
    return fmt::format(
        "{}: session format {} is of another version of Millrace (this one reads {}); replay it with the program that "
        "wrote it",
        path, format, kSessionFormat);
}

/// Nothing there, an empty file, or one with a session's mark (bytes 68 to 71 of an SQLite file).
bool may_replace(const std::string& path) {
    if (!exists(path)) return true;
    const auto bytes = read_file(path);
    if (!bytes) return false;
    constexpr std::size_t kMarkAt = 68;
    return bytes->empty() || (bytes->starts_with("SQLite format 3") &&
                              bytes->substr(std::min(kMarkAt, bytes->size())).starts_with("Mill"));
}

/// The name under which SQLite opens a file that it must not touch; no write-ahead log is looked for.
std::string frozen_name(const std::string& path) {
    std::string name = "file:";
    for (const char c : absolute_path(path))
        name += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", static_cast<unsigned char>(c))
                                                 : std::string(1, c);
    return name + "?immutable=1";
}

}  // namespace

void SessionFile::Closer::operator()(sqlite3* db) const { sqlite3_close(db); }

std::expected<SessionFile::Database, std::string> SessionFile::open_database(const std::string& path, Access access) {
    if (access != Access::create && !exists(path))
        return std::unexpected(fmt::format("{}: there is no such session file", path));
    sqlite3* raw = nullptr;
    // What cannot be written to can still be read, as long as nobody else writes it.
    const bool frozen = access == Access::read && !may_write(path);
    const int flags = frozen ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                             : SQLITE_OPEN_READWRITE | (access == Access::create ? SQLITE_OPEN_CREATE : 0);
    const int result = sqlite3_open_v2((frozen ? frozen_name(path) : path).c_str(), &raw, flags, nullptr);
    Database db(raw);
    if (result != SQLITE_OK)
        return std::unexpected(
            in_words(result, fmt::format("{}: cannot open the session file: {}", path, sqlite3_errstr(result))));
    sqlite3_busy_timeout(raw, 2000);
    return db;
}

std::expected<SessionFile, std::string> SessionFile::create(const std::string& path, const SessionHeader& header) {
    if (!may_replace(path))
        return std::unexpected(fmt::format(
            "{}: there is a file that is no session of Millrace; it is left as it is, choose another name", path));
    for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
    auto db = open_database(path, Access::create);
    if (!db) return std::unexpected(db.error());
    const std::string setup = fmt::format(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA application_id={}; PRAGMA user_version={};",
        kSessionApplication, kSessionFormat);
    std::string wrong = execute(db->get(), setup);
    if (wrong.empty()) wrong = execute(db->get(), kSchema);
    if (wrong.empty())
        wrong = StoredStatement(db->get(), "INSERT INTO header VALUES(?,?,?,?)")
                    .text(header.build)
                    .text(header.lesson_name)
                    .text(header.lesson_text)
                    .number(static_cast<i64>(header.seed))
                    .run();
    if (!wrong.empty())
        return std::unexpected(
            in_words(sqlite3_errcode(db->get()), fmt::format("{}: cannot write the session file: {}", path, wrong)));
    return SessionFile(std::move(*db));
}

std::expected<SessionFile, std::string> SessionFile::open(const std::string& path) {
    auto db = open_database(path, Access::go_on);
    if (!db) return std::unexpected(db.error());
    if (std::string wrong = check_format(db->get(), path); !wrong.empty()) return std::unexpected(std::move(wrong));
    return SessionFile(std::move(*db));
}

std::expected<SavedSession, std::string> SessionFile::read(const std::string& path) {
    auto db = open_database(path, Access::read);
    if (!db) return std::unexpected(db.error());
    if (std::string wrong = check_format(db->get(), path); !wrong.empty()) return std::unexpected(std::move(wrong));
    SavedSession session;
    if (!read_header(db->get(), session))
        return std::unexpected(
            fmt::format("{}: the session's header cannot be read: {}", path, sqlite3_errmsg(db->get())));
    read_branches(db->get(), session);
    read_inputs(db->get(), session);
    read_answers(db->get(), session);
    read_bookmarks(db->get(), session);
    read_samples(db->get(), session);
    read_place(db->get(), session);
    mend(session);
    return session;
}

std::string SessionFile::add_branch(const SavedBranch& branch) {
    return StoredStatement(db_.get(), "INSERT OR REPLACE INTO branch VALUES(?,?,?,?,?)")
        .number(branch.id)
        .number(branch.parent)
        .number(static_cast<i64>(branch.fork))
        .number(static_cast<i64>(branch.head))
        .number(branch.clock.count)
        .run();
}

std::string SessionFile::add_input(u32 branch, const sim::Input& input) {
    return StoredStatement(db_.get(), "INSERT INTO input VALUES(?,?,?,?,?,?)")
        .number(branch)
        .number(static_cast<i64>(input.at_index))
        .number(input.at.count)
        .number(static_cast<i64>(input.author))
        .text(input.line)
        .bytes(input.payload.data(), input.payload.size())
        .run();
}

std::string SessionFile::add_answer(u32 branch, const engine::AnswerRow& answer) {
    return StoredStatement(db_.get(), "INSERT INTO answer VALUES(?,?,?,?,?,?)")
        .number(branch)
        .number(static_cast<i64>(answer.event_index))
        .number(answer.at.count)
        .text(answer.prompt)
        .text(answer.choice)
        .number(answer.correct)
        .run();
}

std::string SessionFile::add_sample(u32 branch, u64 place, u64 trace) {
    return StoredStatement(db_.get(), "INSERT INTO sample VALUES(?,?,?)")
        .number(branch)
        .number(static_cast<i64>(place))
        .number(static_cast<i64>(trace))
        .run();
}

std::string SessionFile::keep_bookmarks(const std::vector<Bookmark>& bookmarks) {
    std::string wrong = execute(
        db_.get(),
        "BEGIN; CREATE TABLE IF NOT EXISTS bookmark(branch INTEGER, moment INTEGER, note TEXT); DELETE FROM bookmark");
    for (const Bookmark& each : bookmarks)
        if (wrong.empty())
            wrong = StoredStatement(db_.get(), "INSERT INTO bookmark VALUES(?,?,?)")
                        .number(each.branch)
                        .number(each.moment.count)
                        .text(each.note)
                        .run();
    const std::string ended = execute(db_.get(), wrong.empty() ? "COMMIT" : "ROLLBACK");
    return wrong.empty() ? ended : wrong;
}

std::string SessionFile::begin_group() { return execute(db_.get(), "BEGIN"); }

std::string SessionFile::end_group() { return execute(db_.get(), "COMMIT"); }

std::string SessionFile::note_head(u32 branch, u64 head) {
    return StoredStatement(db_.get(), "UPDATE branch SET head=? WHERE id=?")
        .number(static_cast<i64>(head))
        .number(branch)
        .run();
}

std::string SessionFile::note_place(u32 branch, sim::Nanos clock, u64 cursor) {
    std::string wrong =
        StoredStatement(db_.get(), "UPDATE branch SET clock=? WHERE id=?").number(clock.count).number(branch).run();
    if (!wrong.empty()) return wrong;
    return StoredStatement(db_.get(), "INSERT OR REPLACE INTO place VALUES(1,?,?)")
        .number(branch)
        .number(static_cast<i64>(cursor))
        .run();
}

}  // namespace app::lab
