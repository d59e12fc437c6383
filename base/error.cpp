#include "base/error.hpp"

#include <cerrno>

namespace treecast {

namespace {

const char* sentence(Errc code) noexcept {
    switch (code) {
        case Errc::invalid_path:
            return "the path can name no file of a tree";
        case Errc::invalid_version:
            return "not a version of the form EPOCH.REVISION";
        case Errc::invalid_duration:
            return "not a time such as 30, 30s or 500ms";
        case Errc::invalid_size:
            return "not a size such as 4096, 64K or 256M";
        case Errc::invalid_instance:
            return "not an instance name (up to 64 letters, digits, '.', '_', '-')";
        case Errc::layout_mismatch:
            return "written by another version of Treecast";
        case Errc::damaged:
            return "damaged shared memory";
        case Errc::foreign_owner:
            return "owned by another user";
        case Errc::already_running:
            return "another daemon serves this instance";
        case Errc::no_free_queue_pair:
            return "every queue pair is claimed (--max-workers)";
        case Errc::superseded:
            return "the version has been superseded";
        case Errc::catalog_full:
            return "the catalog is full";
        case Errc::no_memory:
            return "no shared memory left for the content";
        case Errc::not_a_file:
            return "not a regular file";
        case Errc::outside_root:
            return "a link that leads out of the root";
        case Errc::writable_by_others:
            return "it, or the directory that it is in, may be written by others (chmod go-w)";
    }
    return "unknown error";
}

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "treecast"; }
    std::string message(int value) const override { return sentence(static_cast<Errc>(value)); }
};

}  // namespace

const boost::system::error_category& treecast_category() noexcept {
    static const Category category;
    return category;
}

ErrorCode make_error_code(Errc code) noexcept {
    return {static_cast<int>(code), treecast_category()};
}

ErrorCode system_error(int number) noexcept {
    return {number, boost::system::system_category()};
}

ErrorCode last_system_error() noexcept {
    return system_error(errno);
}

}  // namespace treecast
