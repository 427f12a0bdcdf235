#include "app/proof/sweep/workers.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace app::proof {
namespace {

using sim::u32;
using sim::u64;

/// What a child writes of a seed: `B seed` when it begins, `E seed failed lines` when it is done, then its lines.
struct Child {
    pid_t process = -1;
    int pipe = -1;
    std::vector<u64> seeds;      // still to do, the next one last
    std::string unread;
    bool busy = false;           // a seed has begun and not ended; it is still in `seeds`

    [[nodiscard]] bool alive() const { return pipe >= 0; }
};

void write_all(int pipe, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(pipe, text.data(), text.size());
        if (count <= 0) std::_Exit(1);  // the parent is gone
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

[[noreturn]] void be_child(int pipe, const std::vector<u64>& seeds, const std::function<SeedReport(u64)>& work) {
    for (auto seed = seeds.rbegin(); seed != seeds.rend(); ++seed) {
        write_all(pipe, fmt::format("B {}\n", *seed));
        const SeedReport report = work(*seed);
        const auto lines = std::ranges::count(report.text, '\n');
        write_all(pipe, fmt::format("E {} {}\n{}", report.failed ? 1 : 0, lines, report.text));
    }
    std::_Exit(0);
}

void start(Child& child, const std::function<SeedReport(u64)>& work) {
    int ends[2];
    if (child.seeds.empty() || ::pipe(ends) != 0) return;
    std::fflush(nullptr);
    child.process = ::fork();
    if (child.process == 0) {
        ::close(ends[0]);
        be_child(ends[1], child.seeds, work);
    }
    ::close(ends[1]);
    child.pipe = ends[0];
    child.busy = false;
    child.unread.clear();
}

std::string death(int status) {
    if (WIFSIGNALED(status)) return fmt::format("crash: the process was ended by signal {}\n", WTERMSIG(status));
    return fmt::format("crash: the process ended with exit code {}\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

/// The report at the front of what was read, if it is complete.
bool take_report(Child& child, SeedReport& report) {
    for (;;) {
        const auto end = child.unread.find('\n');
        if (end == std::string::npos) return false;
        if (child.unread[0] == 'B') {
            child.busy = true;
            child.unread.erase(0, end + 1);
            continue;
        }
        int failed = 0;
        long lines = 0;
        std::sscanf(child.unread.c_str(), "E %d %ld", &failed, &lines);
        auto stop = end;
        for (long i = 0; i < lines && stop != std::string::npos; ++i) stop = child.unread.find('\n', stop + 1);
        if (stop == std::string::npos) return false;
        report = {child.seeds.back(), failed != 0, child.unread.substr(end + 1, stop - end)};
        child.unread.erase(0, stop + 1);
        child.seeds.pop_back();
        child.busy = false;
        return true;
    }
}

void reap(Child& child, SeedReport& report) {
    int status = 0;
    ::close(child.pipe);
    ::waitpid(child.process, &status, 0);
    child.pipe = -1;
    if (!child.busy || child.seeds.empty()) return;
    report = {child.seeds.back(), true, death(status)};
    child.seeds.pop_back();
}

void stop(Child& child) {
    if (!child.alive()) return;
    ::kill(child.process, SIGTERM);
    SeedReport ignored;
    reap(child, ignored);
}

/// Reads what a child wrote. False if it ended.
bool read_more(Child& child) {
    char buffer[4096];
    const ssize_t count = ::read(child.pipe, buffer, sizeof buffer);
    if (count <= 0) return false;
    child.unread.append(buffer, static_cast<std::size_t>(count));
    return true;
}

std::vector<Child> deal(const std::vector<u64>& seeds, u32 jobs) {
    std::vector<Child> children(std::max<u32>(1, jobs));
    for (std::size_t i = 0; i < seeds.size(); ++i) children[i % children.size()].seeds.push_back(seeds[i]);
    for (Child& child : children) std::ranges::reverse(child.seeds);
    return children;
}

/// Serves one child that has something to say. False if `take` wants no more.
bool serve(Child& child, const std::function<SeedReport(u64)>& work,
           const std::function<bool(const SeedReport&)>& take) {
    const bool open = read_more(child);
    for (SeedReport report; take_report(child, report);)
        if (!take(report)) return false;
    if (open) return true;
    SeedReport fatal;
    reap(child, fatal);
    const bool go_on = !fatal.failed || take(fatal);
    start(child, work);
    return go_on;
}

std::vector<pollfd> pipes_of(const std::vector<Child>& children) {
    std::vector<pollfd> pipes;
    for (const Child& child : children)
        if (child.alive()) pipes.push_back({child.pipe, POLLIN, 0});
    return pipes;
}

}  // namespace

void run_in_children(const std::vector<u64>& seeds, u32 jobs, const std::function<SeedReport(u64)>& work,
                     const std::function<bool(const SeedReport&)>& take) {
    std::vector<Child> children = deal(seeds, jobs);
    for (Child& child : children) start(child, work);
    bool wanted = true;
    for (std::vector<pollfd> pipes = pipes_of(children); wanted && !pipes.empty(); pipes = pipes_of(children)) {
        if (::poll(pipes.data(), pipes.size(), -1) < 0) continue;
        for (Child& child : children) {
            const auto ready =
                std::ranges::find_if(pipes, [&](const pollfd& p) { return p.fd == child.pipe && p.revents != 0; });
            if (child.alive() && ready != pipes.end()) wanted = wanted && serve(child, work, take);
        }
    }
    for (Child& child : children) stop(child);
}

}  // namespace app::proof
