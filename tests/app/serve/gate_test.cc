#include "app/serve/gate.h"
#include "app/serve/host.h"
#include "app/serve/serve_command.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <vector>

using namespace app::serve;

namespace {

/// A real client on a real socket.
class Caller {
public:
    explicit Caller(sim::u16 port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    ~Caller() { hang_up(); }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    /// False once the other side is gone.
    bool say(const std::string& bytes) {
        return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
    }
    void hang_up() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    /// What comes, until the other side closes or so many bytes are there.
    std::string hear(std::size_t most) {
        std::string heard;
        char buffer[4096];
        while (heard.size() < most) {
            const ssize_t got = ::recv(fd_, buffer, std::min(sizeof buffer, most - heard.size()), 0);
            if (got <= 0) break;
            heard.append(buffer, static_cast<std::size_t>(got));
        }
        return heard;
    }
    bool is_closed() { return hear(1).empty(); }

private:
    int fd_;
};

std::string message(const std::string& text) {
    const auto size = static_cast<sim::u32>(text.size());
    std::string bytes;
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(size >> shift & 0xff);
    return bytes + text;
}

/// A gate of one door, and everything that came in.
struct Fixture {
    explicit Fixture(GateLimits limits = {}, Protocol protocol = Protocol::kafka) {
        auto opened = Gate::open({{"127.0.0.1", 0, protocol, 7}}, limits);
        REQUIRE(opened.has_value());
        gate = std::move(*opened);
    }
    [[nodiscard]] sim::u16 port() const { return gate->ports().front(); }
    /// Waits until so many things have come in, for ten seconds at most.
    bool came(std::size_t count) {
        for (int i = 0; i < 1000 && all.size() < count; ++i) {
            for (Coming& one : gate->take()) all.push_back(std::move(one));
            if (all.size() < count) gate->wait(sim::millis(10));
        }
        return all.size() >= count;
    }
    /// Nothing more comes in for a while.
    bool stays_quiet() {
        for (int i = 0; i < 20; ++i) {
            for (Coming& one : gate->take()) all.push_back(std::move(one));
            gate->wait(sim::millis(5));
        }
        return gate->take().empty();
    }
    [[nodiscard]] std::string text(std::size_t i) const { return {all[i].bytes.begin(), all[i].bytes.end()}; }

