#include "engine/zookeeper/four_letters.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "engine/zookeeper/server.h"
#include "sim/base/assert.h"

namespace engine::zookeeper {
namespace {

constexpr i64 kPreallocated = 67'108'880;   // bytes of a fresh transaction log file
constexpr i32 kTraceMask = 306;

struct Asked {
    const ZkServerState& server;
    i64 now_ms = 0;

    [[nodiscard]] const ZkServerMemory& memory() const { return server.memory; }
};

std::string version_of(const Asked& asked) {
    return asked.server.config.knows_3_6
               ? "3.8.4-9316c2a7a97e1666d8f4593f34dd6fc36ecc436c, built on 2024-02-12 22:16 UTC"
               : "3.5.9-83df9301aa5c2a5d284a9940177808c01bc35cef, built on 01/06/2021 20:03 GMT";
}

std::size_t ephemerals(const Asked& asked) {
    std::size_t count = 0;
    for (const auto& [path, node] : asked.memory().tree.nodes()) count += node.stat.ephemeral_owner != 0 ? 1 : 0;
    return count;
}

// ---- the server -----------------------------------------------------------------------------------

std::string ruok(const Asked&) { return "imok"; }
std::string isro(const Asked&) { return "rw"; }
std::string gtmk(const Asked&) { return fmt::to_string(kTraceMask); }
std::string crst(const Asked&) { return "Connection stats reset.\n"; }
std::string srst(const Asked&) { return "Server stats reset.\n"; }
std::string dirs(const Asked&) {
    return fmt::format("datadir_size: {}\nlogdir_size: {}\n", kPreallocated, kPreallocated);
}
std::string envi(const Asked& asked) {
    return fmt::format("Environment:\nzookeeper.version={}\nhost.name=localhost\nos.name=Linux\nuser.dir=/\n",
                       version_of(asked));
}

std::string numbers(const Asked& asked) {
    const ZkServerMemory& memory = asked.memory();
    return fmt::format(
        "Latency min/avg/max: 0/0/0\nReceived: {}\nSent: {}\nConnections: {}\nOutstanding: 0\nZxid: 0x{:x}\nMode: "
        "standalone\nNode count: {}\n",
        memory.received, memory.sent, memory.connections.size(), memory.last_zxid, memory.tree.nodes().size() + 1);
}

std::string srvr(const Asked& asked) {
    return fmt::format("Zookeeper version: {}\n{}", version_of(asked), numbers(asked));
}

std::string connection_lines(const Asked& asked, bool detailed) {
    std::string text;
    u32 number = 0;
    for (const auto& [id, connection] : asked.memory().connections) {
        text +=
            fmt::format(" /127.0.0.1:{}[{}](queued=0,recved=1,sent=0", 40'000 + number++, connection.connected ? 1 : 0);
        const ZkSession* session = asked.memory().sessions.find(connection.session_id);
        if (detailed && session != nullptr)
            text += fmt::format(
                ",sid=0x{:x},lop=PING,est={},to={},lcxid=0x0,lzxid=0x{:x},lresp={},llat=0,minlat=0,avglat=0,maxlat=0",
                session->id, asked.now_ms, session->timeout_ms, asked.memory().last_zxid, session->last_heard_ms);
        text += ")\n";
    }
    return text + "\n";
}

std::string stat(const Asked& asked) {
    return fmt::format("Zookeeper version: {}\nClients:\n{}{}", version_of(asked), connection_lines(asked, false),
                       numbers(asked));
}
std::string cons(const Asked& asked) { return connection_lines(asked, true); }

std::string conf(const Asked& asked) {
    const i64 tick = asked.server.config.tick_time.to_millis();
    MR_ASSERT(tick > 0);
    return fmt::format(
        "clientPort={}\nsecureClientPort=-1\ndataDir=/version-2\ndataDirSize={}\ndataLogDir=/"
        "version-2\ndataLogSize={}\n"
        "tickTime={}\nmaxClientCnxns=0\nminSessionTimeout={}\nmaxSessionTimeout={}\nserverId=0\n",
        kClientPort, kPreallocated, kPreallocated, tick, 2 * tick, 20 * tick);
}

std::string mntr(const Asked& asked) {
    const ZkServerMemory& memory = asked.memory();
    return fmt::format(
        "zk_version\t{}\nzk_avg_latency\t0\nzk_max_latency\t0\nzk_min_latency\t0\nzk_packets_received\t{}\nzk_packets_"
        "sent\t{}\n"
        "zk_num_alive_connections\t{}\nzk_outstanding_requests\t0\nzk_server_state\tstandalone\nzk_znode_count\t{}\nzk_"
        "watch_count\t{}\n"
        "zk_ephemerals_count\t{}\nzk_approximate_data_size\t{}\nzk_open_file_descriptor_count\t51\nzk_max_file_"
        "descriptor_count\t20000\n",
        version_of(asked), memory.received, memory.sent, memory.connections.size(), memory.tree.nodes().size() + 1,
        memory.watches.count(), ephemerals(asked), memory.tree.below("/").bytes);
}

// ---- sessions and watches -------------------------------------------------------------------------

std::string dump(const Asked& asked) {
    std::map<i64, std::vector<i64>> by_deadline;
    std::map<i64, std::vector<std::string>> owned;
    for (const auto& [id, session] : asked.memory().sessions) by_deadline[session.deadline_ms].push_back(id);
    for (const auto& [path, node] : asked.memory().tree.nodes())
        if (node.stat.ephemeral_owner != 0) owned[node.stat.ephemeral_owner].push_back(path);
    std::string text = fmt::format("SessionTracker dump:\nSession Sets ({})/({}):\n", by_deadline.size(),
                                   asked.memory().sessions.size());
    for (const auto& [deadline, ids] : by_deadline) {
        text += fmt::format("{} expire at {} ms:\n", ids.size(), deadline);
        for (const i64 id : ids) text += fmt::format("\t0x{:x}\n", id);
    }
    text += fmt::format("ephemeral nodes dump:\nSessions with Ephemerals ({}):\n", owned.size());
    for (const auto& [id, paths] : owned) {
        text += fmt::format("0x{:x}:\n", id);
        for (const std::string& path : paths) text += fmt::format("\t{}\n", path);
    }
    text += fmt::format("Connections dump:\nConnections Sets (1)/({0}):\n{0} expire at {1} ms:\n",
                        asked.memory().connections.size(), asked.now_ms);
    for (const auto& [id, connection] : asked.memory().connections)
        text += fmt::format("\tip: /127.0.0.1:0 sessionId: 0x{:x}\n", connection.session_id);
    return text;
}

std::map<i64, std::vector<std::string>> watched_by_session(const Asked& asked) {
    std::map<i64, std::vector<std::string>> watched;
    for (const auto& [path, sessions] : asked.memory().watches.data)
        for (const i64 session : sessions) watched[session].push_back(path);
    return watched;
}

std::string wchs(const Asked& asked) {
    const auto watched = watched_by_session(asked);
    std::size_t total = 0;
    for (const auto& [session, paths] : watched) total += paths.size();
    MR_ASSERT(total >= watched.size());
    return fmt::format("{} connections watching {} paths\nTotal watches:{}\n", watched.size(),
                       asked.memory().watches.data.size(), total);
}

std::string wchc(const Asked& asked) {
    std::string text;
    for (const auto& [session, paths] : watched_by_session(asked)) {
        text += fmt::format("0x{:x}\n", session);
        for (const std::string& path : paths) text += fmt::format("\t{}\n", path);
    }
    return text + "\n";
}

std::string wchp(const Asked& asked) {
    std::string text;
    for (const auto& [path, sessions] : asked.memory().watches.data) {
        text += path + "\n";
        for (const i64 session : sessions) text += fmt::format("\t0x{:x}\n", session);
    }
    return text + "\n";
}

struct Word {
    std::string_view word;
    std::string (*answer)(const Asked&);
};
constexpr std::array kWords = {Word{"ruok", ruok}, Word{"srvr", srvr}, Word{"stat", stat}, Word{"cons", cons},
                               Word{"conf", conf}, Word{"mntr", mntr}, Word{"envi", envi}, Word{"dump", dump},
                               Word{"wchs", wchs}, Word{"wchc", wchc}, Word{"wchp", wchp}, Word{"isro", isro},
                               Word{"dirs", dirs}, Word{"crst", crst}, Word{"srst", srst}, Word{"gtmk", gtmk}};
static_assert(std::ranges::all_of(kWords, [](const Word& word) { return word.word.size() == 4; }));

}  // namespace

std::string four_letter_answer(const ZkServerState& server, std::string_view word, i64 now_ms) {
    const auto known = std::ranges::find(kWords, word, &Word::word);
    if (known == kWords.end()) return "";
    if (!server.config.all_four_letters && word != "srvr")
        return fmt::format("{} is not executed because it is not in the whitelist.\n", word);
    return known->answer({server, now_ms});
}

}  // namespace engine::zookeeper
