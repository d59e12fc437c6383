// What a fuzz target demands: the fuzzer keeps the input for which it does not hold.
#pragma once

#define FUZZ_CHECK(condition) \
    do {                      \
        if (!(condition))     \
            __builtin_trap(); \
    } while (false)
