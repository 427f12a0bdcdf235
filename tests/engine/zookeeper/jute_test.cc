#include "engine/zookeeper/jute.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/zookeeper/txn_log.h"
#include "tests/support/bytes.h"

using namespace engine::zookeeper;
using sim::ByteReader;

namespace {

ZkRequest create(std::string path, std::string data, sim::i32 flags = kPersistent) {
    ZkRequest request;
    request.xid = 5;
    request.op = ZkOp::create;
    request.path = std::move(path);
    request.data = ZkData::of(std::move(data));
    request.acl.emplace_back();
    request.flags = flags;
    return request;
}

/// A request as a server reads it; its bytes must come out again.
ZkRequest sent(const ZkRequest& request) {
    const sim::FrameRef frame = to_frame(request);
    ByteReader in(*frame);
    ZkRequest back;
    REQUIRE(read(in, back));
    REQUIRE(in.done());
    CHECK(to_frame(back)->flatten() == frame->flatten());
    return back;
}

}  // namespace

TEST_CASE("a request is written as ZooKeeper's clients write it") {
    // length, xid 5, create, path, data, one ACL world:anyone with all rights, flags 1
    CHECK(tests::hex(to_frame(create("/a", "xy", kEphemeral))->flatten()) ==
          "00000033" "00000005" "00000001" "00000002" "2f61" "00000002" "7879"
          "00000001" "0000001f" "00000005" "776f726c64" "00000006" "616e796f6e65" "00000001");
}

TEST_CASE("requests are read as they were written") {
    ZkRequest set = create("/a", "");
    set.op = ZkOp::set_data;
    set.version = 3;
    CHECK((sent(set).version == 3 && sent(set).path == "/a"));
    ZkRequest watch = create("/a", "");
    watch.op = ZkOp::get_children2;
    watch.watch = true;
    CHECK(sent(watch).watch);
}

TEST_CASE("no data and empty data are not the same") {
    ZkRequest none = create("/a", "");
    none.data = {};
    CHECK((sent(none).data.is_null && !sent(create("/a", "")).data.is_null));
}

TEST_CASE("a multi carries its operations in order") {
    ZkRequest multi;
    multi.op = ZkOp::multi;
    ZkRequest check = create("/a", "");
    check.op = ZkOp::check;
    check.version = 7;
    multi.ops = {check, create("/a/b", "x", kSequential)};
    const ZkRequest back = sent(multi);
    REQUIRE(back.ops.size() == 2);
    CHECK((back.ops[0].op == ZkOp::check && back.ops[0].version == 7));
    CHECK((back.ops[1].path == "/a/b" && back.ops[1].flags == kSequential));
}

TEST_CASE("a client that comes back names its watches") {
    ZkRequest watches;
    watches.op = ZkOp::set_watches;
    watches.relative_zxid = 77;
    watches.data_watches = {"/a", "/b"};
    watches.child_watches = {"/c"};
    const ZkRequest back = sent(watches);
    CHECK((back.relative_zxid == 77 && back.data_watches == watches.data_watches && back.exist_watches.empty() &&
           back.child_watches == watches.child_watches));
}

TEST_CASE("sessions are opened with or without the byte that very old clients leave out") {
    for (const bool read_only_byte : {true, false}) {
        ConnectRequest request;
        request.timeout_ms = 18'000;
        request.session_id = 0x1234;
        request.passwd[3] = 9;
        request.has_read_only = read_only_byte;
        const sim::FrameRef frame = to_frame(request);
        ByteReader in(*frame);
        ConnectRequest back;
        REQUIRE(read(in, back));
        CHECK((back.timeout_ms == 18'000 && back.session_id == 0x1234 && back.passwd == request.passwd &&
               back.has_read_only == read_only_byte));
    }
}

TEST_CASE("an event names what happened where") {
    WatchEvent event;
    event.type = WatchEventType::children_changed;
    event.path = "/brokers/ids";
    const sim::FrameRef frame = to_frame(event);
    ByteReader in(*frame);
    ReplyHeader header;
    REQUIRE(read(in, header));
    CHECK(header.xid == kXidNotification);
    WatchEvent back;
    REQUIRE(read(in, back));
    CHECK((back.type == event.type && back.path == event.path && in.done()));
}

TEST_CASE("requests that are cut off anywhere are refused") {
    const auto bytes = to_frame(create("/a", "xy"))->flatten();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        ByteReader in(std::span<const sim::u8>(bytes).first(size));
        ZkRequest back;
        CHECK_FALSE(read(in, back));
    }
}

// ---- transaction log ----------------------------------------------------------------------------

TEST_CASE("a transaction log gives back its transactions up to the first damaged one") {
    auto bytes = log_file_head();
    std::vector<std::size_t> ends;
    for (sim::i64 zxid = 1; zxid <= 3; ++zxid) {
        const auto entry = to_log_entry({7, 1, zxid, 1000 + zxid, create("/n" + std::to_string(zxid), "x")});
        bytes.insert(bytes.end(), entry.begin(), entry.end());
        ends.push_back(bytes.size());
    }
    CHECK(read_log(bytes).size() == 3);
    CHECK((read_log(bytes)[2].zxid == 3 && read_log(bytes)[2].request.path == "/n3" &&
           read_log(bytes)[2].session_id == 7));
    bytes[ends[1] - 3] ^= 1;
    CHECK(read_log(bytes).size() == 1);
    bytes.resize(ends[0] - 1);
    CHECK(read_log(bytes).empty());
}
