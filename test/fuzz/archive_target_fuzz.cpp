// Whatever a client sends as the name of an archive: it is refused with a reason, or it names a
// directory that may be in a tree.
#include "base/tree_path.hpp"
#include "proxy/archive/archive_target.hpp"
#include "test/fuzz/fuzz_check.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace treecast::proxy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A copy without a byte behind it, so that the sanitizer sees each read beyond its end.
    const std::vector<char> copy(data, data + size);
    const auto [target, status, reason] = parse_archive_target({copy.data(), copy.size()});
    FUZZ_CHECK((status == 0) == reason.empty());
    if (status != 0) {
        FUZZ_CHECK(status == 400 || status == 404);
        return 0;
    }
    if (!target.prefix.empty()) {
        FUZZ_CHECK(target.prefix.back() == '/');
        const std::string directory = target.prefix.substr(0, target.prefix.size() - 1);
        FUZZ_CHECK(treecast::is_valid_path(directory));
        FUZZ_CHECK(target.name == directory + std::string(ending_of(target.coding)));
    }
    return 0;
}
