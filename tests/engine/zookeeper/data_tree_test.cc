#include "engine/zookeeper/data_tree.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/zookeeper/server.h"

using namespace engine::zookeeper;
using sim::i32, sim::i64;

namespace {

/// A tree and the count of its transactions.
struct Tree {
    DataTree tree;
    TxnContext txn;
    std::vector<TreeChange> changes;

    ZkResult apply(const ZkRequest& request) {
        ++txn.zxid;
        txn.time_ms += 10;
        changes.clear();
        return tree.apply(request, txn, changes);
    }
    ZkResult create(std::string path, i32 flags = kPersistent, std::string data = "") {
        return apply(creation(std::move(path), flags, std::move(data)));
    }
    ZkResult set(std::string path, std::string data, i32 version = -1) {
        ZkRequest request = operation(ZkOp::set_data, std::move(path), version);
        request.data = ZkData::of(std::move(data));
        return apply(request);
    }
    ZkError remove(std::string path, i32 version = -1) {
        return apply(operation(ZkOp::remove, std::move(path), version)).error;
    }
    [[nodiscard]] Stat stat(std::string_view path) const { return DataTree::shown_stat(*tree.find(path)); }

    static ZkRequest operation(ZkOp op, std::string path, i32 version = -1) {
        ZkRequest request;
        request.op = op;
        request.path = std::move(path);
        request.version = version;
        return request;
    }
    static ZkRequest creation(std::string path, i32 flags = kPersistent, std::string data = "") {
        ZkRequest request = operation(ZkOp::create, std::move(path));
        request.flags = flags;
        request.data = ZkData::of(std::move(data));
        request.acl.emplace_back();
        return request;
    }
};

}  // namespace

TEST_CASE("a node needs a parent, a new name and a good path") {
    Tree tree;
    CHECK(tree.create("/a").error == ZkError::ok);
    CHECK(tree.create("/a").error == ZkError::node_exists);
    CHECK(tree.create("/x/y").error == ZkError::no_node);
    for (const char* path : {"a", "/a/", "//a", "/a/../b", "/a/.", ""})
        CHECK(tree.create(path).error == ZkError::bad_arguments);
}

TEST_CASE("a node knows which transaction made it, changed it and touched its children") {
    Tree tree;
    tree.create("/a");
    tree.set("/a", "text");
    tree.create("/a/b");
    tree.create("/a/c");
    tree.remove("/a/b");
    const Stat stat = tree.stat("/a");
    CHECK((stat.czxid == 1 && stat.mzxid == 2 && stat.pzxid == 5 && stat.ctime == 10 && stat.mtime == 20));
    CHECK((stat.version == 1 && stat.cversion == 3 && stat.num_children == 1 && stat.data_length == 4));
}

TEST_CASE("a write with an old version is refused") {
    Tree tree;
    tree.create("/a");
    CHECK(tree.set("/a", "x", 0).stat.version == 1);
    CHECK(tree.set("/a", "y", 0).error == ZkError::bad_version);
    CHECK(tree.remove("/a", 0) == ZkError::bad_version);
    CHECK(tree.remove("/a", 1) == ZkError::ok);
}

TEST_CASE("a node with children cannot be deleted") {
    Tree tree;
    tree.create("/a");
    tree.create("/a/b");
    CHECK(tree.remove("/a") == ZkError::not_empty);
    CHECK(tree.remove("/none") == ZkError::no_node);
}

TEST_CASE("numbers of sequential nodes count all that were ever created") {
    Tree tree;
    tree.create("/q");
    CHECK(tree.create("/q/n-", kSequential).path == "/q/n-0000000000");
    tree.create("/q/plain");
    CHECK(tree.create("/q/n-", kSequential).path == "/q/n-0000000002");
    tree.remove("/q/plain");
    CHECK(tree.create("/q/", kSequential).path == "/q/0000000003");
}

TEST_CASE("ephemeral nodes end with their session and have no children") {
    Tree tree;
    tree.txn.session_id = 7;
    tree.create("/live", kEphemeral);
    tree.create("/stays");
    CHECK(tree.create("/live/child").error == ZkError::no_children_for_ephemerals);
    CHECK(tree.tree.ephemerals_of(7) == std::vector<std::string>{"/live"});
    tree.tree.close_session(8, tree.txn, tree.changes);
    CHECK(tree.tree.find("/live") != nullptr);
    tree.changes.clear();
    tree.tree.close_session(7, tree.txn, tree.changes);
    CHECK((tree.tree.find("/live") == nullptr && tree.tree.find("/stays") != nullptr));
    CHECK((tree.changes.size() == 2 && tree.changes[0].type == WatchEventType::deleted && tree.changes[1].path == "/"));
}

TEST_CASE("a multi is carried out as a whole or not at all") {
    Tree tree;
    ZkRequest multi;
    multi.op = ZkOp::multi;
    multi.ops = {Tree::creation("/a"), Tree::creation("/a/b"), Tree::operation(ZkOp::check, "/none"),
                 Tree::creation("/c")};
    const ZkResult failure = tree.apply(multi);
    REQUIRE(failure.results.size() == 4);
    CHECK((failure.results[2].error == ZkError::no_node && failure.results[3].error == ZkError::runtime_inconsistency));
    CHECK((tree.tree.find("/a") == nullptr && tree.changes.empty()));
    multi.ops.erase(multi.ops.begin() + 2);
    CHECK(tree.apply(multi).results.at(1).path == "/a/b");
    CHECK((tree.tree.find("/a/b") != nullptr && tree.tree.find("/c") != nullptr));
}

