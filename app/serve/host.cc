// Sections: clocks; the journal; inputs; events; the loop.
#include "app/serve/host.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <algorithm>
#include <chrono>

#include "app/lab/command/console.h"
#include "app/lab/run/run.h"
#include "engine/outside.h"
#include "engine/verb.h"

namespace app::serve {
namespace {

using sim::Nanos;

constexpr Nanos kSlice = sim::millis(6);          // of wall time, before the gate is looked at again
constexpr Nanos kJournalEvery = sim::millis(10);
constexpr Nanos kMostLag = sim::millis(200);      // behind the wall clock by more: the clocks are set together again
constexpr Nanos kLongestNap = sim::millis(20);
constexpr int kEventsBetweenLooks = 256;
constexpr unsigned long kTimerSlackNanos = 1000;  // Linux adds up to 50 us to each nap, and a request takes several

Nanos wall_now() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return sim::nanos(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

}  // namespace

/// Hands what the world answers to the gate.
class Host::Tap final : public engine::Observer {
public:
    explicit Tap(Host& host) : host_(host) {}
    void on_outside(const engine::OutsideRow& row) override {
        if (row.frame) return host_.gate_.send(row.slot, row.frame);
        host_.gate_.close(row.slot);
        host_.over_.push_back(row.slot);
    }

private:
    Host& host_;
};

Host::Host(engine::World world, Gate& gate, std::vector<std::string> ways, Pace pace)
    : world_(std::move(world)),
      gate_(gate),
      ways_(std::move(ways)),
      pace_(pace),
      first_index_(world_.kernel().event_index) {
    set_clock();
}

// ---- clocks -------------------------------------------------------------------------------------

void Host::set_clock() {
    world_start_ = world_.kernel().now;
    wall_start_ = wall_now();
}

/// The moment that the world's clock should show.
Nanos Host::due_now() const {
    if (pace_.thousandths == 0) return std::max(world_.kernel().now, world_.machine.next_at());
    return world_start_ + (wall_now() - wall_start_) * pace_.thousandths / 1000;
}

// ---- the journal --------------------------------------------------------------------------------

std::string Host::journal_to(lab::SessionFile file) {
    journal_.emplace(std::move(file));
    lab::SavedBranch trunk;
    trunk.fork = trunk.head = first_index_;
    trunk.clock = world_.kernel().now;
    samples_.emplace_back(0, world_.kernel().trace);
    return journal_->add_branch(trunk);
}

void Host::keep_journal(bool now) {
    const Nanos wall = wall_now();
    if (!journal_ || !journal_error_.empty() || (!now && wall - written_at_ < kJournalEvery)) return;
    written_at_ = wall;
    const auto note = [&](std::string wrong) {
        if (journal_error_.empty()) journal_error_ = std::move(wrong);
    };
    note(journal_->begin_group());
    for (const sim::Input& input : unwritten_) note(journal_->add_input(0, input));
    for (const auto& [place, trace] : samples_) note(journal_->add_sample(0, place, trace));
    const sim::u64 index = world_.kernel().event_index;
    note(journal_->note_head(0, index));
    note(journal_->note_place(0, world_.kernel().now, index));
    note(journal_->end_group());
    unwritten_.clear();
    samples_.clear();
}

void Host::after_event() {
    const sim::u64 index = world_.kernel().event_index;
    constexpr sim::u64 kEvery = lab::Timeline::kSampleEvery;
    if (journal_ && index % kEvery == 0)
        samples_.emplace_back(index / kEvery - first_index_ / kEvery, world_.kernel().trace);
}

// ---- inputs -------------------------------------------------------------------------------------

void Host::attach(sim::u16 port, const std::string& host) {
    apply(fmt::format("outside attach {} {}", port, host));
    (void)run_events(world_.kernel().now);   // the door itself has come up before anybody connects
}

void Host::plan(Nanos after, std::string line) {
    const Nanos at = world_.kernel().now + after;
    MR_ASSERT(planned_.empty() || planned_.back().first <= at);
    planned_.emplace_back(at, std::move(line));
}

void Host::do_what_is_due() {
    while (!planned_.empty() && planned_.front().first <= due_now()) {
        if (!run_events(planned_.front().first)) return;   // the world lags: later
        std::string line = std::move(planned_.front().second);
        planned_.pop_front();
        if (const std::string why = engine::refusal_of(world_, line); !why.empty())
            (void)lab::complain(fmt::format("{}: {}", line, why));
        else apply(std::move(line), {}, sim::InputAuthor::learner);
    }
}

void Host::apply(std::string text, std::vector<sim::u8> payload, sim::InputAuthor author) {
    Tap tap(*this);
    sim::Input input;
    input.author = author;
    input.line = std::move(text);
    input.payload = std::move(payload);
    input.at_index = world_.kernel().event_index;
    input.at = std::min(std::max(due_now(), world_.kernel().now), world_.machine.next_at());
    engine::apply(world_, input, tap);
    if (journal_) unwritten_.push_back(std::move(input));
    after_event();
}

void Host::take_in(std::vector<Coming> coming) {
    for (Coming& one : coming) {
        if (one.kind == ComingKind::opened) {
            lines_[one.line];
            apply(fmt::format("outside connect {} {}", one.line, ways_.at(one.door)));
        } else if (const auto at = lines_.find(one.line); at != lines_.end()) {
            if (one.kind == ComingKind::closed) at->second.ended = true;
            else at->second.backlog.push_back(std::move(one.bytes));
        }
    }
}

/// False: the line is over.
bool Host::feed_line(sim::u32 number, Line& line, sim::u64 most) {
    sim::u64 waiting = engine::outside_weight_waiting(world_, number);
    while (!line.backlog.empty() && waiting < most) {
        const std::size_t size = line.backlog.front().size();
        waiting += engine::outside_weight(size);
        apply(fmt::format("outside send {}", number), std::move(line.backlog.front()));
        line.backlog.pop_front();
        gate_.done(number, size);
    }
    if (!line.ended || !line.backlog.empty() || waiting > 0) return true;
    apply(fmt::format("outside close {}", number));
    return false;
}

/// Gives the world what it has room for.
void Host::feed() {
    for (const sim::u32 number : over_) lines_.erase(number);
    over_.clear();
    const auto eager = std::ranges::count_if(lines_, [](const auto& entry) { return !entry.second.backlog.empty(); });
    const sim::u64 most = share_ahead(static_cast<sim::u64>(eager));
    for (auto at = lines_.begin(); at != lines_.end();) {
        const bool idle = at->second.backlog.empty() && !at->second.ended;
        if (idle || feed_line(at->first, at->second, most)) ++at;
        else at = lines_.erase(at);
    }
}

// ---- events -------------------------------------------------------------------------------------

/// Events up to a moment, for one slice of wall time. False: there are more.
bool Host::run_events(Nanos until) {
    Tap tap(*this);
    const Nanos stop = wall_now() + kSlice;
    for (int count = 1; world_.machine.next_at() <= until; ++count) {
        if (!engine::step(world_, tap)) return true;
        after_event();
        if (count % kEventsBetweenLooks != 0) continue;
        gate_.flush();
        if (wall_now() >= stop) return false;
    }
    return true;
}

// ---- the loop -----------------------------------------------------------------------------------

/// Until the next event is due or something comes in.
void Host::nap() {
    const Nanos next = world_.machine.next_at();
    if (pace_.thousandths == 0) return next == sim::kForever ? gate_.wait(kLongestNap) : void();
    const Nanos ahead = next == sim::kForever ? kLongestNap : (next - due_now()) * 1000 / pace_.thousandths;
    if (ahead > Nanos{}) gate_.wait(std::min(ahead, kLongestNap));
}

void Host::run(const std::atomic<bool>& stop, Nanos at_most) {
    const Nanos end = at_most == sim::kForever ? at_most : wall_now() + at_most;
    ::prctl(PR_SET_TIMERSLACK, kTimerSlackNanos, 0, 0, 0);
    set_clock();
    while (!stop && wall_now() < end) {
        take_in(gate_.take());
        feed();
        do_what_is_due();
        const bool idle = run_events(due_now());
        gate_.flush();
        keep_journal(false);
        if (!idle && due_now() - world_.kernel().now > kMostLag) set_clock();
        if (idle) nap();
    }
    gate_.flush();
    keep_journal(true);
}

}  // namespace app::serve
