// What the tests of catalog_adoption share.
//
// What a successor takes over, and what it refuses to.
#pragma once

#include "ipc/catalog_layout.hpp"
#include "test/support/never_ended.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <map>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace treecast::test::catalog_adoption_cases {

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

constexpr std::uint64_t day_us = std::uint64_t{24} * 3600 * 1000 * 1000;

/// The catalog object as a file of words, to be looked at and damaged.
class RawCatalog {
public:
    explicit RawCatalog(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        BOOST_REQUIRE(fd_);
    }
    std::uint64_t word(std::uint64_t index) const {
        std::uint64_t value = 0;
        BOOST_REQUIRE(::pread(fd_.get(), &value, 8, static_cast<off_t>(index * 8)) == 8);
        return value;
    }
    void set(std::uint64_t index, std::uint64_t value) const {
        BOOST_REQUIRE(::pwrite(fd_.get(), &value, 8, static_cast<off_t>(index * 8)) == 8);
    }
    std::uint64_t header(HeaderWord index) const { return word(static_cast<std::uint64_t>(index)); }
    void set_header(HeaderWord index, std::uint64_t value) const {
        set(static_cast<std::uint64_t>(index), value);
    }
    /// Index of a word of an entry; of its valid record for `record_word`.
    std::uint64_t entry(std::uint32_t slot, std::uint32_t index) const {
        return word(chunk_table_word + slot / chunk_slots) * page_words +
               std::uint64_t{slot % chunk_slots} * entry_words + index;
    }
    std::uint64_t record_word(std::uint32_t slot, std::uint32_t index) const {
        const std::uint64_t selector = word(entry(slot, entry_selector));
        return entry(slot, entry_records) + (selector & 1) * record_words + index;
    }
    void truncate(off_t bytes) const { BOOST_REQUIRE(::ftruncate(fd_.get(), bytes) == 0); }

private:
    UniqueFd fd_;
};

struct AdoptedCatalog : ObjectFixture {
    /// A catalog with some of everything, whose writer is gone.
    AdoptedCatalog() {
        CatalogWriter writer(directory, {.log_slots = 64});
        epoch = writer.epoch();
        for (const char* path : {"a/one", "a/two", "b/c/three"})
            files[path] = publish(writer, path, 7);
        files[long_path] = publish(writer, long_path, 7);
        files["gone"] = publish(writer, "gone");
        publish_deletion(writer, files["gone"]);
        newest = writer.newest_revision();
    }
    RawCatalog raw() const { return RawCatalog(catalog_path()); }
    std::uint32_t slot(const std::string& path) const { return files.at(path).slot(); }

    std::string long_path = std::string(100, 'l') + "/x";
    std::map<std::string, FileId> files;
    std::uint64_t epoch = 0;
    std::uint64_t newest = 0;
};

struct Damage {
    const char* what;
    std::function<void(const AdoptedCatalog&, const RawCatalog&)> inflict;
};

}  // namespace treecast::test::catalog_adoption_cases
