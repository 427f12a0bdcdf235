// The world that is served. The wall clock drives it: its clock follows at a pace, and what clients send becomes inputs
// at the moment that has come. If it cannot keep up, its clock lags and goes on from there; nothing is skipped.
//
// Every input is journaled, in groups, so that the session replays to the same hash. No history is kept: memory is the
// world's own, and what is bounded by the gate.
#pragma once

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <optional>

#include "app/lab/store/session_file.h"
#include "app/serve/gate.h"
#include "engine/world.h"

namespace app::serve {

struct Pace {
    sim::i64 thousandths = 1000;      // simulated time per wall time; 0 = as fast as it goes
};

/// How much of one line the world is given ahead of what its broker works on, by weight, when so many lines have more
/// to give: a few may have their fill, many share. So nobody's next request waits behind more than kMostAhead and one
/// request of each line, whatever the others send.
constexpr sim::u64 kMostAhead = 4u << 20;
constexpr sim::u64 kMostAheadOfOne = 2u << 20;
constexpr sim::u64 share_ahead(sim::u64 lines) {
    return lines == 0 ? kMostAheadOfOne : std::clamp<sim::u64>(kMostAhead / lines, 1, kMostAheadOfOne);
}
static_assert(share_ahead(1) == kMostAheadOfOne && share_ahead(2) * 2 == kMostAhead &&
              share_ahead(kMostAhead * 2) == 1);

class Host {
public:
    /// `ways`: by a door's tag, where it leads: a broker's id or "zookeeper".
    Host(engine::World world, Gate& gate, std::vector<std::string> ways, Pace pace);

    /// From now on inputs are written here. What went wrong, or "".
    std::string journal_to(lab::SessionFile file);
    /// Opens the world's side: brokers tell these clients addresses of `host`, from `port` on.
    void attach(sim::u16 port, const std::string& host);
    /// Carries a verb out so long after the start of serving; called in the order of time.
    void plan(sim::Nanos after, std::string line);
    /// Serves until `stop` is set, or for so long.
    void run(const std::atomic<bool>& stop, sim::Nanos at_most);
    [[nodiscard]] const engine::World& world() const { return world_; }
    [[nodiscard]] const std::string& journal_error() const { return journal_error_; }

private:
    class Tap;
    /// A connection as the world has it.
    struct Line {
        std::deque<std::vector<sim::u8>> backlog;   // messages that the world has no room for yet
        bool ended = false;                         // its client is gone; the world is told when it has taken all
    };

    [[nodiscard]] sim::Nanos due_now() const;
    void take_in(std::vector<Coming> coming);
    void feed();
    bool feed_line(sim::u32 number, Line& line, sim::u64 most);
    void do_what_is_due();
    void apply(std::string text, std::vector<sim::u8> payload = {},
               sim::InputAuthor author = sim::InputAuthor::outside);
    bool run_events(sim::Nanos until);
    void nap();
    void after_event();
    void keep_journal(bool now);
    void set_clock();

    engine::World world_;
    Gate& gate_;
    std::vector<std::string> ways_;
    Pace pace_;
    sim::Nanos world_start_;          // both clocks when they were last set together
    sim::Nanos wall_start_;
    std::map<sim::u32, Line> lines_;
    std::deque<std::pair<sim::Nanos, std::string>> planned_;   // verbs, by the world's clock
    std::vector<sim::u32> over_;      // closed by the world since the last look
    std::optional<lab::SessionFile> journal_;
    std::vector<sim::Input> unwritten_;
    std::vector<std::pair<sim::u64, sim::u64>> samples_;   // place, trace
    sim::Nanos written_at_;
    sim::u64 first_index_ = 0;
    std::string journal_error_;
};

}  // namespace app::serve
