// A lesson that is open: its text, its world from the origin on, and the file that it is saved in.
#pragma once

#include <memory>
#include <optional>

#include "app/lab/lesson/lesson.h"
#include "app/lab/run/run.h"
#include "app/lab/store/session_file.h"

namespace app::lab {

/// A lesson in play. Not movable: the run's observers point into it.
struct Session {
    Session();
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    std::string path;             // of the lesson's file
    std::string text;
    Lesson lesson;
    sim::u64 seed = 0;
    std::unique_ptr<Run> run;
    std::vector<Bookmark> bookmarks;
    std::vector<std::string> warnings;   // what was lost or came out differently when a saved one was opened

    /// Whether the file it was opened from holds what is not here.
    [[nodiscard]] bool damaged() const;
    /// It only stands beside another one: not what is saved when an invariant breaks.
    void stand_aside();
};

/// The session that was opened last of those that are open; nullptr if none is. It is what is saved when an
/// invariant breaks.
const Session* newest_session();

/// Opens a lesson by name or path at its origin. `seed` 0: the lesson's own.
std::expected<std::unique_ptr<Session>, std::string> open_lesson(const std::string& name, std::optional<sim::u64> seed);
/// The same from text that is already at hand, with changes to make before the start (lesson/change.h).
std::expected<std::unique_ptr<Session>, std::string> open_text(const std::string& path, const std::string& text,
                                                               std::optional<sim::u64> seed,
                                                               const std::vector<Text>& changes = {});
/// Opens a saved session: runs every branch again and stands where it stood.
std::expected<std::unique_ptr<Session>, std::string> open_saved(const std::string& path);

/// Keeps a session file up to date with a run.
class SessionWriter {
public:
    /// Begins a file for a session that was just opened.
    static std::expected<SessionWriter, std::string> begin(const std::string& path, const Session& session);
    /// Goes on with the file that a session was opened from. A damaged one is kept as `PATH.damaged`.
    static std::expected<SessionWriter, std::string> go_on(const std::string& path, const Session& session);
    /// Writes what is new. What went wrong, or "".
    std::string sync(const Run& run);
    std::string keep_bookmarks(const std::vector<Bookmark>& bookmarks) { return file_.keep_bookmarks(bookmarks); }

private:
    struct Written {
        std::size_t inputs = 0;
        std::size_t samples = 0;
        sim::u64 answers = 0;
        sim::u64 head = 0;
    };
    explicit SessionWriter(SessionFile file) : file_(std::move(file)) {}
    std::string begin_branch(const Timeline::Branch& branch, sim::Nanos clock);
    std::string sync_branch(const Timeline::Branch& branch);
    [[nodiscard]] std::size_t samples_up_to(sim::u64 index) const {
        return index / Timeline::kSampleEvery - first_ / Timeline::kSampleEvery + 1;
    }
    void mark_written(const Run& run);

    SessionFile file_;
    std::vector<Written> written_;
    sim::u64 first_ = 0;   // index of the origin
};

/// The name and date of the program, as sessions record it.
std::string build_name();

}  // namespace app::lab
