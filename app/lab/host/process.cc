#include "app/lab/host/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace app::lab {
namespace {

[[noreturn]] void become(const ProcessSettings& settings, int output) {
    dup2(output, STDOUT_FILENO);
    for (const auto& [name, value] : settings.environment) setenv(name.c_str(), value.c_str(), 1);
    if (!settings.folder.empty() && chdir(settings.folder.c_str()) != 0) _exit(127);
    std::vector<char*> words;
    std::string self = "millrace";
    words.push_back(self.data());
    std::vector<std::string> arguments = settings.arguments;
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    execv("/proc/self/exe", words.data());
    _exit(127);
}

std::string read_all(int input) {
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = read(input, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

}  // namespace

std::expected<std::string, std::string> run_self(const ProcessSettings& settings) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return std::unexpected("cannot make a pipe");
    const pid_t child = fork();
    if (child < 0) return std::unexpected("cannot start a process");
    if (child == 0) become(settings, ends[1]);
    close(ends[1]);
    std::string text = read_all(ends[0]);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
    return std::unexpected(fmt::format("a fresh process ended with status {}",
                                       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)));
}

sim::i64 wall_micros() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace app::lab
