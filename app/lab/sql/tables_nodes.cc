// The machine room: nodes, their settings, their timers, the links between them, and what consoles were told.
#include <algorithm>

#include "app/lab/sql/cluster.h"
#include "app/lab/sql/tables.h"
#include "engine/model/touch.h"
#include "engine/world_spark.h"
#include "engine/zookeeper/server.h"

namespace app::lab {
namespace {

using engine::NodeKind;
using sim::NodeId;
using sim::u16;
using enum ColumnKind;
namespace touch = engine::touch;

// ---- nodes --------------------------------------------------------------------------------------

class Nodes {
public:
  Nodes(const Reader& reader, const Keys& keys)
      : reader_(reader), controller_(Cluster(reader).controller()), name_(wanted_node(reader, keys, "name")) {}
  bool next() {
      while (next_ < reader_.node_count())
          if (name_.admits({next_++})) return true;
      return false;
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] NodeId node() const { return {static_cast<u16>(next_ - 1)}; }
    [[nodiscard]] sim::u64 id() const { return node().value; }
    [[nodiscard]] const engine::NodeCard& card() const { return reader_.world().card(node()); }
    [[nodiscard]] bool is_controller() const { return node() == controller_; }
    [[nodiscard]] std::string_view kind() const {
        const std::string_view role = engine::spark_role(reader_.world(), node());
        return role.empty() ? name_of(card().kind) : role;
    }
    [[nodiscard]] std::string_view state() const {
        const sim::Host& host = reader_.world().kernel().host(node());
        if (host.state == sim::HostState::paused) return "paused";
        if (host.state != sim::HostState::up) return "down";
        return host.limp.numerator == host.limp.denominator ? "up" : "limping";
    }

private:
    const Reader& reader_;
    NodeId controller_;
    WantedNode name_;
    u16 next_ = 0;
};

void broker_epoch(const Nodes& row, Out out) {
    const engine::broker::Broker* broker = row.reader().broker(row.node());
    if (broker != nullptr) out.natural(broker->memory.broker_epoch.value);
}

/// As ZooKeeper sees it: a session may live on without a connection, and without its owner.
void session_state(const Nodes& row, Out out) {
    const Reader& reader = row.reader();
    for (u16 i = 0; i < reader.node_count(); ++i) {
        if (reader.world().card({i}).kind != NodeKind::zookeeper) continue;
        const auto& memory = reader.world().nodes[i].as<engine::zookeeper::ZkServer>().state.memory;
        bool connected = false, known = false;
        for (const auto& [id, session] : memory.sessions) {
            if (session.owner != row.node()) continue;
            known = true;
            connected |= static_cast<bool>(session.connection);
        }
        if (known) out.text(connected ? "connected" : "disconnected");
    }
}

constexpr Column<Nodes> kNodes[] = {
    {{"node", integer}, [](const Nodes& row, Out out) { out.integer(row.node().value); }},
    {{"kind", text}, [](const Nodes& row, Out out) { out.text(row.kind()); }},
    {{"name", text_key}, [](const Nodes& row, Out out) { out.text(row.card().name); }},
    {{"state", text}, [](const Nodes& row, Out out) { out.text(row.state()); }},
    {{"is_controller", integer}, [](const Nodes& row, Out out) { out.boolean(row.is_controller()); }},
    {{"broker_epoch", integer}, broker_epoch},
    {{"session_state", text}, session_state},
};

// ---- configs ------------------------------------------------------------------------------------

struct Setting {
    std::string_view scope;
    std::string name;
    std::string_view key;
    std::string value;
    std::string_view source;
};

/// Every setting that a broker or topic goes by, given or not, with where its value comes from.
class Configs : public ListedRows<Setting> {
public:
  Configs(const Reader& reader, const Keys& keys)
      : reader_(reader), key_(keys.text("key").value_or("")), name_(keys.text("name").value_or("")) {
      const Cluster cluster(reader);
      for (u16 i = 0; i < reader.node_count(); ++i)
          if (const engine::broker::Broker* broker = reader.broker(NodeId{i})) add_broker(*broker);
      sim::NameId last = sim::kNoName;
      for (const engine::TopicPartition id : cluster.partitions({}))
          if (id.topic != std::exchange(last, id.topic)) add_topic(cluster, id);
  }
    [[nodiscard]] sim::u64 id() const { return id_of(item().scope, item().name, item().key); }

private:
    [[nodiscard]] bool wants(std::string_view name, std::string_view key) const {
        return (name_.empty() || name_ == name) && (key_.empty() || key_ == key);
    }
    void add_broker(const engine::broker::Broker& broker) {
        const std::string name = engine::broker::to_text({broker.settings.id});
        for (const engine::ConfigKey& key : engine::broker_config_keys()) {
            if (!wants(name, key.name)) continue;
            const std::string* given = broker.settings.config.find(key.name);
            items.push_back({"broker", name, key.name, given == nullptr ? std::string(key.by_default) : *given,
                             given == nullptr ? "DEFAULT_CONFIG" : "STATIC_BROKER_CONFIG"});
        }
    }
    /// As the broker that leads the topic's first partition has heard of it.
    void add_topic(const Cluster& cluster, engine::TopicPartition id) {
        const Replica leading = cluster.leading_replica(id);
        const engine::broker::Broker* broker = leading ? reader_.broker(leading.node) : nullptr;
        if (broker == nullptr) return;
        const engine::ConfigMap* own = broker->memory.topic_configs.find(id.topic);
        const engine::ConfigMap from_broker = engine::topic_defaults_of(broker->settings.config);
        for (const engine::ConfigKey& key : engine::topic_config_keys()) {
            if (!wants(reader_.text(id.topic), key.name)) continue;
            Setting setting{"topic", reader_.text(id.topic), key.name, std::string(key.by_default), "DEFAULT_CONFIG"};
            if (const std::string* value = from_broker.find(key.name))
                setting.value = *value, setting.source = "STATIC_BROKER_CONFIG";
            if (const std::string* value = own == nullptr ? nullptr : own->find(key.name))
                setting.value = *value, setting.source = "DYNAMIC_TOPIC_CONFIG";
            items.push_back(std::move(setting));
        }
    }

