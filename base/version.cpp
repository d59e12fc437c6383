#include "base/version.hpp"

#include "base/hexadecimal.hpp"

#include <charconv>

namespace treecast {

namespace {

constexpr std::size_t epoch_digits = 16;

bool is_lower_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

Result<Version> parse_version(std::string_view text) {
    Version version;
    if (text.size() < epoch_digits + 2 || text[epoch_digits] != '.')
        return Errc::invalid_version;
    for (const char c : text.substr(0, epoch_digits))
        if (!is_lower_hex(c))
            return Errc::invalid_version;
    std::from_chars(text.data(), text.data() + epoch_digits, version.epoch, 16);

    const auto digits = text.substr(epoch_digits + 1);
    if (digits.size() > 1 && digits.front() == '0')
        return Errc::invalid_version;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), version.revision, 10);
    if (error != std::errc() || end != digits.data() + digits.size())
        return Errc::invalid_version;
    return version;
}

std::string to_string(Version version) {
    std::string text(HexWord(version.epoch).view());
    return text.append(1, '.').append(std::to_string(version.revision));
}

}  // namespace treecast
