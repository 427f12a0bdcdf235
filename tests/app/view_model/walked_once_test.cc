#include <catch2/catch_test_macros.hpp>

#include "app/view_model/walked_once.h"
#include "tests/app/view_model/told.h"

using namespace app;
using tests::Told;

namespace {

using Numbers = sim::PersistentVec<u64>;

Numbers numbers(u64 count) {
    Numbers table;
    for (u64 i = 0; i < count; ++i) table.push_back(i);
    return table;
}

u64 sum_below(u64 count) { return count * (count - 1) / 2; }

/// What frames of one moment say of the past: charts, lanes, the diagram, the ledgers.
std::vector<double> all_numbers(const Snapshot& at) {
    const Scene scene(at);
    std::vector<double> all;
    for (const MetricVm& metric : make_metrics(scene).metrics)
        for (const MetricLineVm& line : metric.lines) all.insert(all.end(), line.values.begin(), line.values.end());
    for (const LaneVm& lane : make_timeline(scene).lanes) {
        for (const BarVm& bar : lane.bars) all.push_back(static_cast<double>(bar.to_ns - bar.from_ns));
        for (const MarkerVm& marker : lane.markers) all.push_back(static_cast<double>(marker.at_ns));
    }
    const SpaceTimeVm diagram = make_space_time(scene);
    for (const SpaceMessageVm& message : diagram.messages) all.push_back(message.from_column * 100 + message.to_column);
    for (const SpacePointVm& point : diagram.points) all.push_back(point.column * 100 + point.lane);
    for (const LedgerCellVm& cell : diagram.ledger) all.push_back(static_cast<double>(cell.state));
    for (const ReaderLedgerVm& reader : diagram.readers) all.push_back(static_cast<double>(reader.once));
    return all;
}

/// Passes keep two runs: after two others nothing is known of the first ones.
void forget_what_was_walked() {
    for (const i64 seconds : {30, 31}) {
        Told other;
        other.run().run_to(other.run().clock() + sim::seconds(seconds));
        static_cast<void>(all_numbers(other.snapshot()));
    }
}

}  // namespace

TEST_CASE("walked once: rows of full leaves are read once while a table grows") {
    WalkedOnce<u64, u64> walked;
    u64 taken = 0;
    const auto take = [&](u64& sum, u64 row, u64) { sum += row, ++taken; };
    Numbers table = numbers(1000);
    CHECK(walked.over(table, take) == sum_below(1000));
    CHECK(taken == 1000);
    CHECK(walked.over(table, take) == sum_below(1000));
    CHECK(taken == 1000);
    table.push_back(1000);
    CHECK(walked.over(table, take) == sum_below(1001));
    CHECK(taken == 1000 + 1001 % 256);
}

TEST_CASE("walked once: a table that parts from the one that was read is read from its beginning") {
    WalkedOnce<u64, u64> walked;
    const auto take = [](u64& sum, u64 row, u64) { sum += row; };
    Numbers table = numbers(1000);
    CHECK(walked.over(table, take) == sum_below(1000));
    Numbers branch = table;
    branch.truncate(300);
    branch.push_back(7);
    CHECK(walked.over(branch, take) == sum_below(300) + 7);
    CHECK(walked.over(table, take) == sum_below(1000));
    CHECK(walked.over(branch, take) == sum_below(300) + 7);
    CHECK(shared_rows(table, branch) == 256);
    CHECK(shared_rows(table, numbers(1000)) == 0);
}

TEST_CASE("walked once: after a seek, in a branch and back again a screen says what one says that has read nothing") {
    Told told;
    told.run().run_to(told.run().clock() + sim::seconds(40));
    told.act("kill broker 1");
    told.run().run_to(told.run().clock() + sim::seconds(20));
    const u64 head = told.run().cursor(), first = told.run().timeline().first();
    const u32 main = told.run().timeline().branch().id;
    sim::NameTable words = told.run().world().kernel().names;
    const auto as_unread = [&] {
        if (told.run().timeline().at_head()) words = told.run().world().kernel().names;
        Snapshot at = told.snapshot();
        at.names = &words;
        const std::vector<double> known = all_numbers(at);
        forget_what_was_walked();
        CHECK(known == all_numbers(at));
        return known;
    };
    const std::vector<double> at_the_end = as_unread();
    told.run().seek(first + (head - first) / 2);
    const std::vector<double> in_the_middle = as_unread();
    told.act("kill broker 2");
    told.run().run_to(told.run().clock() + sim::seconds(10));
    CHECK(as_unread() != in_the_middle);
    told.run().switch_to(main, head);
    CHECK(as_unread() == at_the_end);
    for (int i = 0; i < 300; ++i) told.run().advance();
    CHECK(as_unread() != at_the_end);
}
