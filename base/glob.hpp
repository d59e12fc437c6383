// A pattern for paths of files, as in `--mime` and in the feed's `glob`. Pure.
//
//   *      any characters, also none          \X     the character X
//   ?      one character                      **     as a whole component: any number of components
//   [..]   one character of a set             else   the character itself, `{` too
//
// - A glob matches a whole path (base/tree_path.hpp): `*.txt` matches `a.txt`, not `d/a.txt`.
//   `*`, `?` and `[..]` never match `/`.
// - `**` matches zero or more components, the last one of a glob at least one: `conf/**` is every
//   file below conf, but not conf; `**/a` is every file a; `**` is every file.
// - A character is a character of UTF-8. It is compared byte by byte: letters of another case, and
//   other spellings of an accent, are different characters.
// - A dot at the front of a name is a character like any other: `*` matches `.env`.
// - A set holds characters and ranges (`[a-z]`, by code point). `!` or `^` at its front negates it.
//   Then `]` is a member if it comes first, `-` if it comes first or last, and `\` quotes here too.
//   No set holds `/`.
//
// Malformed, each with its reason: a `[` without its `]` in the same component, an empty range
// (`[z-a]`), a class (`[[:alpha:]]`), a `\` at the end of a component, `**` beside anything else
// (`a**`, `***`), what matches no path at all (nothing; `/` at the front, at the end or twice; a
// component `.` or `..`; NUL; what is not UTF-8), and more than 4,096 bytes.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace treecast {

/// Why a text is no glob: what follows "The glob ..." in a sentence, without its full stop.
struct GlobDefect {
    const char* reason = "";
};
[[noreturn]] void
throw_exception_from_error(const GlobDefect& defect, const boost::source_location& location);

class Glob {
public:
    static constexpr std::size_t bytes_max = 4096;

    [[nodiscard]] static boost::system::result<Glob, GlobDefect> parse(std::string_view text);

    /// `path` is a valid path. Allocates nothing. Takes at most a number of steps that is
    /// proportional to the length of the glob times that of the path.
    bool matches(std::string_view path) const noexcept;
    /// What every path that matches begins with: the glob up to its first `*`, `?` or `[`, without
    /// the `\` of quoted characters. `a/**` has "a/", and a glob without wildcards has its path.
    std::string_view literal_prefix() const noexcept { return literal_prefix_; }
    const std::string& text() const noexcept { return text_; }

    /// Compares the texts: `[a]` and `a` differ.
    friend bool operator==(const Glob& left, const Glob& right) noexcept {
        return left.text_ == right.text_;
    }

private:
    explicit Glob(std::string_view text);

    std::string text_;
    std::string literal_prefix_;
    std::size_t literal_suffix_bytes_;  // of the text; every path that matches ends so
};

}  // namespace treecast
