// The bytes of what was made once for many clients.
#pragma once

#include "proxy/source/made_contents.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

#include <unistd.h>

namespace treecast::test {

inline std::string bytes_of(const proxy::MadeContent& made) {
    if (made.descriptor() < 0)
        return made.bytes();
    std::string bytes(made.size(), '\0');
    BOOST_TEST_REQUIRE(
        ::pread(made.descriptor(), bytes.data(), bytes.size(), 0) ==
        static_cast<ssize_t>(bytes.size())
    );
    return bytes;
}

}  // namespace treecast::test
