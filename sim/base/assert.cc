#include "sim/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace sim {
namespace {

constexpr int kExitBrokenInvariant = 70;

void print_and_exit(const BrokenInvariant& broken) {
    std::fprintf(stderr, "broken invariant: %s\n  at %s:%d\n  seed %llu, event %llu, t = %lld ns, node %u\n",
                 broken.expression, broken.file, broken.line,
                 static_cast<unsigned long long>(broken.moment.seed),
                 static_cast<unsigned long long>(broken.moment.event_index),
                 static_cast<long long>(broken.moment.now.count), broken.moment.node.value);
    std::fflush(nullptr);
    std::_Exit(kExitBrokenInvariant);
}

AssertHandler installed = print_and_exit;
thread_local Moment moment;
u32 validation_interval = 256;
thread_local u32 asked_since_validation = 0;

}  // namespace

AssertHandler set_assert_handler(AssertHandler handler) {
    AssertHandler before = installed;
    installed = handler != nullptr ? handler : print_and_exit;
    return before;
}

Moment& current_moment() { return moment; }

bool validation_due() {
    if (validation_interval <= 1) return validation_interval == 1;
    if (++asked_since_validation < validation_interval) return false;
    asked_since_validation = 0;
    return true;
}

void set_validation_interval(u32 every) { validation_interval = every; }

void assertion_failed(const char* expression, const char* file, int line) {
    installed({expression, file, line, moment});
    std::abort();  // a handler must not return
}

}  // namespace sim
