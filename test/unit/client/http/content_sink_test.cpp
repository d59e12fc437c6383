#include "client/http/content_sink.hpp"

#include "base/unique_fd.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(content_sink)

BOOST_AUTO_TEST_CASE(only_the_body_of_a_200_is_content) {
    for (const auto& [status, is_content] :
         {std::pair{200, true}, {204, false}, {206, false}, {304, false}, {404, false}}) {
        Answer head;
        head.status = status;
        ContentSink sink;
        BOOST_TEST(sink.begin(head) == is_content, status);
    }
}

BOOST_AUTO_TEST_CASE(bytes_are_stored_and_hashed_as_they_arrive) {
    const UniqueFd file(::memfd_create("content", MFD_CLOEXEC));
    for (const int target : {file.get(), -1}) {
        ContentSink sink(target);
        BOOST_TEST(sink.write("ab") == "");
        BOOST_TEST(sink.write("c") == "");
        Answer answer;
        sink.end(answer);
        BOOST_TEST(answer.body_bytes == 3U);
        BOOST_TEST((answer.body_sha256 == sha256_of("abc")));
    }
    std::array<char, 8> stored{};
    BOOST_TEST(::pread(file.get(), stored.data(), stored.size(), 0) == 3);
    BOOST_TEST(std::string_view(stored.data()) == "abc");
}

BOOST_AUTO_TEST_CASE(bytes_that_cannot_be_stored_end_the_transfer_with_the_reason) {
    const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    ContentSink sink(full.get());
    BOOST_TEST(sink.write("x").starts_with("cannot be stored"));
}

BOOST_AUTO_TEST_SUITE_END()