    std::unique_ptr<Gate> gate;
    std::vector<Coming> all;
};

sim::FrameRef frame(const std::string& text) {
    return sim::make_frame({reinterpret_cast<const sim::u8*>(text.data()), text.size()});
}

}  // namespace

TEST_CASE("a message comes in whole however its bytes were cut") {
    Fixture fixture;
    Caller caller(fixture.port());
    const std::string bytes = message("hello") + message("world");
    for (const char c : bytes) REQUIRE(caller.say(std::string(1, c)));
    REQUIRE(fixture.came(3));
    CHECK((fixture.all[0].kind == ComingKind::opened && fixture.all[0].door == 7));
    CHECK(fixture.text(1) == message("hello"));
    CHECK(fixture.text(2) == message("world"));
}

TEST_CASE("answers go out in order, and a closed line ends behind them") {
    Fixture fixture;
    Caller caller(fixture.port());
    REQUIRE(fixture.came(1));
    const sim::u32 line = fixture.all[0].line;
    fixture.gate->send(line, frame("one "));
    fixture.gate->send(line, frame("two"));
    fixture.gate->close(line);
    fixture.gate->flush();
    CHECK(caller.hear(100) == "one two");
}

TEST_CASE("an answer of many slices goes out whole, and what it shares is given back") {
    Fixture fixture;
    Caller caller(fixture.port());
    REQUIRE(fixture.came(1));
    constexpr sim::u32 kSlices = 700, kSlice = 20'000;    // more than one call writes, more than a socket holds
    std::string head, wanted;
    sim::SmallVec<sim::Splice, 2> splices;
    std::vector<sim::Ref<sim::Chunk>> chunks;
    for (sim::u32 i = 0; i < kSlices; ++i) {
        const std::vector<sim::u8> bytes(kSlice, static_cast<sim::u8>('a' + i % 26));
        chunks.push_back(sim::Chunk::of(bytes));
        if (i % 3 == 0) head += "head";
        if (i % 3 == 0) wanted += "head";
        splices.push_back({static_cast<sim::u32>(head.size()), sim::Slice::whole(chunks.back()).part(1, kSlice - 1)});
        wanted.append(kSlice - 1, static_cast<char>(bytes[0]));
    }
    head += "tail";
    wanted += "tail";
    const std::span head_bytes{reinterpret_cast<const sim::u8*>(head.data()), head.size()};
    fixture.gate->send(fixture.all[0].line, sim::make_frame(head_bytes, std::move(splices)));
    fixture.gate->close(fixture.all[0].line);
    fixture.gate->flush();
    CHECK(caller.hear(wanted.size() + 1) == wanted);
    REQUIRE(fixture.came(2));
    CHECK(std::ranges::all_of(chunks, [](const auto& chunk) { return chunk.unique(); }));
}

TEST_CASE("a length that nobody may send closes the connection") {
    GateLimits limits;
    limits.kafka_message = 1000;
    Fixture fixture(limits);
    Caller large(fixture.port()), negative(fixture.port()), fair(fixture.port());
    REQUIRE(large.say(std::string("\0\0\x03\xe9", 4)));
    REQUIRE(negative.say(std::string("\xff\xff\xff\xff", 4)));
    CHECK(large.is_closed());
    CHECK(negative.is_closed());
    REQUIRE(fair.say(message(std::string(1000, 'x'))));
    CHECK(fixture.came(6));
}

TEST_CASE("more connections than allowed are closed at once") {
    GateLimits limits;
    limits.connections = 2;
    Fixture fixture(limits);
    Caller first(fixture.port());
    Caller second(fixture.port());
    REQUIRE(fixture.came(2));
    Caller third(fixture.port());
    CHECK(third.is_closed());
    first.hang_up();
    REQUIRE(fixture.came(3));
    CHECK(fixture.all.back().kind == ComingKind::closed);
    Caller fourth(fixture.port());
    CHECK(fixture.came(4));
}

TEST_CASE("a line that floods the world is not read, and holds back no other") {
    GateLimits limits;
    limits.line_waiting = 10'000;
    Fixture fixture(limits);
    Caller flood(fixture.port());
    const std::string one = message(std::string(6000, 'x'));
    for (int i = 0; i < 40 && flood.say(one); ++i) {}
    REQUIRE(fixture.came(2));
    const sim::u32 line = fixture.all[0].line;
    CHECK(fixture.stays_quiet());
    const std::size_t before = fixture.all.size();
    CHECK(before < 40);
    Caller other(fixture.port());
    REQUIRE(other.say(message("me too")));
    REQUIRE(fixture.came(before + 2));
    CHECK(fixture.text(before + 1) == message("me too"));
    for (std::size_t i = 1; i < before; ++i) fixture.gate->done(line, one.size());
    fixture.gate->flush();
    CHECK(fixture.came(before + 3));
}

TEST_CASE("who does not take answers is closed when they are too many") {
    GateLimits limits;
    limits.line_unread = 8u << 20;
    Fixture fixture(limits);
    Caller caller(fixture.port());
    REQUIRE(fixture.came(1));
    const std::string chunk(1u << 20, 'x');
    for (int i = 0; i < 64; ++i) fixture.gate->send(fixture.all[0].line, frame(chunk));
    fixture.gate->flush();
    REQUIRE(fixture.came(2));
    CHECK(fixture.all[1].kind == ComingKind::closed);
}

TEST_CASE("half messages cannot fill the memory") {
    GateLimits limits;
    limits.all_waiting = 4u << 20;
    Fixture fixture(limits);
    std::vector<std::unique_ptr<Caller>> callers;
    const std::string half = std::string("\x05\0\0\0", 4) + std::string(3u << 20, 'x');
    for (int i = 0; i < 4; ++i) {
        callers.push_back(std::make_unique<Caller>(fixture.port()));
        for (std::size_t at = 0; at < half.size(); at += 65'536) {
            if (!callers.back()->say(half.substr(at, 65'536))) break;
            (void)fixture.gate->take();
            fixture.gate->wait(sim::millis(2));
        }
    }
    Caller fair(fixture.port());
    REQUIRE(fair.say(message("hello")));
    for (int i = 0; i < 500 && (fixture.all.empty() || fixture.all.back().kind != ComingKind::message); ++i)
        (void)fixture.came(fixture.all.size() + 1);
    CHECK(fixture.text(fixture.all.size() - 1) == message("hello"));
}

TEST_CASE("clients are told an address that they can reach, never every address at once") {
    ServeOptions options;
    CHECK(usage_error(options).empty());
    CHECK(advertised_host(options) == "localhost");
    options.listen = "192.0.2.7";
    CHECK(advertised_host(options) == "192.0.2.7");
    options.listen = "0.0.0.0";
    CHECK(usage_error(options) ==
          "--listen 0.0.0.0 is every address of this machine, none that a client could be told: add --advertise HOST");
    options.advertise = "lab.example.org";
    CHECK(usage_error(options).empty());
    CHECK(advertised_host(options) == "lab.example.org");
}

TEST_CASE("four letters are a message where ZooKeeper listens, also when the client says no more") {
    Fixture fixture({}, Protocol::zookeeper);
    Caller caller(fixture.port());
    REQUIRE(caller.say("ruok"));
    REQUIRE(fixture.came(2));
    CHECK(fixture.text(1) == "ruok");
    fixture.gate->send(fixture.all[0].line, frame("imok"));
    fixture.gate->close(fixture.all[0].line);
    fixture.gate->flush();
    CHECK(caller.hear(100) == "imok");
}

TEST_CASE("serve: however many lines have more to give, the world is given so much ahead and one request of each") {
    sim::u64 before = kMostAheadOfOne;
    for (const sim::u64 lines : {0u, 1u, 2u, 3u, 10u, 64u, 900u}) {
        const sim::u64 share = share_ahead(lines);
        CHECK((share >= 1 && share <= before && share * lines <= kMostAhead));
        before = share;
    }
}
