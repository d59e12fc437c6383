// What the tests of held_poll share.
//
// Each row of the table of the held poll (docs/http.md), with the built programs.
#pragma once

#include "base/version.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test::held_poll_cases {

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

/// Long enough for an answer that should not come to arrive if it were sent.
constexpr auto a_while = 300ms;

inline std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

inline std::string shifted(const std::string& version, std::int64_t by) {
    Version parsed = *parse_version(version);
    parsed.revision += static_cast<std::uint64_t>(by);
    return to_string(parsed);
}

inline std::string of_other_epoch(const std::string& version) {
    Version parsed = *parse_version(version);
    parsed.epoch ^= 1;
    return to_string(parsed);
}

}  // namespace treecast::test::held_poll_cases
