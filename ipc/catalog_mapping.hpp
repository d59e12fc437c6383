// Maps the catalog object into this process once, for a range larger than the object.
//
// A fixed range needs no remapping when the object grows, so that pointers into it stay valid for
// as long as the mapping lives. Pages beyond the object's end are mapped but must not be touched:
// each access stays within the header's capacity.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "ipc/catalog_layout.hpp"

#include <boost/interprocess/mapped_region.hpp>

#include <memory>

namespace treecast::ipc {

class CatalogMapping {
public:
    enum class Access { read, write };

    /// Owns the descriptor. Maps 16 GiB of address space, or less where that fails (RLIMIT_AS), but
    /// at least `bytes_min`. Otherwise returns the error of mmap(2).
    [[nodiscard]] static Result<std::shared_ptr<CatalogMapping>>
    map(UniqueFd fd, Access access, std::uint64_t bytes_min);

    int descriptor() const noexcept { return fd_.get(); }
    std::uint64_t bytes() const noexcept { return region_.get_size(); }
    const Word* words() const noexcept { return static_cast<const Word*>(region_.get_address()); }
    /// Call it only for a mapping that was made for writing.
    Word* words() noexcept { return static_cast<Word*>(region_.get_address()); }

private:
    CatalogMapping(UniqueFd fd, boost::interprocess::mapped_region region) noexcept
        : fd_(std::move(fd)), region_(std::move(region)) {}
    UniqueFd fd_;
    boost::interprocess::mapped_region region_;
};

}  // namespace treecast::ipc
