#include "client/following/file_change.hpp"

namespace treecast::client {

const char* to_string(FileEvent event) noexcept {
    switch (event) {
        case FileEvent::change:
            return "change";
        case FileEvent::deleted:
            return "delete";
        case FileEvent::absent:
            return "absent";
    }
    return "";
}

}  // namespace treecast::client
