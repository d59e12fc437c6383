// A catalog's memory without a directory or a daemon: for tests of the writer's single parts.
#pragma once

#include "ipc/catalog_entries.hpp"
#include "ipc/catalog_pages.hpp"
#include "test/support/fail_with_errno.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>
#include <string>

#include <sys/mman.h>

namespace treecast::test::catalog_memory_cases {

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

inline UniqueFd memory_file() {
    UniqueFd fd(::memfd_create("treecast-test", MFD_CLOEXEC));
    if (!fd)
        fail_with_errno("memfd_create");
    return fd;
}

/// Holds nothing but a header whose words are 0, apart from the capacity.
struct CatalogMemory {
    CatalogMemory() {
        BOOST_REQUIRE(!allocate_pages(mapping->descriptor(), 0, header_pages * page_bytes));
        pages.store_header(HeaderWord::capacity, header_pages * page_bytes);
    }
    std::uint64_t capacity_pages() const { return pages.capacity_bytes() / page_bytes; }
    /// From now on no page can be had beyond those that were given back.
    void use_up_range() { pages.store_header(HeaderWord::capacity, mapping->bytes()); }

    std::shared_ptr<CatalogMapping> mapping =
        CatalogMapping::map(memory_file(), CatalogMapping::Access::write, header_pages* page_bytes)
            .value();
    CatalogPages pages{mapping};
};

inline StoredRecord fresh_record() {
    Record record;
    record.state = FileState::deleted;
    return {record, false};
}

}  // namespace treecast::test::catalog_memory_cases
