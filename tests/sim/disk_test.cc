#include "sim/disk/disk_door.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/broken.h"
#include "tests/support/toy_machine.h"

using namespace tests;

namespace {

/// Writes a text to the end of a file, which is made if need be.
FileId write(Env& env, std::string_view path, std::string_view text) {
    DiskDoor disk = env.disk();
    const auto file = disk.open(path);
    REQUIRE(file.has_value());
    REQUIRE(disk.append(*file, slice(text)).has_value());
    return *file;
}

std::string content(ToyMachine& toy, std::string_view path) {
    std::string found;
    toy.on(0, [&](Env& env) { found = env.disk().read_text(path); });
    return found;
}

void crash(ToyMachine& toy) {
    toy.intervene([&] { toy.machine.kill({0}, toy.notes); });
    toy.intervene([&] { toy.machine.start({0}); });
}
void cut_power(ToyMachine& toy) {
    toy.intervene([&] { toy.machine.power_cut({0}, toy.notes); });
    toy.intervene([&] { toy.machine.start({0}); });
}

}  // namespace

// ---- page cache and platter ---------------------------------------------------------------------

TEST_CASE("a crash of the process keeps what was written, a power cut only what was synced") {
    for (const bool power : {false, true}) {
        ToyMachine toy(1);
        toy.on(0, [](Env& env) {
            env.disk().sync(write(env, "log", "synced "));
            write(env, "log", "not synced");
        });
        power ? cut_power(toy) : crash(toy);
        CHECK(content(toy, "log") == (power ? "synced " : "synced not synced"));
    }
}

TEST_CASE("names are durable at once, content is not") {
    ToyMachine toy(1);
    toy.on(0, [](Env& env) {
        write(env, "old", "text");
        env.disk().rename("old", "new");
    });
    cut_power(toy);
    const Disk& disk = toy.machine.disks.of({0});
    CHECK((disk.find("old") == kNoFile && disk.find("new") != kNoFile));
    CHECK(content(toy, "new").empty());
}

TEST_CASE("a replaced file is the old one or the new one, and durable") {
    ToyMachine toy(1);
    toy.on(0, [](Env& env) {
        REQUIRE(env.disk().replace("checkpoint", "one").has_value());
        REQUIRE(env.disk().replace("checkpoint", "two").has_value());
    });
    cut_power(toy);
    CHECK(content(toy, "checkpoint") == "two");
    CHECK(toy.machine.disks.of({0}).list("check").size() == 1);
}

TEST_CASE("a truncation that was not synced is undone by a power cut") {
    ToyMachine toy(1);
    toy.on(0, [](Env& env) {
        const FileId file = write(env, "log", "abcdef");
        env.disk().sync(file);
        env.disk().truncate(file, 2);
    });
    CHECK(content(toy, "log") == "ab");
    cut_power(toy);
    CHECK(content(toy, "log") == "abcdef");
}

TEST_CASE("a sync in the background makes durable what the file held when it began") {
    ToyMachine toy(1);
    u64 ticket = 0;
    toy.on(0, [&](Env& env) {
        const FileId file = write(env, "log", "before ");
        ticket = env.disk().sync_later(file, 2);
        write(env, "log", "after");
    });
    toy.run();
    REQUIRE(toy.heard.size() == 1);
    CHECK((toy.heard[0].notice.kind == NoticeKind::disk && toy.heard[0].notice.tag == ticket &&
           toy.heard[0].notice.lane == 2));
    cut_power(toy);
    CHECK(content(toy, "log") == "before ");
}

TEST_CASE("a power cut before a sync has finished loses what it was to save") {
    ToyMachine toy(1);
    toy.on(0, [](Env& env) { env.disk().sync_later(write(env, "log", "text"), 2); });
    toy.pass(micros(100));
    cut_power(toy);
    toy.run();
    CHECK(content(toy, "log").empty());
}

TEST_CASE("a sync that ends after its file was removed does not touch the file that took its place") {
    ToyMachine toy(1);
    toy.on(0, [](Env& env) {
        env.disk().sync_later(write(env, "old", "old text"), 2);
        env.disk().remove("old");
        write(env, "new", "new text");
    });
    toy.run();
    cut_power(toy);
    CHECK(content(toy, "new").empty());
}

// ---- cost and limits ----------------------------------------------------------------------------

TEST_CASE("an operation costs its overhead and its bytes") {
    DiskProfile profile;
    profile.operation = micros(10);
    profile.bandwidth = 1'000'000;
    ToyMachine toy(1, {}, profile);
    toy.on(0, [](Env& env) {
        const FileId file = *env.disk().open("log");
        const Nanos before = env.charged();
        (void)env.disk().append(file, slice(std::string(1000, 'x')));
        CHECK(env.charged() - before == micros(1010));
    });
}

TEST_CASE("a slow disk takes longer by its factor") {
    DiskProfile profile;
    profile.sync_jitter = {};
    ToyMachine toy(1, {}, profile);
    toy.intervene([&] { toy.machine.add_fault(fault_of(FaultKind::disk_slow, 0, 0, 50)); });
    toy.on(0, [&](Env& env) {
        const FileId file = *env.disk().open("log");
        const Nanos before = env.charged();
        env.disk().sync(file);
        CHECK(env.charged() - before == profile.sync * 50);
    });
}

TEST_CASE("a full disk refuses new bytes and new files, and lets old ones be read") {
    ToyMachine toy(1);
    toy.on(0, [](Env& env) { write(env, "log", "text"); });
    toy.intervene([&] { toy.machine.add_fault(fault_of(FaultKind::disk_full, 0, 0)); });
    toy.on(0, [](Env& env) {
        CHECK(env.disk().append(*env.disk().open("log"), slice("more")).error() == DiskError::full);
        CHECK(env.disk().open("other").error() == DiskError::full);
        CHECK(env.disk().replace("log", "short").error() == DiskError::full);
    });
    CHECK(content(toy, "log") == "text");
}

TEST_CASE("a copy of a machine has a disk of its own") {
    ToyMachine toy(1);
    toy.on(0, [](Env& env) { write(env, "log", "a"); });
    const Machine before = toy.machine;
    toy.on(0, [](Env& env) { write(env, "log", "b"); });
    CHECK(before.disks.of({0}).file(before.disks.of({0}).find("log")).cached.size() == 1);
    CHECK(content(toy, "log") == "ab");
}
