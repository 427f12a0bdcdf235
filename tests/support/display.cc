#include "tests/support/display.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#ifdef __SANITIZE_ADDRESS__
// Mesa's driver leaves a hundred bytes behind. Libraries stay loaded, so that a leak check can tell whose they are.
extern "C" int dlclose(void* /*handle*/) { return 0; }
extern "C" const char* __lsan_default_suppressions() { return "leak:swrast_dri.so\n"; }
#endif

namespace tests {
namespace {

/// The server of this process: it ends with it.
struct VirtualServer {
    pid_t pid = 0;
    std::string name;
    VirtualServer();
    ~VirtualServer() {
        if (pid <= 0) return;
        kill(pid, SIGTERM);
        waitpid(pid, nullptr, 0);
    }
};

void become_server(int report) {
    const std::string descriptor = std::to_string(report);
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execlp("Xvfb", "Xvfb", "-displayfd", descriptor.c_str(), "-screen", "0", "3840x2160x24", "-nolisten", "tcp",
           "-noreset", static_cast<char*>(nullptr));
    _exit(127);
}

VirtualServer::VirtualServer() {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return;
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        become_server(ends[1]);
    }
    close(ends[1]);
    // It writes the number of its display when it is ready, or closes the pipe when it cannot start.
    char digit = 0;
    while (read(ends[0], &digit, 1) == 1 && digit != '\n') name += digit;
    close(ends[0]);
}

}  // namespace

bool have_display(std::string& why) {
    if (const char* display = std::getenv("DISPLAY"); display != nullptr && *display != 0) return true;
    static const VirtualServer server;
    if (server.name.empty()) {
        why = "NO X SERVER: DISPLAY is not set and Xvfb could not be started; the real window is NOT tested";
        return false;
    }
    setenv("DISPLAY", (":" + server.name).c_str(), 1);
    return true;
}

}  // namespace tests
