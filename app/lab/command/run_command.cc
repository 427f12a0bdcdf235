#include "app/lab/command/run_command.h"

#include <algorithm>

#include "app/lab/command/console.h"
#include "app/lab/command/progress.h"
#include "app/lab/host/files.h"
#include "app/lab/lesson/lesson_world.h"
#include "app/lab/lesson/times.h"
#include "app/lab/play/transcript.h"
#include "engine/verb.h"

namespace app::lab {
namespace {

constexpr sim::Nanos kAfterSolution = sim::seconds(2);  // goals may come true a little after the last line

std::vector<std::string> solution_of(const Lesson& lesson) {
    std::vector<std::string> lines;
    for (const Text& line : lesson.free.solution) lines.push_back(line.value);
    return lines;
}

/// Collects the transcript, and prints it as it grows unless it goes to a file.
class Teller {
public:
    Teller(bool to_screen, bool keep) : to_screen_(to_screen), keep_(keep) {}
    void operator()(const std::string& line) {
        if (keep_) text_ += line + "\n";
        if (to_screen_) print_line(line);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    bool to_screen_;
    bool keep_;
    std::string text_;
};

std::string seconds_text(sim::Nanos span) { return fmt::format("{} s", span.count / sim::seconds(1).count); }

bool step_is_good(const StepOutcome& outcome) {
    const bool predicted = !outcome.prediction.asked || outcome.prediction.choice >= 0;
    return outcome.reached && predicted && outcome.refused.empty() &&
           std::ranges::all_of(outcome.expects, &ExpectOutcome::holds);
}

/// Where a step did not do what its lesson says, on standard error: the transcript may go elsewhere.
void complain_of(const Lesson& lesson, const StepBlock& step, const StepOutcome& outcome) {
    const auto say = [&](const Place& place, const std::string& what) {
        complain(fmt::format("{}:{}:{}: step '{}': {}", lesson.path, place.line, place.column, step.id.value, what));
    };
    if (!outcome.reached)
        say(step.until.place.line != 0 ? step.until.place : step.place,
            "its condition did not come true in time; " + outcome.until_value);
    for (const std::string& refused : outcome.refused) say(step.place, "refused: " + refused);
    for (std::size_t i = 0; i < outcome.expects.size(); ++i)
        if (!outcome.expects[i].holds)
            say(step.expect[i].place,
                fmt::format("expected, but it gives {}:\n{}", outcome.expects[i].value, outcome.expects[i].sql));
}

bool play_steps_aloud(Player& player, const LineSink& tell) {
    bool good = true;
    const auto& steps = player.lesson().steps;
    for (std::size_t i = 0; i < steps.size() && !player.at_horizon(); ++i) {
        write_step_begin(steps[i], i, steps.size(), tell);
        const StepOutcome outcome = player.play_step(i);
        write_facts(player.run(), outcome.first_index, outcome.last_index, tell);
        if (player.at_horizon()) break;
        write_step_end(steps[i], outcome, tell);
        if (!step_is_good(outcome)) complain_of(player.lesson(), steps[i], outcome);
        good = good && step_is_good(outcome);
    }
    return good;
}

bool play_free_aloud(Player& player, const LineSink& tell) {
    const Lesson& lesson = player.lesson();
    if (player.at_horizon() || lesson.goals.empty()) return true;
    tell("Your turn: " + plain(lesson.free.say.value));
    for (const Text& line : lesson.free.solution) tell("  One way: " + line.value);
    const sim::u64 from = player.run().cursor();
    const FreeOutcome outcome = player.play_free(solution_of(lesson), kAfterSolution);
    write_facts(player.run(), from, player.run().cursor(), tell);
    if (player.at_horizon()) return true;
    write_free(lesson, outcome, tell);
    return outcome.won && outcome.refused.empty();
}

/// Time goes on after the lesson until a horizon that was asked for.
void go_on_to_horizon(Player& player, const Horizon& horizon) {
    constexpr sim::Nanos kLongest = sim::seconds(24 * 3600), kSlice = sim::seconds(10);
    if (horizon.moment == sim::kForever && horizon.sql.empty()) return;
    const sim::Nanos end = horizon.moment < sim::kForever ? horizon.moment : player.run().clock() + kLongest;
    Progress progress;
    while (!player.at_horizon() && player.run().clock() < end) {
        player.run_to(std::min(end, player.run().clock() + kSlice));
        if (progress.due())
            progress.say(fmt::format(
                "{} simulated, until {}", seconds_text(player.run().lesson_clock()),
                horizon.sql.empty() ? seconds_text(end - player.run().world().frame->origin) : horizon.sql));
    }
}

std::string save_after(const RunOptions& options, std::optional<SessionWriter>& writer, const Session& session) {
    if (!writer) return "";
    const std::string wrong = writer->sync(*session.run);
    return wrong.empty() ? "" : fmt::format("{}: the session could not be saved: {}", options.session, wrong);
}

}  // namespace

std::optional<sim::Nanos> parse_lesson_time(const std::string& text, const Lesson& lesson) {
    if (const sim::Nanos span = engine::parse_duration(text); span.count >= 0) return span;
    const auto clock = parse_clock(text);
    if (!clock) return {};
    const sim::i64 start = start_ms_of(lesson);
    const sim::Nanos since = *clock - sim::millis(start - day_start_ms(start));
    return since.count < 0 ? std::nullopt : std::optional(since);
}

Horizon horizon_of(const std::string& until, const Session& session) {
    if (until.empty()) return {};
    if (const auto time = parse_lesson_time(until, session.lesson))
        return {session.run->world().frame->origin + *time, ""};
    return {sim::kForever, until};
}

void play_all(Player& player) {
    for (std::size_t i = 0; i < player.lesson().steps.size() && !player.at_horizon(); ++i) player.play_step(i);
    if (!player.at_horizon() && !player.lesson().goals.empty())
        player.play_free(solution_of(player.lesson()), kAfterSolution);
}

std::string hash_line(const engine::World& world) { return fmt::format("hash: {:016x}", engine::hash(world)); }

int run_headless(const RunOptions& options) {
    auto opened = open_lesson(options.lesson, options.seed);
    if (!opened) return complain(opened.error());
    Session& session = **opened;
    std::optional<SessionWriter> writer;
    if (!options.session.empty()) {
        auto begun = SessionWriter::begin(options.session, session);
        if (!begun) return complain(begun.error());
        writer.emplace(std::move(*begun));
        session.run->on_input([&] { writer->sync(*session.run); });
    }
    Player player(session.lesson, *session.run);
    const Horizon horizon = horizon_of(options.until, session);
    player.set_horizon(horizon);
    if (const std::string wrong = player.horizon_error(); !wrong.empty())
        return complain("--until is neither a time nor a query:\n" + wrong);
    Teller teller(options.transcript.empty() && !options.quiet, !options.transcript.empty());
    const LineSink tell = [&](const std::string& line) { teller(line); };
    write_title(session.lesson, session.seed, tell);
    bool good = play_steps_aloud(player, tell);
    good = play_free_aloud(player, tell) && good;
    go_on_to_horizon(player, horizon);
    write_card(session.lesson, tell);
    if (std::string wrong = save_after(options, writer, session); !wrong.empty()) return complain(wrong);
    if (!options.transcript.empty())
        if (std::string wrong = write_file(options.transcript, teller.text()); !wrong.empty()) return complain(wrong);
    if (options.hash) print_line(hash_line(session.run->world()));
    return good ? kGood : kFailed;
}

}  // namespace app::lab
