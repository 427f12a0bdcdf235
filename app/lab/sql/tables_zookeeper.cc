// What ZooKeeper holds: znodes, sessions, watches.
#include "app/lab/sql/payload_text.h"
#include "app/lab/sql/tables.h"
#include "engine/model/touch.h"
#include "engine/zookeeper/server.h"

namespace app::lab {
namespace {

using engine::zookeeper::Watches;
using engine::zookeeper::Znode;
using engine::zookeeper::ZkServerMemory;
using engine::zookeeper::ZkSession;
using sim::u16;
using enum ColumnKind;
namespace touch = engine::touch;

/// The server's memory, also when it is down; nullptr if the world has none.
const ZkServerMemory* server_of(const Reader& reader) {
    for (u16 i = 0; i < reader.node_count(); ++i)
        if (reader.world().card({i}).kind == engine::NodeKind::zookeeper)
            return &reader.world().nodes[i].as<engine::zookeeper::ZkServer>().state.memory;
    return nullptr;
}

/// Name of the node that owns a session; "" if it is unknown.
std::string_view owner_name(const Reader& reader, sim::i64 session_id) {
    const ZkServerMemory* server = server_of(reader);
    const ZkSession* session = server == nullptr ? nullptr : server->sessions.find(session_id);
    return session == nullptr ? std::string_view{} : reader.node_name(session->owner);
}

// ---- znodes -------------------------------------------------------------------------------------

struct PathAndNode {
    std::string_view path;
    const Znode* node = nullptr;
};

class Znodes : public ListedRows<PathAndNode> {
public:
    Znodes(const Reader& reader, const Keys& keys) : reader_(reader) {
        const ZkServerMemory* server = server_of(reader);
        if (server == nullptr) return;
        if (const auto path = keys.text("path")) add_one(*server, *path);
        else for (const auto& [each, node] : server->tree.nodes()) items.push_back({each, &node});
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] sim::u64 id() const { return id_of(item().path); }

private:
    void add_one(const ZkServerMemory& server, std::string_view path) {
        path_ = path;
        if (const Znode* node = server.tree.find(path_)) items.push_back({path_, node});
    }
    const Reader& reader_;
    std::string path_;
};

constexpr Column<Znodes> kZnodes[] = {
    {{"path", text_key}, [](const Znodes& row, Out out) { out.text(row.item().path); }},
    {{"data", text},
     [](const Znodes& row, Out out) {
         if (!row.item().node->data.is_null) out.text(payload_text(std::string_view(row.item().node->data.bytes)));
     }},
    {{"version", integer}, [](const Znodes& row, Out out) { out.integer(row.item().node->stat.version); }},
    {{"is_ephemeral", integer},
     [](const Znodes& row, Out out) { out.boolean(row.item().node->stat.ephemeral_owner != 0); }},
    {{"owner", text},
     [](const Znodes& row, Out out) {
         out.text_if_any(owner_name(row.reader(), row.item().node->stat.ephemeral_owner));
     }},
};

// ---- sessions -----------------------------------------------------------------------------------

class Sessions : public ListedRows<const ZkSession*> {
public:
    Sessions(const Reader& reader, const Keys&) : reader_(reader) {
        const ZkServerMemory* server = server_of(reader);
        if (server == nullptr) return;
        for (const auto& [id, session] : server->sessions) items.push_back(&session);
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] sim::u64 id() const { return static_cast<sim::u64>(item()->id); }

private:
    const Reader& reader_;
};

constexpr Column<Sessions> kSessions[] = {
    {{"owner", text}, [](const Sessions& row, Out out) { out.text_if_any(row.reader().node_name(row.item()->owner)); }},
    {{"timeout_ms", integer}, [](const Sessions& row, Out out) { out.integer(row.item()->timeout_ms); }},
    {{"expires_at", integer},
     [](const Sessions& row, Out out) { out.integer(row.reader().ms(sim::millis(row.item()->deadline_ms))); }},
    {{"state", text},
     [](const Sessions& row, Out out) { out.text(row.item()->connection ? "connected" : "disconnected"); }},
};

// ---- watches ------------------------------------------------------------------------------------

struct Watch {
    std::string_view path;
    std::string_view kind;
    sim::i64 session_id = 0;
};

class WatchRows : public ListedRows<Watch> {
public:
    WatchRows(const Reader& reader, const Keys&) : reader_(reader) {
        const ZkServerMemory* server = server_of(reader);
        if (server == nullptr) return;
        add("data", server->watches.data);
        add("child", server->watches.child);
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] sim::u64 id() const { return id_of(item().path, item().kind, item().session_id); }

private:
    void add(std::string_view kind, const sim::FlatMap<std::string, std::vector<sim::i64>>& watches) {
        for (const auto& [path, sessions] : watches)
            for (const sim::i64 session : sessions) items.push_back({path, kind, session});
    }
    const Reader& reader_;
};

constexpr Column<WatchRows> kWatches[] = {
    {{"path", text}, [](const WatchRows& row, Out out) { out.text(row.item().path); }},
    {{"kind", text}, [](const WatchRows& row, Out out) { out.text(row.item().kind); }},
    {{"owner", text},
     [](const WatchRows& row, Out out) { out.text_if_any(owner_name(row.reader(), row.item().session_id)); }},
};

}  // namespace

std::vector<TableSpec> zookeeper_tables() {
    return {
        make_table<Znodes, kZnodes>("znodes", touch::kZnodes),
        make_table<Sessions, kSessions>("sessions", touch::kSessions),
        make_table<WatchRows, kWatches>("watches", touch::kZnodes | touch::kSessions),
    };
}

}  // namespace app::lab
