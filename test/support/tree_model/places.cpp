#include "test/support/tree_model/places.hpp"

#include "base/tree_path.hpp"

#include <algorithm>

namespace treecast::test {

const std::vector<std::string> ignorable_names{"i0", "i1", "x.o"};

std::string Places::directory() {
    std::string path = root_;
    for (unsigned depth = dice.one_of<unsigned>({0, 0, 1, 1, 1, 2, 2, 3}); depth != 0; --depth)
        path += '/' + (dice.chance(90) ? plain_name() : name());
    return path;
}

std::string Places::shown_path() {
    std::string path = root_;
    for (unsigned depth = dice.number(3); depth != 0; --depth)
        path += '/' + plain_name();
    return path + '/' + plain_name();
}

std::string Places::plain_name() {
    static const std::vector<std::string> names{"a", "b", "c", "d"};
    return dice.one_of(names);
}

std::string Places::name() {
    static const std::vector<std::string> hidden{".e", "..data"};
    static const std::vector<std::string> odd{
        "two words",
        "line\nbreak",
        "50%2F%",
        "\xC3\xBC\xE2\x82\xAC",
        std::string(255, 'n'),
        "not UTF-8 \xFF",
    };
    const unsigned kind = dice.number(100);
    if (kind < 75)
        return plain_name();
    if (kind < 83)
        return dice.one_of(hidden);
    return dice.one_of(kind < 90 ? ignorable_names : odd);
}

std::string Places::content() {
    const unsigned kind = dice.number(100);
    unsigned size = dice.number(100);
    if (kind < 5)
        size = 0;
    else if (kind < 15)
        size = 4000 + dice.number(200);
    else if (kind < 18)
        size = dice.number(70'000);
    else if (kind < 20)
        size = 250'000 + dice.number(450'000);
    const unsigned salt = dice.number(1000);
    std::string bytes(size, '\0');
    for (unsigned i = 0; i < size; ++i)
        bytes[i] = static_cast<char>('a' + (salt + i * 7 + i / 251) % 26);
    return bytes;
}

bool is_veiled_name(std::string_view name) {
    return name.starts_with('.') || !is_utf8(name) ||
           std::find(ignorable_names.begin(), ignorable_names.end(), name) != ignorable_names.end();
}

bool is_veiled(std::string_view path) {
    while (!path.empty()) {
        const auto slash = path.find('/');
        if (is_veiled_name(path.substr(0, slash)))
            return true;
        path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
    }
    return false;
}

}  // namespace treecast::test
