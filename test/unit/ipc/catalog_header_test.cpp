#include "ipc/catalog_header.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace treecast::ipc;

namespace {

struct HeaderPage {
    std::unique_ptr<Word[]> words = std::make_unique<Word[]>(page_words);

    void set(HeaderWord word, std::uint64_t value) {
        words[static_cast<std::uint32_t>(word)].store(value);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog_header, HeaderPage)

BOOST_AUTO_TEST_CASE(the_degraded_text_is_read_as_it_was_written_or_cut) {
    for (const std::size_t bytes :
         {std::size_t{0},
          std::size_t{1},
          std::size_t{7},
          std::size_t{8},
          std::size_t{9},
          degraded_bytes_max - 1,
          degraded_bytes_max,
          degraded_bytes_max + 1,
          std::size_t{5000}}) {
        std::string text;
        for (std::size_t i = 0; i < bytes; ++i)
            text += static_cast<char>('a' + i % 26);

        store_degraded(words.get(), text);

        BOOST_TEST(load_degraded(words.get()) == text.substr(0, degraded_bytes_max), bytes);
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_being_written_does_not_show) {
    store_degraded(words.get(), "first");
    const auto selector = words[static_cast<std::uint32_t>(HeaderWord::degraded_selector)].load();
    store_degraded(words.get(), "second");
    set(HeaderWord::degraded_selector, selector);  // as if the writer had died before selecting it

    BOOST_TEST(load_degraded(words.get()) == "first");
}

BOOST_AUTO_TEST_CASE(a_damaged_length_is_cut) {
    set(HeaderWord::degraded_texts, ~std::uint64_t{0});
    BOOST_TEST(load_degraded(words.get()).size() == degraded_bytes_max);
}

BOOST_AUTO_TEST_CASE(flags_and_counters_are_decoded) {
    struct Row {
        std::uint64_t flags;
        bool scan_complete;
        bool leases;
    };
    const Row rows[] = {
        {0, false, true},
        {flag_scan_complete, true, true},
        {flag_no_leases, false, false},
        {flag_scan_complete | flag_no_leases, true, false},
    };
    for (const Row& row : rows) {
        set(HeaderWord::flags, row.flags);
        const CatalogHeader header = load_header(words.get());
        BOOST_TEST(header.scan_complete == row.scan_complete, row.flags);
        BOOST_TEST(header.leases == row.leases, row.flags);
    }
    set(HeaderWord::newest_revision, 5);
    set(HeaderWord::counters_end, 7);
    store_degraded(words.get(), "why");
    const CatalogHeader header = load_header(words.get());
    BOOST_TEST(header.newest_revision == 5U);
    BOOST_TEST(header.counters.front() == 0U);
    BOOST_TEST(header.counters.back() == 7U);
    BOOST_TEST(header.degraded == "why");
}

BOOST_AUTO_TEST_SUITE_END()
