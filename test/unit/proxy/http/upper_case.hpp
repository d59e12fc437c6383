// Header fields in other letters.
#pragma once

#include <algorithm>
#include <string>

namespace treecast::test {

inline std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

}  // namespace treecast::test
