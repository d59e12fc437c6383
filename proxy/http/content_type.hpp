// The media types of files, by rules (`--mime`) and else by the ends of their names. Pure.
#pragma once

#include "base/glob.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::proxy {

class ContentTypes {
public:
    /// Adds a rule GLOB=TYPE, which goes before those that are there, or returns why not: what
    /// follows "'GLOB=TYPE' is ..." in a sentence, without its full stop. The `=` is the first one
    /// with a media type behind it: both sides may hold others.
    std::optional<std::string> add_rule(std::string_view text);

    /// The type of the last rule that matches; else of the name's ending; else
    /// `application/octet-stream`. Valid as long as this object is not changed.
    std::string_view of(std::string_view path) const noexcept;

private:
    struct Rule {
        Glob glob;
        std::string type;
    };
    std::vector<Rule> rules_;
};

}  // namespace treecast::proxy