TEST_CASE("a copy of a tree keeps what it had") {
    Tree tree;
    tree.create("/a");
    const DataTree before = tree.tree;
    tree.set("/a", "changed");
    CHECK((before.find("/a")->data.bytes.empty() && tree.tree.find("/a")->data.bytes == "changed"));
    CHECK(sim::digest_of(before) != sim::digest_of(tree.tree));
}

// ---- watches ------------------------------------------------------------------------------------

TEST_CASE("a watch fires once") {
    Watches watches;
    watches.add(WatchKind::data, "/a", 1);
    std::vector<FiredWatch> fired;
    watches.fire({WatchEventType::data_changed, "/a"}, fired);
    watches.fire({WatchEventType::data_changed, "/a"}, fired);
    REQUIRE(fired.size() == 1);
    CHECK((fired[0].session_id == 1 && fired[0].event.path == "/a" && watches.count() == 0));
}

TEST_CASE("a deleted node tells each session once, whatever it watched") {
    Watches watches;
    watches.add(WatchKind::data, "/a", 2);
    watches.add(WatchKind::child, "/a", 2);
    watches.add(WatchKind::child, "/a", 1);
    std::vector<FiredWatch> fired;
    watches.fire({WatchEventType::deleted, "/a"}, fired);
    REQUIRE(fired.size() == 2);
    CHECK((fired[0].session_id == 1 && fired[1].session_id == 2 && watches.count() == 0));
}

TEST_CASE("new data does not tell those who watch the children, nor the other way round") {
    Watches watches;
    watches.add(WatchKind::child, "/a", 1);
    watches.add(WatchKind::data, "/a", 2);
    std::vector<FiredWatch> fired;
    watches.fire({WatchEventType::children_changed, "/a"}, fired);
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].session_id == 1);
    watches.forget_session(2);
    CHECK(watches.count() == 0);
}

// ---- sessions -----------------------------------------------------------------------------------

TEST_CASE("a session lives between two and twenty ticks") {
    CHECK(negotiated_timeout_ms(18'000, sim::millis(2000)) == 18'000);
    CHECK(negotiated_timeout_ms(1, sim::millis(2000)) == 4'000);
    CHECK(negotiated_timeout_ms(100'000, sim::millis(2000)) == 40'000);
}

TEST_CASE("sessions expire at the end of a tick, never early and at most one tick late") {
    for (i64 now = 0; now < 10'000; now += 137) {
        const i64 deadline = session_deadline_ms(now, 6000, sim::millis(2000));
        CHECK((deadline % 2000 == 0 && deadline > now + 6000 - 1 && deadline <= now + 6000 + 2000));
    }
}

TEST_CASE("the password of a session follows from its id") {
    CHECK(session_passwd(0x1000) == session_passwd(0x1000));
    CHECK(session_passwd(0x1000) != session_passwd(0x1001));
}

TEST_CASE("paths have parents and names") {
    CHECK(
        (parent_of("/a") == "/" && parent_of("/a/b/c") == "/a/b" && name_in("/a/b/c") == "c" && name_in("/a") == "a"));
    CHECK((is_valid_path("/") && is_valid_path("/a.b/c-1") && !is_valid_path("/a//b") && !is_valid_path("/..")));
}

TEST_CASE("a protected node lets only its owner write") {
    Tree tree;
    ZkRequest request = Tree::creation("/mine");
    const Identities owner = {digest_identity("mill:race")};
    request.acl = stored_acl({{31, "auth", ""}}, owner);
    REQUIRE(request.acl.size() == 1);
    CHECK(request.acl.front().id == "mill:TpGRbMqQHu5X+knqp+pBy4oyiw0=");
    CHECK(tree.apply(request).error == ZkError::ok);
    const Identities stranger = {{0, "ip", "127.0.0.1"}};
    tree.txn.ids = &stranger;
    CHECK(tree.set("/mine", "x").error == ZkError::no_auth);
    tree.txn.ids = &owner;
    CHECK(tree.set("/mine", "x").error == ZkError::ok);
}

TEST_CASE("access lists that mean nothing are emptied") {
    CHECK(stored_acl({{31, "nosuch", "x"}}, {}).empty());
    CHECK(stored_acl({{31, "auth", ""}}, {}).empty());
    CHECK(stored_acl({{31, "world", "anyone"}}, {}).size() == 1);
}

TEST_CASE("a container is due when its last child has gone, a node with a time to live when its time is over") {
    Tree tree;
    REQUIRE(tree.create("/box", kContainer).error == ZkError::ok);
    CHECK(tree.tree.due_nodes(1'000'000).empty());
    REQUIRE(tree.create("/box/a").error == ZkError::ok);
    REQUIRE(tree.remove("/box/a") == ZkError::ok);
    CHECK(tree.tree.due_nodes(1'000'000) == std::vector<std::string>{"/box"});
    ZkRequest brief = Tree::creation("/brief", kTtl);
    brief.ttl_ms = 500;
    CHECK(tree.apply(brief).error == ZkError::unimplemented);
    tree.txn.extended_types = true;
    CHECK(tree.apply(brief).error == ZkError::ok);
    CHECK(tree.tree.due_nodes(tree.txn.time_ms + 400) == std::vector<std::string>{"/box"});
    CHECK(tree.tree.due_nodes(tree.txn.time_ms + 600).size() == 2);
}

TEST_CASE("statistics of a quota count what is below it") {
    Tree tree;
    for (const char* path : {"/q", "/zookeeper/quota/q", "/zookeeper/quota/q/zookeeper_stats"})
        REQUIRE(tree.create(path, kPersistent, "a").error == ZkError::ok);
    REQUIRE(tree.create("/q/child", kPersistent, "bcd").error == ZkError::ok);
    const std::string path = "/zookeeper/quota/q/zookeeper_stats";
    CHECK(tree.tree.shown_data(path, *tree.tree.find(path)).bytes == "count=2,bytes=4");
}
