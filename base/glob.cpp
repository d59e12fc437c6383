// Components in a path, and characters in a component, are matched by the same rule. A star matches
// nothing at first. At a mismatch the last star takes one element more, and what follows it in the
// glob is tried again. Earlier stars are not tried again: what stands between two stars was matched
// as early as possible, which leaves the most for the rest. So each element of the glob is compared
// with each element of the path at most once, and the product of both lengths bounds the steps.
#include "base/glob.hpp"

#include "base/tree_path.hpp"

#include <algorithm>
#include <stdexcept>

namespace treecast {

namespace {

/// Removes the first component, and the slash behind it, from a path or a glob.
std::string_view take_component(std::string_view& path) noexcept {
    const std::string_view component = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(component.size() + 1, path.size()));
    return component;
}

/// Removes the first character from UTF-8. Other bytes are cut somewhere.
std::string_view take_character(std::string_view& text) noexcept {
    const auto lead = text.empty() ? 0U : static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const std::string_view character = text.substr(0, length);
    text.remove_prefix(character.size());
    return character;
}

/// The same where `\` quotes the character behind it. Empty if there is none.
std::string_view take_quoted_character(std::string_view& text) noexcept {
    if (text.starts_with('\\'))
        text.remove_prefix(1);
    return take_character(text);
}

/// The order of bytes in UTF-8 is that of the code points.
struct CharacterRange {
    std::string_view low, high;
};

/// Removes a member from a set: a character or a range.
CharacterRange take_range(std::string_view& set) noexcept {
    CharacterRange range;
    range.low = range.high = take_quoted_character(set);
    if (set.size() >= 2 && set.front() == '-' && set[1] != ']') {
        set.remove_prefix(1);
        range.high = take_quoted_character(set);
    }
    return range;
}

/// Removes the `!` or `^` of a set, if it has one.
bool take_negation(std::string_view& set) noexcept {
    const bool negated = set.starts_with('!') || set.starts_with('^');
    if (negated)
        set.remove_prefix(1);
    return negated;
}

/// Removes a set, whose `[` is gone, with its `]`. Returns whether it holds the character.
bool take_set(std::string_view& glob, std::string_view character) noexcept {
    const bool negated = take_negation(glob);
    bool found = false;
    do {
        const CharacterRange range = take_range(glob);
        found = found || (range.low <= character && character <= range.high);
    } while (!glob.empty() && glob.front() != ']');
    glob.remove_prefix(std::min<std::size_t>(1, glob.size()));
    return found != negated;
}

/// Removes an element that is not `*` from a glob, and what it stands for from a name that is not
/// empty. Returns whether they match. After a mismatch neither can be used.
bool take_match(std::string_view& glob, std::string_view& name) noexcept {
    const char first = glob.front();
    if (first == '?' || first == '[') {
        glob.remove_prefix(1);
        const std::string_view character = take_character(name);
        return first == '?' || take_set(glob, character);
    }
    // Other characters are compared by the byte: the rest of a longer one follows as the next.
    if (first == '\\')
        glob.remove_prefix(1);
    const bool is_same = glob.front() == name.front();
    glob.remove_prefix(1);
    name.remove_prefix(1);
    return is_same;
}

/// The place where matching continues when the last star takes one element more.
struct Retry {
    bool is_possible = false;
    std::string_view glob{};  // behind the star
    std::string_view rest{};  // what the star has left of the path or name
};

bool matches_component(std::string_view glob, std::string_view name) noexcept {
    Retry retry;
    while (!glob.empty() || !name.empty()) {
        if (glob.starts_with('*')) {
            glob.remove_prefix(1);
            retry = {true, glob, name};
            continue;
        }
        if (name.empty())
            return false;  // if the star takes more, still less is left
        if (!glob.empty() && take_match(glob, name))
            continue;
        if (!retry.is_possible)
            return false;
        take_character(retry.rest);
        glob = retry.glob;
        name = retry.rest;
    }
    return true;
}

bool matches_path(std::string_view glob, std::string_view path) noexcept {
    Retry retry;
    while (!glob.empty() || !path.empty()) {
        const std::string_view component = take_component(glob);
        if (component == "**" && glob.empty())
            return !path.empty();
        if (component == "**") {
            retry = {true, glob, path};
            continue;
        }
        if (path.empty())
            return false;
        if (!component.empty() && matches_component(component, take_component(path)))
            continue;
        if (!retry.is_possible)
            return false;
        take_component(retry.rest);
        glob = retry.glob;
        path = retry.rest;
    }
    return true;
}

/// Removes a set, whose `[` is gone, from a component. Returns what is wrong with it, or null.
const char* take_set_defect(std::string_view& component) noexcept {
    constexpr const char* open = "has a '[' without its ']' in the same component";
    take_negation(component);
    bool is_first = true;
    while (is_first || !component.starts_with(']')) {
        is_first = false;
        if (component.starts_with("[:"))
            return "has a class such as '[:alpha:]', which is not known; '\\[' stands for '['";
        const CharacterRange range = take_range(component);
        if (range.low.empty() || range.high.empty())
            return open;
        if (range.high < range.low)
            return "has a range whose end comes before its beginning";
    }
    component.remove_prefix(1);
    return nullptr;
}

const char* defect_of_component(std::string_view component) noexcept {
    if (component.empty())
        return "has an empty component: '/' at the front, at the end, or twice";
    if (component == "." || component == "..")
        return "has a component '.' or '..', which no path has";
    if (component == "**")
        return nullptr;
    while (!component.empty()) {
        if (component.starts_with("**"))
            return "has '**' that is not a whole component";
        const bool is_set = component.starts_with('[');
        if (is_set) {
            component.remove_prefix(1);
            if (const char* const defect = take_set_defect(component))
                return defect;
        } else if (take_quoted_character(component).empty()) {
            return "has a '\\' with nothing behind it in its component";
        }
    }
    return nullptr;
}

const char* defect_of(std::string_view text) noexcept {
    if (text.empty())
        return "is empty";
    if (text.size() > Glob::bytes_max)
        return "is longer than 4096 bytes";
    if (!is_utf8(text) || text.find('\0') != text.npos)
        return "is not UTF-8 without NUL";
    if (text.ends_with('/'))
        return "ends with '/'; what lies below a directory is 'DIRECTORY/**'";
    while (!text.empty())
        if (const char* const defect = defect_of_component(take_component(text)))
            return defect;
    return nullptr;
}

}  // namespace

void throw_exception_from_error(const GlobDefect& defect, const boost::source_location&) {
    throw std::invalid_argument(std::string("the glob ") + defect.reason);
}

Glob::Glob(std::string_view text)
    : text_(text), literal_suffix_bytes_(text.size() - (text.find_last_of("*?[]\\/") + 1)) {
    while (!text.empty() && std::string_view("*?[").find(text.front()) == text.npos)
        literal_prefix_.append(take_quoted_character(text));
}

boost::system::result<Glob, GlobDefect> Glob::parse(std::string_view text) {
    if (const char* const defect = defect_of(text))
        return GlobDefect{defect};
    return Glob(text);
}

bool Glob::matches(std::string_view path) const noexcept {
    // Most paths fail here, where a subscriber has thousands of globs.
    const std::string_view suffix(text_.data() + text_.size() - literal_suffix_bytes_);
    return path.starts_with(literal_prefix_) && path.ends_with(suffix) && matches_path(text_, path);
}

}  // namespace treecast
