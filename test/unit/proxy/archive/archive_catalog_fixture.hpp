// A catalog with a short log, and segments, of which archives are made.
#pragma once

#include "ipc/segment_writer.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <functional>
#include <string>

#include <sys/stat.h>

namespace treecast::test {

struct ArchiveCatalog : ObjectFixture {
    static constexpr std::uint32_t log_slots = 16;

    std::uint64_t put(
        const std::string& path,
        const std::string& content,
        bool is_resident = true,
        const std::function<void()>& before_commit = {}
    ) {
        const ipc::FileId file = writer.find_or_make(path).value();
        ipc::CatalogPublication publication(writer, 0);
        ipc::Record record = present_record(publication.revision(), content.size());
        record.mode = S_IFREG | 0644;
        record.resident = is_resident;
        record.hash_known = true;
        record.sha256 = sha256_of(content);
        if (is_resident)
            fill(file, record, content);
        publication.announce(file, record);
        if (before_commit)
            before_commit();
        publication.commit();
        return publication.revision();
    }
    void load(const std::string& path, const std::string& content) {
        const ipc::FileId file = catalog.find(path)->file;
        ipc::Record record = writer.read(file);
        record.resident = true;
        fill(file, record, content);
        writer.store(file, record);
    }
    std::uint64_t remove(const std::string& path) {
        return publish_deletion(writer, catalog.find(path)->file);
    }
    void overrun_log() {
        for (std::uint32_t i = 0; i < log_slots; ++i)
            put("other", std::to_string(i), false);
    }

    ipc::CatalogWriter writer{directory, {.log_slots = log_slots}};
    ipc::CatalogReader catalog = reader();

private:
    void fill(ipc::FileId file, const ipc::Record& record, const std::string& content) {
        auto segment = ipc::SegmentWriter::create(directory, ++loads_);
        BOOST_TEST_REQUIRE(segment.has_value());
        BOOST_TEST(!segment->write(content.data(), content.size()));
        BOOST_TEST(!segment->publish(file, record.content_revision));
    }

    std::uint64_t loads_ = 0;
};

}  // namespace treecast::test
