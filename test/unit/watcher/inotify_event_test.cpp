#include "watcher/inotify_event.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <string>
#include <vector>

#include <sys/inotify.h>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(inotify_events)

namespace {

class Bytes {
public:
    Bytes&
    event(int watch, std::uint32_t mask, const std::string& name = "", unsigned padding = 0) {
        inotify_event header{};
        header.wd = watch;
        header.mask = mask;
        header.len = static_cast<std::uint32_t>(name.empty() ? 0 : name.size() + 1 + padding);
        append(&header, sizeof header);
        const std::string padded = name + std::string(header.len - name.size(), '\0');
        append(padded.data(), padded.size());
        return *this;
    }
    Bytes& cut(std::size_t bytes) {
        bytes_.resize(bytes_.size() - bytes);
        return *this;
    }
    std::span<const std::byte> get() const { return bytes_; }

private:
    void append(const void* from, std::size_t size) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + size);
        std::memcpy(bytes_.data() + at, from, size);
    }
    std::vector<std::byte> bytes_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(events_of_one_read_come_in_order_with_their_names) {
    Bytes bytes;
    bytes.event(1, IN_CREATE | IN_ISDIR, "a", 14).event(2, IN_DELETE_SELF).event(1, IN_MODIFY, "b");
    InotifyDecoder decoder(bytes.get());
    InotifyEvent event;

    BOOST_TEST_REQUIRE(decoder.next(event));
    BOOST_TEST(event.watch == 1);
    BOOST_TEST(event.name == "a");
    BOOST_TEST(event.is_of_directory());
    BOOST_TEST(event.name_appeared());
    BOOST_TEST_REQUIRE(decoder.next(event));
    BOOST_TEST(event.watch == 2);
    BOOST_TEST(event.name.empty());
    BOOST_TEST_REQUIRE(decoder.next(event));
    BOOST_TEST(event.name == "b");
    BOOST_TEST(!event.name_appeared());
    BOOST_TEST(!decoder.next(event));
    BOOST_TEST(!decoder.is_damaged());
}

BOOST_AUTO_TEST_CASE(overflow_is_known_though_it_has_no_watch) {
    Bytes bytes;
    bytes.event(-1, IN_Q_OVERFLOW);
    InotifyDecoder decoder(bytes.get());
    InotifyEvent event;

    BOOST_TEST_REQUIRE(decoder.next(event));
    BOOST_TEST(event.is_overflow());
    BOOST_TEST(event.watch == no_watch);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_watch_and_an_unmount_are_told_apart) {
    Bytes bytes;
    bytes.event(3, IN_UNMOUNT).event(3, IN_IGNORED);
    InotifyDecoder decoder(bytes.get());
    InotifyEvent event;

    BOOST_TEST_REQUIRE(decoder.next(event));
    BOOST_TEST(event.is_unmounted());
    BOOST_TEST(!event.watch_is_gone());
    BOOST_TEST_REQUIRE(decoder.next(event));
    BOOST_TEST(event.watch_is_gone());
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_whole_event_end_the_decoding) {
    InotifyEvent event;
    for (const std::size_t missing : {1U, 2U, 15U, 16U, 17U, 31U}) {
        Bytes bytes;
        bytes.event(1, IN_CREATE, "file", 11).cut(missing);
        InotifyDecoder decoder(bytes.get());
        BOOST_TEST(!decoder.next(event), missing << " bytes missing");
        BOOST_TEST(decoder.is_damaged());
    }
    InotifyDecoder nothing({});
    BOOST_TEST(!nothing.next(event));
    BOOST_TEST(!nothing.is_damaged());
}

BOOST_AUTO_TEST_CASE(a_name_without_its_nul_ends_at_its_length) {
    Bytes bytes;
    inotify_event header{};
    bytes.event(1, IN_CREATE, "abc").cut(1);
    std::vector<std::byte> copy(bytes.get().begin(), bytes.get().end());
    header.wd = 1;
    header.mask = IN_CREATE;
    header.len = 3;
    std::memcpy(copy.data(), &header, sizeof header);
    InotifyDecoder decoder(copy);
    InotifyEvent event;

    BOOST_TEST_REQUIRE(decoder.next(event));
    BOOST_TEST(event.name == "abc");
}

BOOST_AUTO_TEST_SUITE_END()
