// Long work says where it is: on standard error, on a terminal only, at most ten times a second.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

namespace app::lab {

class Progress {
public:
    Progress() : on_(::isatty(STDERR_FILENO) != 0) {}
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Whether it is time to say something: whoever asks need not make a text that nobody reads.
    [[nodiscard]] bool due() const { return on_ && Clock::now() - said_ >= std::chrono::milliseconds(100); }
    void say(const std::string& text) {
        said_ = Clock::now();
        fmt::print(stderr, "\r\x1b[K{}", text);
        std::fflush(stderr);
        shown_ = true;
    }
    /// Takes the line away again, before something else is printed.
    void clear() {
        if (shown_) fmt::print(stderr, "\r\x1b[K");
        shown_ = false;
    }

private:
    using Clock = std::chrono::steady_clock;
    bool on_;
    bool shown_ = false;
    Clock::time_point said_ = Clock::now();  // what is soon done needs no words
};

}  // namespace app::lab
