// Acts on directories and their contents.
#include "test/support/tree_model/tree_vandal.hpp"

#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test {

namespace fs = std::filesystem;

namespace {

/// Whether `path` may be moved to a place that is not watched. A file with several names must not
/// be, since a later act may write through such a name.
bool may_be_veiled(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 &&
           (!S_ISREG(status.st_mode) || status.st_nlink == 1);
}

}  // namespace

void TreeVandal::make_directories_and_file() {
    const std::string directory =
        at_.directory() + '/' + at_.name() + '/' + at_.name() + '/' + at_.name();
    const std::string file = directory + '/' + at_.name();
    note(file);
    std::error_code ignored;
    fs::create_directories(directory, ignored);
    write_file(file, at_.content());
}

void TreeVandal::make_many_files() {
    const std::string directory = at_.path();
    note(directory);
    ::mkdir(directory.c_str(), 0755);
    for (unsigned i = 0; i < 40; ++i)
        write_file(directory + "/many" + std::to_string(i), "one of many");
}

void TreeVandal::make_deep_directories() {
    std::string path = at_.path();
    note(path);
    std::error_code ignored;
    for (unsigned i = 0; i < 20; ++i)
        path += "/deep";
    fs::create_directories(path, ignored);
    write_file(path + "/f", at_.content());
}

void TreeVandal::rename_something() {
    const std::string from = at_.path();
    const std::string to = at_.path();
    note(from);
    note(to);
    if (!is_veiled(to.substr(at_.root().size())) || may_be_veiled(from))
        ::rename(from.c_str(), to.c_str());
}

void TreeVandal::exchange() {
    const std::string a = at_.shown_path();
    const std::string b = at_.shown_path();
    note(a);
    note(b);
    (void)::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
}

void TreeVandal::move_out() {
    const std::string path = at_.path();
    note(path);
    ::rename(path.c_str(), (outside_ + "/moved" + std::to_string(++moved_out_)).c_str());
}

void TreeVandal::move_in() {
    const std::string path = at_.path();
    const unsigned number = 1 + at_.dice.number(moved_out_ + 1);
    note(path, std::to_string(number));
    ::rename((outside_ + "/moved" + std::to_string(number)).c_str(), path.c_str());
}

/// Moves a directory into the tree whose contents were changed outside.
void TreeVandal::move_in_what_changed() {
    const std::string path = at_.path();
    const std::string moved =
        outside_ + "/moved" + std::to_string(1 + at_.dice.number(moved_out_ + 1));
    note(path);
    std::error_code ignored;
    ::unlink((moved + "/a").c_str());
    write_file(moved + "/a", at_.content());
    fs::create_directories(moved + "/c/d", ignored);
    write_file(moved + "/c/d/b", at_.content());
    ::rename(moved.c_str(), path.c_str());
}

void TreeVandal::remove_tree() {
    const std::string path = at_.path();
    note(path);
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

void TreeVandal::remove_and_make_again() {
    const std::string path = at_.path();
    note(path);
    std::error_code ignored;
    fs::remove_all(path, ignored);
    fs::create_directories(path + '/' + at_.name(), ignored);
    write_file(path + '/' + at_.name(), at_.content());
}

void TreeVandal::replace_directory_by_file() {
    const std::string path = at_.path();
    note(path);
    const std::string content = at_.content();
    const bool and_back = at_.dice.chance(50);
    std::error_code ignored;
    fs::remove_all(path, ignored);
    write_file(path, content);
    if (!and_back)
        return;
    ::unlink(path.c_str());
    fs::create_directories(path, ignored);
    write_file(path + "/a", content);
}

void TreeVandal::replace_directory_by_link() {
    const std::string path = at_.path();
    note(path);
    const std::string target = link_target();
    const bool and_back = at_.dice.chance(50);
    const std::string kept = path + "-kept";
    ::rename(path.c_str(), kept.c_str());
    (void)::symlink(target.c_str(), path.c_str());
    if (and_back) {
        ::unlink(path.c_str());
        ::rename(kept.c_str(), path.c_str());
    }
}

void TreeVandal::copy_tree() {
    const std::string from = at_.path();
    const std::string to = at_.path();
    note(from);
    note(to);
    // A tree is not copied into itself, and copies of copies must not grow without limit.
    if (to.starts_with(from) || from.starts_with(to))
        return;
    std::error_code ignored;
    unsigned entries = 0;
    for (fs::recursive_directory_iterator it(from, ignored), end; !ignored && it != end;
         it.increment(ignored))
        ++entries;
    if (entries < 30)
        fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, ignored);
}

void TreeVandal::change_mode_of_directory() {
    const std::string path = at_.path();
    note(path);
    const mode_t mode = at_.dice.one_of<mode_t>({0755, 0775, 0700});
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
        (void)::chmod(path.c_str(), mode);
}

void TreeVandal::make_special_file() {
    const std::string path = at_.path();
    note(path);
    if (at_.dice.chance(50))
        ::unlink(path.c_str());
    (void)::mkfifo(path.c_str(), 0644);
}

void TreeVandal::edit_ignore_file() {
    static const std::vector<std::string> lines{
        "i0",
        "i1/",
        "*.o",
        "/i0",
        "a/i1",
        "!x.o",
        "!i0",
        "# i1",
        "",
    };
    const std::string directory = at_.directory();
    const std::string path = directory + "/.treecastignore";
    std::string text;
    for (unsigned count = 1 + at_.dice.number(3); count != 0; --count)
        text += at_.dice.one_of(lines) + '\n';
    note(path);
    switch (at_.dice.number(4)) {
        case 0:
            ::unlink(path.c_str());
            return;
        case 1: {
            const std::string made = directory + '/' + fresh_name(".ignore");
            write_file(made, text);
            ::rename(made.c_str(), path.c_str());
            return;
        }
        default: {
            const UniqueFd file = open_to_change(path, O_WRONLY | O_CREAT);
            if (file && ::ftruncate(file.get(), 0) == 0)
                write_in_pieces(file.get(), text, 2);
        }
    }
}

}  // namespace treecast::test
