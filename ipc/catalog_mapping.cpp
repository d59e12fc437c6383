#include "ipc/catalog_mapping.hpp"

#include <boost/interprocess/exceptions.hpp>

#include <sys/mman.h>

namespace treecast::ipc {

namespace {

namespace interprocess = boost::interprocess;

constexpr std::uint64_t range_bytes_max = std::uint64_t{1} << 34;

/// The interface that mapped_region requires. Boost's own shared_memory_object opens by a name in
/// /dev/shm, where anybody can squat. Ours is opened below a directory descriptor.
class Mappable {
public:
    explicit Mappable(int fd) noexcept : fd_(fd) {}
    interprocess::mapping_handle_t get_mapping_handle() const noexcept {
        return interprocess::ipcdetail::mapping_handle_from_file_handle(fd_);
    }

private:
    int fd_;
};

}  // namespace

Result<std::shared_ptr<CatalogMapping>>
CatalogMapping::map(UniqueFd fd, Access access, std::uint64_t bytes_min) {
    const auto mode = access == Access::write ? interprocess::read_write : interprocess::read_only;
    for (std::uint64_t bytes = range_bytes_max;; bytes = std::max(bytes / 4, bytes_min)) {
        try {
            interprocess::mapped_region
                region(Mappable(fd.get()), mode, 0, bytes, nullptr, MAP_NORESERVE);
            return std::shared_ptr<CatalogMapping>(
                new CatalogMapping(std::move(fd), std::move(region))
            );
        } catch (const interprocess::interprocess_exception& failure) {
            if (bytes <= bytes_min)
                return system_error(failure.get_native_error());
        }
    }
}

}  // namespace treecast::ipc
