#include "app/lab/run/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/host/files.h"
#include "app/lab/lesson/find_lesson.h"
#include "app/lab/lesson/lesson_world.h"
#include "app/lab/lesson/loader.h"

namespace app::lab {
namespace {

using sim::u64;

/// Whether an input of a file can have been given here: the clock stands between the last event and the next.
bool fits_here(const Timeline& timeline, const sim::Input& input) {
    const sim::Machine& machine = timeline.world().machine;
    return input.at_index == timeline.cursor() && input.at >= machine.kernel.now && input.at <= machine.next_at();
}

/// Plays the saved inputs of a branch from where the timeline stands to the branch's head. What could not be
/// played, in words, or "".
std::string replay_branch(Timeline& timeline, const SavedBranch& saved) {
    std::size_t next = 0;
    while (timeline.cursor() < saved.head) {
        if (next < saved.inputs.size() && saved.inputs[next].at_index <= timeline.cursor()) {
            const sim::Input& input = saved.inputs[next++];
            if (!fits_here(timeline, input))
                return fmt::format("lost: branch {} from '{}' on, an input whose time or place cannot be", saved.id,
                                   input.line);
            timeline.act(input);
        } else if (!timeline.advance()) break;
    }
    return "";
}

/// Whether the trace came out as it was saved; samples of this branch only.
bool same_samples(const Timeline::Branch& branch, const SavedBranch& saved) {
    const auto own = branch.samples.size() - std::min(branch.samples.size(), saved.samples.size());
    return branch.samples.size() >= saved.samples.size() &&
           std::equal(saved.samples.begin(), saved.samples.end(),
                      branch.samples.begin() + static_cast<std::ptrdiff_t>(own));
}

/// Answers that were given on the branch that was just built again.
void restore_answers(Timeline& timeline, const SavedSession& saved) {
    for (const auto& [branch, answer] : saved.answers)
        if (branch == timeline.branch().id) timeline.history().answers.push_back(answer);
}

void restore_branches(Session& session, const SavedSession& saved) {
    Timeline& timeline = session.run->timeline();
    for (const SavedBranch& branch : saved.branches) {
        if (branch.id > 0) {
            if (branch.parent >= timeline.branches().size() || branch.fork > timeline.branches()[branch.parent].head) {
                session.warnings.push_back(
                    fmt::format("lost: branch {} and those after it, for the branch it leaves is shorter", branch.id));
                break;
            }
            timeline.switch_to(branch.parent, branch.fork);
            timeline.fork();
        }
        if (std::string lost = replay_branch(timeline, branch); !lost.empty())
            session.warnings.push_back(std::move(lost));
        else if (!same_samples(timeline.branch(), branch))
            session.warnings.push_back(fmt::format(
                "DIVERGED: branch {} did not come out as it was saved; was it written by another build?", branch.id));
        restore_answers(timeline, saved);
    }
}


std::vector<std::string> own_branches_note(const SavedSession& saved) {
    std::vector<std::string> warnings;
    for (const std::string& lost : saved.lost) warnings.push_back("lost: " + lost);
    return warnings;
}

std::vector<const Session*>& open_sessions() {
    static std::vector<const Session*> sessions;
    return sessions;
}

}  // namespace

Session::Session() { open_sessions().push_back(this); }
Session::~Session() { std::erase(open_sessions(), this); }

void Session::stand_aside() { std::erase(open_sessions(), this); }

const Session* newest_session() { return open_sessions().empty() ? nullptr : open_sessions().back(); }

std::string build_name() { return "millrace 1"; }

std::expected<std::unique_ptr<Session>, std::string> open_text(const std::string& path, const std::string& text,
                                                               std::optional<u64> seed,
                                                               const std::vector<Text>& changes) {
    auto lesson = load_changed(path, text, changes);
    if (!lesson) return std::unexpected(render(lesson.error()));
    if (std::string needs = unmet_needs(*lesson); !needs.empty())
        return std::unexpected(fmt::format("{}: this lesson {}", path, needs));
    auto session = std::make_unique<Session>();
    session->path = path;
    session->text = text;
    session->lesson = std::move(*lesson);
    session->seed = seed.value_or(seed_of(session->lesson));
    auto world = engine::build_world(to_spec(session->lesson, session->seed));
    if (!world) return std::unexpected(fmt::format("{}: {}", path, world.error()));
    session->run = std::make_unique<Run>(*world);
    return session;
}

std::expected<std::unique_ptr<Session>, std::string> open_lesson(const std::string& name, std::optional<u64> seed) {
    const auto path = find_lesson(name);
    if (!path) return std::unexpected(path.error());
    const auto text = read_file(*path);
    if (!text) return std::unexpected(text.error());
    return open_text(*path, *text, seed);
}

std::expected<std::unique_ptr<Session>, std::string> open_saved(const std::string& path) {
    auto saved = SessionFile::read(path);
    if (!saved) return std::unexpected(saved.error());
    auto session = open_text(saved->header.lesson_name, saved->header.lesson_text, saved->header.seed);
    if (!session)
        return std::unexpected(
            fmt::format("{}: the lesson in this session cannot be opened: {}", path, session.error()));
    (*session)->warnings = own_branches_note(*saved);
    restore_branches(**session, *saved);
    (*session)->bookmarks = saved->bookmarks;
    Run& run = *(*session)->run;
    const auto current = std::min<std::size_t>(saved->current, run.timeline().branches().size() - 1);
    const u64 head = run.timeline().branches()[current].head;
    run.switch_to(static_cast<sim::u32>(current), std::clamp(saved->cursor, run.timeline().first(), head));
    const sim::Nanos clock = saved->branches[current].clock;
    if (clock >= run.clock() && clock <= run.world().machine.next_at()) run.let_pass(clock);
    return session;
}

bool Session::damaged() const {
    return std::ranges::any_of(warnings, [](const std::string& warning) {
        return warning.starts_with("lost") || warning.starts_with("DIVERGED");
    });
}

// ---- writing ------------------------------------------------------------------------------------

std::expected<SessionWriter, std::string> SessionWriter::begin(const std::string& path, const Session& session) {
    auto file = SessionFile::create(path, {build_name(), session.path, session.text, session.seed});
    if (!file) return std::unexpected(file.error());
    SessionWriter writer(std::move(*file));
    if (std::string wrong = writer.sync(*session.run); !wrong.empty()) return std::unexpected(std::move(wrong));
    if (session.bookmarks.empty()) return writer;
    if (std::string wrong = writer.keep_bookmarks(session.bookmarks); !wrong.empty())
        return std::unexpected(std::move(wrong));
    return writer;
}

std::expected<SessionWriter, std::string> SessionWriter::go_on(const std::string& path, const Session& session) {
    if (session.damaged()) {  // what could not be played stays as it is, beside the file that goes on
        if (std::string wrong = move_file(path, path + ".damaged"); !wrong.empty())
            return std::unexpected(std::move(wrong));
        return begin(path, session);
    }
    auto file = SessionFile::open(path);
    if (!file) return std::unexpected(file.error());
    SessionWriter writer(std::move(*file));
    writer.mark_written(*session.run);
    return writer;
}

void SessionWriter::mark_written(const Run& run) {
    for (const auto& branch : run.timeline().branches())
        written_.push_back({branch.inputs.size(), branch.samples.size(), branch.history.answers.size(), branch.head});
}

std::string SessionWriter::begin_branch(const Timeline::Branch& branch, sim::Nanos clock) {
    SavedBranch saved;
    saved.id = branch.id;
    saved.parent = branch.parent;
    saved.fork = branch.fork;
    saved.head = branch.head;
    saved.clock = clock;
    Written shared;  // what it has from its parent is written there
    if (branch.id > 0) {
        const auto is_shared = [&](const sim::Input& input) { return input.at_index < branch.fork; };
        shared.inputs = static_cast<std::size_t>(std::ranges::count_if(branch.inputs, is_shared));
        const auto is_earlier = [&](const engine::AnswerRow& answer) { return answer.event_index < branch.fork; };
        for (sim::u64 i = 0; i < branch.history.answers.size() && is_earlier(branch.history.answers[i]); ++i)
            ++shared.answers;
        shared.samples = std::min(branch.samples.size(), samples_up_to(branch.fork));
    }
    written_.push_back(shared);
    return file_.add_branch(saved);
}

std::string SessionWriter::sync_branch(const Timeline::Branch& branch) {
    Written& written = written_[branch.id];
    for (; written.inputs < branch.inputs.size(); ++written.inputs)
        if (std::string wrong = file_.add_input(branch.id, branch.inputs[written.inputs]); !wrong.empty()) return wrong;
    for (; written.samples < branch.samples.size(); ++written.samples)
        if (std::string wrong = file_.add_sample(branch.id, written.samples, branch.samples[written.samples]);
            !wrong.empty())
            return wrong;
    for (; written.answers < branch.history.answers.size(); ++written.answers)
        if (std::string wrong = file_.add_answer(branch.id, branch.history.answers[written.answers]); !wrong.empty())
            return wrong;
    if (written.head == branch.head) return "";
    written.head = branch.head;
    return file_.note_head(branch.id, branch.head);
}

/// Every branch that grew, parents before children: a branch may have been stepped along and left since.
std::string SessionWriter::sync(const Run& run) {
    first_ = run.timeline().first();
    for (const auto& branch : run.timeline().branches()) {
        if (branch.id >= written_.size())
            if (std::string wrong = begin_branch(branch, run.clock()); !wrong.empty()) return wrong;
        if (std::string wrong = sync_branch(branch); !wrong.empty()) return wrong;
    }
    return file_.note_place(run.timeline().branch().id, run.clock(), run.cursor());
}

}  // namespace app::lab
