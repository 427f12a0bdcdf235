// One moment as the tables read it: words for numbers, and where things are. A view has one for each world that
// it shows.
#pragma once

#include <memory>
#include <string>

#include "app/lab/sql/moment.h"
#include "engine/broker/broker.h"

namespace app::lab {

class Copies;

class Reader {
public:
    Reader();
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void show(const Moment& moment);
    /// False: there is no such world, and all its tables are empty.
    [[nodiscard]] bool shows() const { return moment_.world != nullptr && moment_.history != nullptr; }
    [[nodiscard]] const Moment& moment() const { return moment_; }
    [[nodiscard]] const engine::World& world() const { return *moment_.world; }
    [[nodiscard]] const engine::History& history() const { return *moment_.history; }
    [[nodiscard]] sim::u64 cursor() const { return moment_.cursor; }

    /// A node's name; "" for kNoNode.
    [[nodiscard]] std::string_view node_name(sim::NodeId node) const;
    [[nodiscard]] const std::string& text(sim::NameId name) const { return names().text(name); }
    [[nodiscard]] const sim::NameTable& names() const {
        return moment_.names != nullptr ? *moment_.names : world().kernel().names;
    }
    [[nodiscard]] sim::i64 ms(sim::Nanos moment) const { return world().epoch_ms(moment); }
    /// When an event happened, epoch milliseconds; -1 if the history does not reach back to it.
    [[nodiscard]] sim::i64 event_ms(sim::u64 index) const;
    [[nodiscard]] sim::u16 node_count() const { return static_cast<sim::u16>(world().nodes.size()); }
    /// All that a broker has in memory, or had when it died; nullptr if the node is none.
    [[nodiscard]] const engine::broker::Broker* broker(sim::NodeId node) const;
    [[nodiscard]] const engine::broker::Broker* broker(engine::BrokerId broker) const;
    template <class Rows>
    [[nodiscard]] sim::u64 rows_now(const Rows& rows) const { return engine::rows_before(rows, cursor()); }

    /// Uses what was counted at other moments of the same run: logs are read again only where they grew.
    void lend(std::shared_ptr<Copies> copies);
    /// Which sends are in which log; counted when first asked for at a moment.
    [[nodiscard]] Copies& copies() const;

    /// Tells of work that SQLite does not see: rows that were looked at and left out.
    void spend(sim::u64 rows = 1) const { spent_ += rows; }
    [[nodiscard]] sim::u64 spent() const { return spent_; }

private:
    Moment moment_;
    mutable std::shared_ptr<Copies> copies_;
    mutable sim::u64 spent_ = 0;
};

}  // namespace app::lab
