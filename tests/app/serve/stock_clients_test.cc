#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

constexpr int kAbsent = 77;

/// Exit code and output of the script that runs kcat against so many brokers.
struct Outcome {
    int code = -1;
    std::string text;
};

Outcome run_kcat(int brokers) {
    const char* program = std::getenv("MILLRACE_PROGRAM");
    const auto folder = std::filesystem::temp_directory_path() /
                        ("millrace-serve-" + std::to_string(::getpid()) + "-" + std::to_string(brokers));
    std::filesystem::create_directories(folder);
    const int port = 20'000 + static_cast<int>(::getpid() % 20'000) + 16 * brokers;
    const std::string command = "tests/app/serve/stock_clients.sh " +
                                std::string(program == nullptr ? "build/release/millrace" : program) + " " +
                                std::to_string(brokers) + " " + std::to_string(port) + " " + folder.string() + " > " +
                                (folder / "output").string() + " 2>&1";
    const int status = std::system(command.c_str());
    std::ifstream in(folder / "output");
    Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -1, {std::istreambuf_iterator<char>(in), {}}};
    if (outcome.code == 0) std::filesystem::remove_all(folder);
    return outcome;
}

void kcat_works(int brokers) {
    const Outcome outcome = run_kcat(brokers);
    if (outcome.code == kAbsent) {
        WARN("LEFT OUT: kcat is not installed, so no stock client was tried (apt install kcat)");
        return;
    }
    INFO(outcome.text);
    CHECK(outcome.code == 0);
}

}  // namespace

TEST_CASE("kcat produces, reads, finds offsets and joins groups at one served broker", "[slow]") { kcat_works(1); }

TEST_CASE("kcat produces, reads, finds offsets and joins groups at three served brokers", "[slow]") { kcat_works(3); }
