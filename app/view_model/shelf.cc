#include "app/view_model/shelf.h"

#include <algorithm>

#include "app/lab/host/files.h"
#include "app/lab/lesson/find_lesson.h"
#include "app/lab/lesson/loader.h"
#include "app/lab/store/session_file.h"

namespace app {
namespace {

constexpr std::string_view kSuffix = ".millrace";

ShelfLesson read_lesson(const std::string& id) {
    ShelfLesson out{id, id, id.empty() ? 0 : id.front() - '0', 0, false};
    const auto path = lab::find_lesson(id);
    const auto lesson = path ? lab::load_lesson_file(*path) : std::unexpected(lab::LessonErrors{});
    if (!lesson) return out;
    out.title = lesson->info.title.value;
    out.level = lesson->info.level.value;
    out.steps = static_cast<i64>(lesson->steps.size());
    out.loads = true;
    return out;
}

bool read_session(const std::string& path, ShelfSession& out) {
    const auto saved = lab::SessionFile::read(path);
    if (!saved) return false;
    out.path = path;
    out.lesson = lab::without_extension(lab::file_name(saved->header.lesson_name));
    const auto lesson = lab::load_lesson(saved->header.lesson_name, saved->header.lesson_text);
    out.title = lesson ? lesson->info.title.value : out.lesson;
    out.seed = saved->header.seed;
    out.branches = saved->branches.size();
    const u64 first = saved->branches.empty() ? 0 : saved->branches.front().fork;
    out.cursor = saved->cursor - std::min(first, saved->cursor);
    for (const lab::SavedBranch& branch : saved->branches)
        if (branch.id == saved->current) out.head = branch.head - std::min(first, branch.head);
    out.answered = static_cast<i64>(saved->answers.size());
    for (const auto& [branch, answer] : saved->answers) out.right += answer.correct ? 1 : 0;
    return true;
}

}  // namespace

Shelf read_shelf(const std::string& sessions_folder) {
    Shelf shelf;
    for (const std::string& id : lab::lesson_ids()) shelf.lessons.push_back(read_lesson(id));
    if (sessions_folder.empty()) return shelf;
    std::vector<std::string> names = lab::list_folder(sessions_folder);
    std::ranges::reverse(names);   // their names begin with the moment at which they were begun
    for (const std::string& name : names) {
        ShelfSession session;
        if (name.ends_with(kSuffix) && read_session(lab::join_path(sessions_folder, name), session))
            shelf.sessions.push_back(std::move(session));
    }
    return shelf;
}

}  // namespace app
