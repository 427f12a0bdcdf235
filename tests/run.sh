# Runs the tests: sourced by the script `millrace`, which has defined configure, compile, say and fail.
#   test [--sanitize] [--clang] [--full] [FILTER]
# Without options: g++, Release. --full is what continuous integration runs: g++, then, as far as its time allows, clang
# on everything below the window with the same golden hashes, and the unit tests under the sanitizers.

tests_passed=0
tests_failed=0

count_results() { # file with Catch2's XML report
    local cases
    cases=$(grep -o '<OverallResultsCases [^>]*' "$1" | tail -1)
    [[ -n $cases ]] || { say "no result in $1: the test program died"; tests_failed=$((tests_failed + 1)); return; }
    tests_passed=$((tests_passed + $(sed -E 's/.*successes="([0-9]+)".*/\1/' <<<"$cases")))
    tests_failed=$((tests_failed + $(sed -E 's/.*failures="([0-9]+)".*/\1/' <<<"$cases")))
}

# Runs one test program in as many shards as there are cores.
run_shards() { # directory, Catch2 arguments
    local dir=$1 shards i; shift
    shards=$(nproc)
    for ((i = 0; i < shards; i++)); do
        (cd "$root" && "$dir/millrace_tests" --shard-count "$shards" --shard-index "$i" --allow-running-no-tests \
            -r console::out="$dir/tests-$i.txt" -r xml::out="$dir/tests-$i.xml" "$@" >"$dir/tests-$i.log" 2>&1) &
    done
    wait
    for ((i = 0; i < shards; i++)); do
        count_results "$dir/tests-$i.xml"
        grep -q 'All tests passed\|No tests ran' "$dir/tests-$i.txt" || tail -n 60 "$dir/tests-$i.txt" "$dir/tests-$i.log"
    done
}

build_and_run() { # name, cmake arguments until --, then Catch2 arguments
    local name=$1 dir=$build/$1 cmake_args=(); shift
    while (($#)) && [[ $1 != -- ]]; do cmake_args+=("$1"); shift; done
    shift || true
    say "tests: $name"
    configure "$dir" "${cmake_args[@]}"
    compile "$dir" millrace millrace_tests
    MILLRACE_PROGRAM=$dir/millrace run_shards "$dir" "$@"
}

run_gcc() { build_and_run release -DCMAKE_BUILD_TYPE=Release -- "$@"; }

run_clang() {
    local clang; clang=$(command -v clang++-19 || command -v clang++ || true)
    [[ -n $clang ]] || { ensure_packages clang-19; clang=$(command -v clang++-19 || command -v clang++); }
    build_and_run clang -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER="$clang" -DMILLRACE_ENGINE_ONLY=ON -- "$@"
}

run_sanitized() { build_and_run sanitize -DCMAKE_BUILD_TYPE=None "-DCMAKE_CXX_FLAGS=-O1 -g1" -DMILLRACE_SANITIZE=ON -- "$@" "~[slow]"; }

# Says so when a part of --full is left out because the parts before it took too long.
time_left_for() { # what, seconds since the start at which it must have begun
    ((SECONDS < $2)) && return 0
    say "LEFT OUT, $((SECONDS / 60)) minutes are used: $1 (run it by itself: ./millrace test $3)"
    return 1
}

run_tests() {
    local sanitize=0 clang=0 full=0 filter=()
    while (($#)); do
        case $1 in
        --sanitize) sanitize=1 ;;
        --clang) clang=1 ;;
        --full) full=1 ;;
        --help) say "test [--sanitize] [--clang] [--full] [FILTER]: FILTER is a test name or [tag] as Catch2 takes it"; return 0 ;;
        *) filter+=("$1") ;;
        esac
        shift
    done
    if ((full)); then
        run_gcc "${filter[@]}"
        ! time_left_for "clang on sim and engine" 720 --clang || run_clang "~[slow]~[sweep]"
        ! time_left_for "the sanitizers" 720 --sanitize || run_sanitized "${filter[@]}"
    elif ((sanitize)); then run_sanitized "${filter[@]}"
    elif ((clang)); then run_clang "${filter[@]}"
    else run_gcc "${filter[@]}"; fi
    echo "$tests_passed passed, $tests_failed failed"
    ((tests_failed == 0 && tests_passed > 0))
}
