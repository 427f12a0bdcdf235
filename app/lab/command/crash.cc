#include "app/lab/command/crash.h"

#include <cstdlib>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/lab/run/session.h"
#include "sim/base/assert.h"

namespace app::lab {
namespace {

constexpr int kBrokenInvariant = 70;

/// $XDG_STATE_HOME/millrace, else ~/.local/state/millrace.
std::string state_folder() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state != nullptr && *state != 0) return join_path(state, "millrace");
    const char* home = std::getenv("HOME");
    return join_path(home == nullptr ? "." : home, ".local/state/millrace");
}

std::string save(const Session& session) {
    const std::string folder = state_folder();
    if (std::string wrong = make_folder(folder); !wrong.empty()) return "";
    const std::string path = join_path(folder, "broken-" + std::to_string(session.seed) + ".session");
    const auto writer = SessionWriter::begin(path, session);
    return writer ? path : "";
}

void on_broken(const sim::BrokenInvariant& broken) {
    std::fflush(stdout);
    fmt::print(stderr, "millrace: broken invariant: {}\n  at {}:{}, seed {}, event {}, node {}\n", broken.expression,
               broken.file, broken.line, broken.moment.seed, broken.moment.event_index, broken.moment.node.value);
    static bool saving = false;  // a second one, while the first is saved, saves nothing
    const Session* session = std::exchange(saving, true) ? nullptr : newest_session();
    if (session != nullptr && session->run != nullptr) {
        const std::string path = save(*session);
        if (!path.empty()) fmt::print(stderr, "  the session is saved; open it again with: millrace replay {}\n", path);
    }
    std::_Exit(kBrokenInvariant);
}

}  // namespace

void install_crash_handler() { sim::set_assert_handler(on_broken); }

}  // namespace app::lab