    const Reader& reader_;
    std::string key_;
    std::string name_;
};

constexpr Column<Configs> kConfigs[] = {
    {{"scope", text}, [](const Configs& row, Out out) { out.text(row.item().scope); }},
    {{"name", text_key}, [](const Configs& row, Out out) { out.text(row.item().name); }},
    {{"key", text_key}, [](const Configs& row, Out out) { out.text(row.item().key); }},
    {{"value", text}, [](const Configs& row, Out out) { out.text(row.item().value); }},
    {{"source", text}, [](const Configs& row, Out out) { out.text(row.item().source); }},
};

// ---- commands -----------------------------------------------------------------------------------

class Commands {
public:
    Commands(const Reader& reader, const Keys&) : reader_(reader), end_(reader.rows_now(reader.history().commands)) {}
    bool next() { return ++row_ < end_; }
    [[nodiscard]] sim::u64 id() const { return row_; }
    [[nodiscard]] const engine::CommandRow& command() const { return reader_.history().commands[row_]; }

private:
    const Reader& reader_;
    sim::u64 end_;
    sim::u64 row_ = ~sim::u64{0};
};

constexpr Column<Commands> kCommands[] = {
    {{"seq", integer}, [](const Commands& row, Out out) { out.integer(row.command().seq); }},
    {{"line", text}, [](const Commands& row, Out out) { out.text(row.command().line); }},
    {{"exit_code", integer}, [](const Commands& row, Out out) { out.integer(row.command().exit_code); }},
    {{"output", text}, [](const Commands& row, Out out) { out.text(row.command().output + row.command().errors); }},
};

// ---- timers -------------------------------------------------------------------------------------

class Timers : public ListedRows<std::pair<sim::Handle, sim::Timer>> {
public:
    Timers(const Reader& reader, const Keys& keys) : reader_(reader) {
        const WantedNode wanted = wanted_node(reader, keys, "node");
        reader.world().kernel().timers.for_each([&](sim::Handle handle, const sim::Timer& timer) {
            if (wanted.admits(timer.node)) items.emplace_back(handle, timer);
        });
        std::ranges::stable_sort(items, {}, [](const auto& entry) {
            return std::tuple(entry.second.due, entry.second.node, entry.second.kind, entry.second.tag);
        });
    }
    [[nodiscard]] sim::u64 id() const { return item().first.packed(); }
    [[nodiscard]] const sim::Timer& timer() const { return item().second; }
    [[nodiscard]] const Reader& reader() const { return reader_; }

private:
    const Reader& reader_;
};

constexpr Column<Timers> kTimers[] = {
    {{"node", text_key}, [](const Timers& row, Out out) { out.text(row.reader().node_name(row.timer().node)); }},
    {{"kind", text},
     [](const Timers& row, Out out) {
         out.text(row.reader().world().nodes[row.timer().node.value].code().timer_name(row.timer().kind));
     }},
    {{"due_at", integer}, [](const Timers& row, Out out) { out.integer(row.reader().ms(row.timer().due)); }},
};

// ---- links --------------------------------------------------------------------------------------

/// Every ordered pair of nodes; what a link is like now, with the faults of this moment.
class Links {
public:
  Links(const Reader& reader, const Keys& keys)
      : reader_(reader),
        from_wanted_(wanted_node(reader, keys, "from_node")),
        to_wanted_(wanted_node(reader, keys, "to_node")) {}
  bool next() {
      const sim::u32 count = reader_.node_count();
      while (++pair_ <= count * count) {
          if (from() == to() || !from_wanted_.admits(from()) || !to_wanted_.admits(to())) continue;
          return true;
      }
      return false;
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] sim::u64 id() const { return pair_; }
    [[nodiscard]] NodeId from() const { return {static_cast<u16>((pair_ - 1) / reader_.node_count())}; }
    [[nodiscard]] NodeId to() const { return {static_cast<u16>((pair_ - 1) % reader_.node_count())}; }
    [[nodiscard]] const sim::Link& link() const { return reader_.world().machine.network.link(from(), to()); }

private:
    const Reader& reader_;
    WantedNode from_wanted_;
    WantedNode to_wanted_;
    sim::u32 pair_ = 0;
};

/// Whole numbers stay whole.
void ratio(Out out, sim::i64 value, sim::i64 unit) {
    if (value % unit == 0) out.integer(value / unit);
    else out.real(static_cast<double>(value) / static_cast<double>(unit));
}

constexpr Column<Links> kLinks[] = {
    {{"from_node", text_key}, [](const Links& row, Out out) { out.text(row.reader().node_name(row.from())); }},
    {{"to_node", text_key}, [](const Links& row, Out out) { out.text(row.reader().node_name(row.to())); }},
    {{"latency_ms", real},
     [](const Links& row, Out out) { ratio(out, row.link().effective.latency.count, 1'000'000); }},
    {{"bandwidth", integer},
     [](const Links& row, Out out) {
         if (row.link().effective.bandwidth > 0) out.integer(static_cast<sim::i64>(row.link().effective.bandwidth));
     }},
    {{"loss", real},
     [](const Links& row, Out out) { ratio(out, row.link().effective.loss_per_million, 10'000); }},  // percent
    {{"state", text}, [](const Links& row, Out out) { out.text(row.link().blocked ? "blocked" : "open"); }},
};

}  // namespace

std::vector<TableSpec> node_tables() {
    return {
        make_table<Nodes, kNodes>("nodes", touch::kNodes | touch::kSessions),
        make_table<Configs, kConfigs>("configs", touch::kConfigs | touch::kPartitions | touch::kNodes),
        make_table<Commands, kCommands>("commands", touch::kCommands),
        make_table<Timers, kTimers>("timers", touch::kTime),
        make_table<Links, kLinks>("links", touch::kLinks),
    };
}

}  // namespace app::lab
