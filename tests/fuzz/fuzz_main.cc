// What libFuzzer calls: the target that the build names.
#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    tests::fuzz::MILLRACE_FUZZ_TARGET({data, size});
    return 0;
}
