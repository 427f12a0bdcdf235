#include "app/lab/command/disk_command.h"

#include "app/lab/command/console.h"
#include "app/lab/command/run_command.h"
#include "app/lab/host/files.h"
#include "app/lab/run/session.h"

namespace app::lab {
namespace {

/// Writes one file below a folder, with the folders on its way. What went wrong, or "".
std::string write_below(const std::string& folder, const std::string& path, std::string_view bytes) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
        if (std::string wrong = make_folder(join_path(folder, path.substr(0, slash))); !wrong.empty()) return wrong;
    return write_file(join_path(folder, path), bytes);
}

std::string export_files(const sim::Disk& disk, const std::string& folder) {
    if (std::string wrong = make_folder(folder); !wrong.empty()) return wrong;
    for (const std::string& path : disk.list("")) {
        const sim::Rope& content = disk.file(disk.find(path)).cached;
        const auto bytes = content.read(0, content.size());
        if (std::string wrong = write_below(folder, path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
            !wrong.empty())
            return wrong;
    }
    return "";
}

}  // namespace

int disk_command(const DiskOptions& options) {
    auto session = open_saved(options.session);
    if (!session) return complain(session.error());
    for (const std::string& warning : (*session)->warnings) complain(options.session + ": " + warning);
    Run& run = *(*session)->run;
    if (!options.at.empty()) {
        const auto time = parse_lesson_time(options.at, (*session)->lesson);
        if (!time) return complain(fmt::format("'{}' is no time of this lesson", options.at));
        run.seek(std::min(run.index_at(run.world().frame->origin + *time), run.timeline().branch().head));
    }
    const engine::NodeId node = run.world().broker_node(engine::BrokerId{options.broker});
    if (node == sim::kNoNode) return complain(fmt::format("there is no broker {} in this session", options.broker));
    const sim::Disk& disk = run.world().machine.disks.of(node);
    for (const std::string& path : disk.list(""))
        print_line(fmt::format("{:>12}  {}", disk.file(disk.find(path)).cached.size(), path));
    if (options.folder.empty()) return kGood;
    const std::string wrong = export_files(disk, options.folder);
    return wrong.empty() ? kGood : complain(wrong);
}

}  // namespace app::lab
