// A run of the orders world (tests/app/lab/sql/orders_world.h), or of another, as a frame would be made of it.
#pragma once

#include <memory>

#include "app/view_model/branches.h"
#include "app/view_model/make.h"
#include "app/view_model/scene.h"
#include "tests/app/lab/sql/orders_world.h"

namespace tests {

class Told {
public:
    explicit Told(const engine::World& origin = orders_world()) : orders_(origin), since_(origin) {}
    OrdersRun& orders() { return orders_; }
    app::lab::Run& run() { return orders_.run(); }
    void act(std::string line) { orders_.act(std::move(line)); }
    bool pass_until(const std::string& sql, sim::Nanos limit = sim::seconds(30)) {
        return orders_.pass_until(sql, limit);
    }
    /// From now on "was" means this moment.
    void remember() { since_ = run().world(); }

    app::Desk desk;
    app::Snapshot snapshot() {
        before_ = app::world_before(run());
        app::Snapshot snapshot;
        snapshot.world = &run().world();
        snapshot.history = &run().history();
        snapshot.origin = &app::origin_of(run());
        snapshot.before = before_.get();
        snapshot.since = &since_;
        snapshot.clock = run().clock();
        snapshot.seed = 7;
        snapshot.branches = app::branches_of(run(), {});
        snapshot.branch = run().timeline().branch().id;
        snapshot.desk = desk;
        return snapshot;
    }
    app::ScreenVm screen() { return app::make_screen(snapshot()); }
    /// Steps until a condition on the screen holds; false after `limit` events.
    template <class Holds>
    bool step_until(Holds&& holds, int limit = 4000) {
        for (int i = 0; i < limit; ++i) {
            const app::Snapshot moment = snapshot();
            const app::Scene scene(moment);
            if (holds(scene)) return true;
            if (!run().advance()) return false;
        }
        return false;
    }

private:
    OrdersRun orders_;
    engine::World since_;
    std::unique_ptr<engine::World> before_;
};

/// The item whose object is this, or nullptr.
template <class Items>
const auto* with_object(const Items& items, const std::string& object) {
    const auto found = std::ranges::find_if(items, [&](const auto& item) { return item.object == object; });
    return found == items.end() ? nullptr : &*found;
}

}  // namespace tests
