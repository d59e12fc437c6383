// Acts on symbolic and hard links.
#include "test/support/tree_model/tree_vandal.hpp"

#include <array>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test {

namespace fs = std::filesystem;

/// Most targets are in the tree; some do not exist, form a circle, or are outside.
std::string TreeVandal::link_target() {
    switch (at_.dice.number(12)) {
        case 0:
        case 1:
            return at_.path();  // absolute
        case 2:
            return outside_ + "/moved" + std::to_string(1 + at_.dice.number(moved_out_ + 1));
        case 3:
            return at_.root() + "/../outside";
        case 4:
        case 5:
            return "../" + at_.name();
        case 6:
            return "../" + at_.name() + '/' + at_.name();
        case 7:
            return at_.name() + '/' + at_.name();
        case 8:
            return at_.name() + "/../" + at_.name();
        case 9:
            return at_.name() + '/';
        default:
            return at_.name();
    }
}

void TreeVandal::make_link() {
    const std::string path = at_.path();
    const std::string target = link_target();
    note(path, "-> " + target);
    (void)::symlink(target.c_str(), path.c_str());
}

void TreeVandal::replace_by_link() {
    const std::string path = at_.path();
    const std::string target = link_target();
    note(path, "-> " + target);
    const std::string made = outside_ + '/' + fresh_name("link");
    if (::symlink(target.c_str(), made.c_str()) == 0 && ::rename(made.c_str(), path.c_str()) != 0)
        ::unlink(made.c_str());
}

void TreeVandal::make_chain() {
    const std::string directory = at_.directory();
    note(directory);
    // 40 links are served, 41 are not.
    const unsigned length = at_.dice.one_of<unsigned>({2, 3, 39, 40, 41});
    std::string target = at_.name();
    for (unsigned i = 1; i <= length; ++i) {
        // Only one of them is served, because a scan of chains of chains would take too long.
        const std::string link = i == length ? "chain" : ".chain" + std::to_string(i);
        (void)::symlink(target.c_str(), (directory + '/' + link).c_str());
        target = link;
    }
}

void TreeVandal::make_circle() {
    const std::string a = at_.path();
    const std::string b = at_.path();
    note(a);
    note(b);
    (void)::symlink(a.c_str(), b.c_str());
    (void)::symlink(b.c_str(), a.c_str());
}

/// Each level leads to the next by two links: no circle, and 2^n paths.
void TreeVandal::make_diamonds() {
    const std::string top = at_.path();
    note(top);
    const unsigned levels = 2 + at_.dice.number(3);
    std::error_code ignored;
    for (unsigned level = 0; level < levels; ++level) {
        const std::string directory = top + "/level" + std::to_string(level);
        const std::string next = "../level" + std::to_string(level + 1);
        fs::create_directories(directory, ignored);
        (void)::symlink(next.c_str(), (directory + "/left").c_str());
        (void)::symlink(next.c_str(), (directory + "/right").c_str());
    }
    fs::create_directories(top + "/level" + std::to_string(levels), ignored);
    write_file(top + "/level" + std::to_string(levels) + "/f", at_.content());
}

/// current -> releases/N, swapped.
void TreeVandal::release() {
    const std::string directory = at_.directory();
    note(directory);
    const std::string made = fresh_name("release");
    std::error_code ignored;
    fs::create_directories(directory + "/releases/" + made + "/sub", ignored);
    write_file(directory + "/releases/" + made + "/f", at_.content());
    write_file(directory + "/releases/" + made + "/sub/g", at_.content());
    const std::string link = directory + "/.current-new";
    (void)::symlink(("releases/" + made).c_str(), link.c_str());
    ::rename(link.c_str(), (directory + "/current").c_str());
}

/// As the kubelet does: file -> ..data/file, ..data -> ..TIME; ..data is swapped and the old
/// directory removed.
void TreeVandal::release_as_kubernetes() {
    const std::string directory = at_.directory() + "/k8s";
    note(directory);
    const std::string made = fresh_name("..2026_");
    std::error_code ignored;
    fs::create_directories(directory + '/' + made, ignored);
    for (const char* const name : {"key", "value"})
        write_file(directory + '/' + made + '/' + name, at_.content());
    const auto old = fs::read_symlink(directory + "/..data", ignored);
    (void)::symlink(made.c_str(), (directory + "/..data_tmp").c_str());
    ::rename((directory + "/..data_tmp").c_str(), (directory + "/..data").c_str());
    for (const char* const name : {"key", "value"})
        (void)::symlink((std::string("..data/") + name).c_str(), (directory + '/' + name).c_str());
    if (!old.empty() && old.string().find('/') == std::string::npos)
        fs::remove_all(directory + '/' + old.string(), ignored);
}

void TreeVandal::make_hard_link() {
    const std::string from = at_.shown_path();
    const std::string to = at_.shown_path();
    note(from);
    note(to);
    (void)link(from, to);
}

/// ln -f
void TreeVandal::link_over() {
    const std::string from = at_.shown_path();
    const std::string to = at_.shown_path();
    note(from);
    note(to);
    const std::string made = to + "-link";
    if (!link(from, made))
        return;
    ::rename(made.c_str(), to.c_str());
    ::unlink(made.c_str());  // still there if both were the same file
}

/// Creates a second name in a place that is not watched, and touches the file in the tree so that
/// the watcher notices it.
void TreeVandal::make_name_outside() {
    const std::string path = at_.shown_path();
    note(path);
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        ::link(path.c_str(), name_outside(outside_links_ + 1).c_str()) != 0)
        return;
    ++outside_links_;
    ::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

void TreeVandal::write_through_name_outside() {
    if (noticed_links_ == 0)
        return;
    const std::string path = name_outside(1 + at_.dice.number(noticed_links_));
    const std::string content = at_.content();
    note(path);
    if (at_.dice.chance(20)) {
        (void)::chmod(path.c_str(), at_.dice.chance(50) ? 0644 : 0640);
        return;
    }
    if (at_.dice.chance(20)) {
        ::unlink(path.c_str());
        return;
    }
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    if (file)
        write_in_pieces(file.get(), content, 1);
}

}  // namespace treecast::test
