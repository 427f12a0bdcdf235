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

/// Exit code and output of a script that runs kcat against what is served.
struct Outcome {
    int code = -1;
    std::string text;
};

/// `number`: brokers or seed, as the script takes it.
Outcome run_kcat(const std::string& script, int number) {
    const char* program = std::getenv("MILLRACE_PROGRAM");
    const auto folder = std::filesystem::temp_directory_path() /
                        ("millrace-" + script + "-" + std::to_string(::getpid()) + "-" + std::to_string(number));
    std::filesystem::create_directories(folder);
    const int port = 20'000 + static_cast<int>(::getpid() % 20'000) + 16 * number;
    const std::string command = "tests/app/serve/" + script + ".sh " +
                                std::string(program == nullptr ? "build/release/millrace" : program) + " " +
                                std::to_string(number) + " " + std::to_string(port) + " " + folder.string() + " > " +
                                (folder / "output").string() + " 2>&1";
    const int status = std::system(command.c_str());
    std::ifstream in(folder / "output");
    Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -1, {std::istreambuf_iterator<char>(in), {}}};
    if (outcome.code == 0) std::filesystem::remove_all(folder);
    return outcome;
}

void kcat_works(const std::string& script, int number) {
    const Outcome outcome = run_kcat(script, number);
    if (outcome.code == kAbsent) {
        WARN("LEFT OUT: kcat is not installed, so no stock client was tried (apt install kcat)");
        return;
    }
    INFO(outcome.text);
    CHECK(outcome.code == 0);
}

}  // namespace

TEST_CASE("kcat produces, reads, finds offsets and joins groups at one served broker", "[slow]") {
    kcat_works("stock_clients", 1);
}

TEST_CASE("kcat produces, reads, finds offsets and joins groups at three served brokers", "[slow]") {
    kcat_works("stock_clients", 3);
}

TEST_CASE("a stock client loses nothing and sees nothing twice while served brokers die and are cut off", "[slow]") {
    kcat_works("broken_brokers", 4);
}
