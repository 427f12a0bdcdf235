// What a session file keeps, and what is said and kept when it is damaged.
#include "app/lab/run/session.h"

#include <catch2/catch_test_macros.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/lab/command/crash.h"
#include "app/lab/host/files.h"
#include "app/lab/lab.h"
#include "app/lab/store/statement.h"
#include "engine/world.h"
#include "tests/support/fresh_folder.h"

using namespace app::lab;

namespace {

constexpr const char* kSavedLesson = "204-leader-dies";

/// A folder of its own that goes away with the test.
struct Folder {
    std::string path = tests::fresh_folder("millrace-session-test");
    Folder() {
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string operator/(const std::string& name) const { return join_path(path, name); }
};

void step(Lab& lab, int events) {
    for (int i = 0; i < events; ++i) lab.step_forward(StepUnit::event);
}
void step_back(Lab& lab, int events) {
    for (int i = 0; i < events; ++i) lab.step_back(StepUnit::event);
}

/// Steps along one branch, goes back and acts, and does so again: three branches, each left on the way.
void make_three_branches(Lab& lab) {
    step(lab, 40);
    step_back(lab, 10);
    REQUIRE(lab.act("kill broker 3").empty());
    step(lab, 25);
    step_back(lab, 5);
    REQUIRE(lab.act("pause broker 2").empty());
    step(lab, 7);
    REQUIRE(lab.run().timeline().branches().size() == 3);
}

std::vector<sim::u64> heads(const Run& run) {
    std::vector<sim::u64> all;
    for (const auto& branch : run.timeline().branches()) all.push_back(branch.head);
    return all;
}

/// A session of three branches in a file, closed.
std::vector<sim::u64> save_three_branches(const std::string& file, sim::u64& hash) {
    auto lab = Lab::open(kSavedLesson, {}, file);
    REQUIRE(lab.has_value());
    make_three_branches(**lab);
    REQUIRE((*lab)->act("resume broker 2").empty());
    hash = engine::hash((*lab)->run().world());
    return heads((*lab)->run());
}

void change(const std::string& file, const std::string& sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(db);
}

}  // namespace

TEST_CASE("every branch is saved as far as it was stepped, also when it was left since") {
    const Folder folder;
    sim::u64 hash = 0;
    const auto saved = save_three_branches(folder / "three.session", hash);
    auto again = Lab::reopen(folder / "three.session");
    REQUIRE(again.has_value());
    CHECK((*again)->session().warnings.empty());
    CHECK(heads((*again)->run()) == saved);
    CHECK(engine::hash((*again)->run().world()) == hash);
}

TEST_CASE("a copy of a session holds all its branches") {
    const Folder folder;
    auto lab = Lab::open(kSavedLesson, {});
    REQUIRE(lab.has_value());
    make_three_branches(**lab);
    REQUIRE(SessionWriter::begin(folder / "copy.session", (*lab)->session()).has_value());
    auto copy = open_saved(folder / "copy.session");
    REQUIRE(copy.has_value());
    CHECK((*copy)->warnings.empty());
    CHECK(heads(*(*copy)->run) == heads((*lab)->run()));
    CHECK(engine::hash((*copy)->run->world()) == engine::hash((*lab)->run().world()));
}

TEST_CASE("an input that cannot have been given ends its branch, and the damaged file is kept") {
    const Folder folder;
    const std::string file = folder / "bent.session";
    sim::u64 hash = 0;
    const auto saved = save_three_branches(file, hash);
    change(file, "UPDATE input SET at = 1 WHERE branch = 2");
    auto lab = Lab::reopen(file);
    REQUIRE(lab.has_value());
    REQUIRE_FALSE((*lab)->session().warnings.empty());
    CHECK((*lab)->session().warnings.front().starts_with("lost: branch 2"));
    CHECK((*lab)->run().timeline().branches()[1].head == saved[1]);
    CHECK(exists(file + ".damaged"));
    CHECK(open_saved(file).value()->warnings.empty());  // what goes on is whole
}

TEST_CASE("a branch whose parent is shorter than where it leaves is named as lost") {
    const Folder folder;
    const std::string file = folder / "short.session";
    sim::u64 hash = 0;
    (void)save_three_branches(file, hash);
    change(file, "UPDATE branch SET head = fork WHERE id = 1");
    auto session = open_saved(file);
    REQUIRE(session.has_value());
    CHECK((*session)->damaged());
    CHECK((*session)->run->timeline().branches().size() == 2);
}

TEST_CASE("a session of another version is refused by its number") {
    const Folder folder;
    const std::string file = folder / "old.session";
    sim::u64 hash = 0;
    (void)save_three_branches(file, hash);
    change(file, "PRAGMA user_version = 99");
    const auto session = open_saved(file);
    REQUIRE_FALSE(session.has_value());
    CHECK(session.error().find("format 99") != std::string::npos);
}

TEST_CASE("half a session file is told to be one that cannot be read") {
    const Folder folder;
    const std::string file = folder / "half.session";
    sim::u64 hash = 0;
    (void)save_three_branches(file, hash);
    const std::string bytes = read_file(file).value();
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes.substr(0, bytes.size() / 2);
    const auto session = open_saved(file);
    CHECK((!session.has_value() || (*session)->damaged()));
}

TEST_CASE("a file that is no session is never replaced by one") {
    const Folder folder;
    const std::string file = folder / "notes.txt";
    REQUIRE(write_file(file, "my notes").empty());
    const auto lab = Lab::open(kSavedLesson, {}, file);
    REQUIRE_FALSE(lab.has_value());
    CHECK(lab.error().find("left as it is") != std::string::npos);
    CHECK(read_file(file).value() == "my notes");
}

TEST_CASE("a session file that may not be written to can still be read") {
    const Folder folder;
    const std::string file = folder / "frozen.session";
    sim::u64 hash = 0;
    (void)save_three_branches(file, hash);
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    const auto session = open_saved(file);
    REQUIRE(session.has_value());
    CHECK(engine::hash((*session)->run->world()) == hash);
}

TEST_CASE("a session that is not there is said to be missing") {
    const auto session = open_saved("/nowhere/at/all.session");
    REQUIRE_FALSE(session.has_value());
    CHECK(session.error() == "/nowhere/at/all.session: there is no such session file");
}

TEST_CASE("a file is replaced behind its symbolic link, and a device is written to as it is") {
    const Folder folder;
    REQUIRE(write_file(folder / "real", "old").empty());
    std::filesystem::create_symlink(folder / "real", folder / "link");
    REQUIRE(write_file(folder / "link", "new").empty());
    CHECK(std::filesystem::is_symlink(folder / "link"));
    CHECK(read_file(folder / "real").value() == "new");
    CHECK(write_file("/dev/null", "gone").empty());
    CHECK(std::filesystem::is_character_file("/dev/null"));
    CHECK_FALSE(write_file(folder / "no/such/folder", "x").empty());
    CHECK_FALSE(exists(folder / "no/such/folder.part"));
}

TEST_CASE("when an invariant breaks the session is saved with all its branches and the program ends with 70") {
    const Folder folder;
    auto lab = Lab::open(kSavedLesson, {});
    REQUIRE(lab.has_value());
    make_three_branches(**lab);
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("XDG_STATE_HOME", folder.path.c_str(), 1);
        (void)std::freopen("/dev/null", "w", stderr);
        install_crash_handler();
        MR_ASSERT(folder.path.empty());
        std::_Exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 70);
    auto saved = open_saved(folder / "millrace/broken-7.session");
    REQUIRE(saved.has_value());
    CHECK(heads(*(*saved)->run) == heads((*lab)->run()));
}
