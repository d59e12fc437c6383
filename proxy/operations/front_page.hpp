// The page at `/`: it names the server, the endpoints and the first names of the tree. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::proxy {

inline constexpr std::size_t front_page_names_max = 50;

/// The names directly below the root that have something to serve, sorted: the smallest of the
/// names that were added, at most front_page_names_max.
class TopNames {
public:
    /// Adds the path of a file. Names that begin with a dot are left out, even if they are served.
    void add(std::string_view path);

    /// The name of a directory ends in a slash.
    const std::vector<std::string>& names() const noexcept { return names_; }
    /// Whether names were left out because there was no room.
    bool overflowed() const noexcept { return overflowed_; }

private:
    std::vector<std::string> names_;  // sorted
    bool overflowed_ = false;
};

struct FrontPage {
    std::string instance;
    std::optional<std::uint64_t> files{};  // nullopt: the first scan is not complete
    std::vector<std::string> names{};      // as TopNames gives them
    bool more_names = false;
};

std::string front_page_text(const FrontPage& page);
std::string front_page_html(const FrontPage& page);

/// Whether an `Accept` field names text/html: browsers do, curl does not.
bool wants_html(std::string_view accept);

}  // namespace treecast::proxy
