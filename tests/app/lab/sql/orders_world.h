// A small world for tests of the view: three brokers, broker 3 the controller, topic `orders` with a replica
// everywhere and broker 1 preferred, producer `shop` that sends two records a second, and consumer `warehouse`
// of group `stock`.
#pragma once

#include "app/lab/run/run.h"
#include "app/lab/sql/sql_view.h"

namespace tests {

/// The world at its origin; built once.
const engine::World& orders_world();

/// A run of it, or of another world, with a view on its present moment.
class OrdersRun {
public:
    explicit OrdersRun(const engine::World& origin = orders_world()) : run_(origin) {}
    app::lab::Run& run() { return run_; }
    app::lab::SqlView& view() { return view_; }
    void pass(sim::Nanos span) { run_.run_to(run_.clock() + span); }
    void act(std::string line) { run_.act(sim::InputAuthor::learner, std::move(line)); }
    /// Runs until a query holds; false after `limit`.
    bool pass_until(const std::string& sql, sim::Nanos limit);
    void show();
    /// What a query returns now: cells separated by `|`, rows by a line feed; the message of an error.
    std::string ask(const std::string& sql);
    bool holds(const std::string& sql);

private:
    app::lab::Run run_;
    app::lab::SqlView view_;
};

}  // namespace tests
