// A variable of the environment while it is in scope, for tests with one thread.
#pragma once

#include <cstdlib>

namespace treecast::test {

class EnvironmentVariable {
public:
    EnvironmentVariable(const char* name, const char* value) : name_(name) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): these tests have one thread
        ::setenv(name_, value, 1);
    }
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;
    ~EnvironmentVariable() { ::unsetenv(name_); }  // NOLINT(concurrency-mt-unsafe): as above

private:
    const char* name_;
};

}  // namespace treecast::test
