// The page at `/`: what this is, what can be asked for, and the first names of the tree. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::proxy {

inline constexpr std::size_t front_page_names_max = 50;

/// The names directly below the root that have something to serve behind them, in their order; at
/// most front_page_names_max, the smallest of those that were given.
class TopNames {
public:
    /// Takes the path of a file. Names that begin with a dot are left out, whatever is served.
    void add(std::string_view path);

    /// A directory ends in a slash.
    const std::vector<std::string>& names() const noexcept { return names_; }
    /// Whether some were left out since there was no room.
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
