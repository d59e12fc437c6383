#include "base/one_line.hpp"

#include "base/tree_path.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace treecast {

namespace {

/// How many bytes at the front are one character; 0 if they are not UTF-8.
std::size_t character_length(std::string_view text) {
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
        if (is_utf8(text.substr(0, length)))
            return length;
    return 0;
}

bool is_control(std::string_view character) {
    const auto lead = static_cast<std::uint8_t>(character[0]);
    if (character.size() == 1)
        return lead < 0x20 || lead == 0x7F;
    return character.size() == 2 && lead == 0xC2 && static_cast<std::uint8_t>(character[1]) < 0xA0;
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        const auto character = text.substr(0, length == 0 ? 1 : length);
        if (character == "\\")
            line += "\\\\";
        else if (length != 0 && !is_control(character))
            line += character;
        else
            for (const char byte : character)
                line += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(byte));
        text.remove_prefix(character.size());
    }
    return line;
}

}  // namespace treecast
