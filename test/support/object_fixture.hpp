// An object directory of a test's own, with shorthands for what tests publish in it.
#pragma once

#include "ipc/catalog_publication.hpp"
#include "ipc/catalog_reader.hpp"
#include "ipc/catalog_writer.hpp"
#include "ipc/object_directory.hpp"
#include "test/support/instance_guard.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace treecast::test {

struct ObjectFixture {
    InstanceGuard guard{Leftovers::are_expected};
    ipc::ObjectDirectory directory = ipc::ObjectDirectory::create(guard.base(), guard.instance());

    ipc::CatalogReader reader() const { return ipc::CatalogReader::attach(directory).value(); }
    std::string catalog_path() const { return directory.path() + "/catalog"; }
};

inline ipc::Record present_record(std::uint64_t revision, std::uint64_t size = 0) {
    ipc::Record record;
    record.state = ipc::FileState::present;
    record.change_revision = revision;
    record.content_revision = revision;
    record.size = size;
    return record;
}

inline ipc::Record deleted_record(std::uint64_t revision) {
    ipc::Record record = present_record(revision);
    record.state = ipc::FileState::deleted;
    return record;
}

/// One publication of one present file; returns its id.
inline ipc::FileId
publish(ipc::CatalogWriter& writer, std::string_view path, std::uint64_t size = 0) {
    const ipc::FileId file = writer.find_or_make(path).value();
    ipc::CatalogPublication publication(writer, 0);
    publication.announce(file, present_record(publication.revision(), size));
    return file;
}

/// One publication of one deletion; returns its revision.
inline std::uint64_t publish_deletion(ipc::CatalogWriter& writer, ipc::FileId file) {
    ipc::CatalogPublication publication(writer, 0);
    publication.announce(file, deleted_record(publication.revision()));
    return publication.revision();
}

}  // namespace treecast::test
