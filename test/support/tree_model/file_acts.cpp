// Acts on single files.
#include "test/support/tree_model/tree_vandal.hpp"

#include <array>
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test {

namespace {

constexpr unsigned same_bytes_max = 100'000;

std::string by_descriptor(int file) {
    return "/proc/self/fd/" + std::to_string(file);
}

std::string content_of(int file) {
    std::string content(same_bytes_max, '\0');
    const ssize_t bytes = ::pread(file, content.data(), content.size(), 0);
    content.resize(bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
    return content;
}

}  // namespace

void TreeVandal::write_anew() {
    const std::string path = at_.path();
    note(path);
    const UniqueFd file = open_to_change(path, O_WRONLY | O_CREAT);
    const std::string content = at_.content();
    if (file && ::ftruncate(file.get(), 0) == 0)
        write_in_pieces(file.get(), content, 1);
}

void TreeVandal::write_slowly() {
    const std::string path = at_.path();
    note(path);
    const std::string content = at_.content();
    const unsigned pieces = 1 + at_.dice.number(5);
    const UniqueFd file = open_to_change(path, O_WRONLY | O_CREAT);
    if (file && ::ftruncate(file.get(), 0) == 0)
        write_in_pieces(file.get(), content, pieces);
}

void TreeVandal::append_lines() {
    const std::string path = at_.path();
    note(path);
    const unsigned lines = 1 + at_.dice.number(4);
    const std::string line(1 + at_.dice.number(60), 'l');
    const UniqueFd file = open_to_change(path, O_WRONLY | O_CREAT | O_APPEND);
    for (unsigned i = 0; file && i < lines; ++i)
        write_in_pieces(file.get(), line, 1);
}

void TreeVandal::write_in_the_middle() {
    const std::string path = at_.path();
    note(path);
    const std::string content = at_.content();
    const auto place = static_cast<off_t>(at_.dice.number(80));
    const UniqueFd file = open_to_change(path, O_WRONLY);
    if (file)
        (void)!::pwrite(file.get(), content.data(), content.size(), place);
}

void TreeVandal::write_through_a_mapping() {
    const std::string path = at_.path();
    note(path);
    const char byte = static_cast<char>('A' + at_.dice.number(26));
    UniqueFd file = open_to_change(path, O_RDWR | O_CREAT);
    if (!file || ::ftruncate(file.get(), 64) != 0)
        return;
    void* const bytes = ::mmap(nullptr, 64, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    file.reset();
    if (bytes == MAP_FAILED)
        return;
    // The kernel stores the byte. Our own store would end the test by SIGBUS where another vandal
    // has truncated the file meanwhile.
    if (int pipe[2]; ::pipe2(pipe, O_CLOEXEC) == 0) {
        const UniqueFd out(pipe[0]), in(pipe[1]);
        if (::write(in.get(), &byte, 1) == 1)
            (void)!::read(out.get(), static_cast<char*>(bytes) + at_.dice.number(64), 1);
    }
    ::munmap(bytes, 64);
}

void TreeVandal::write_same_again() {
    const std::string path = at_.path();
    note(path);
    const UniqueFd file = open_to_change(path, O_RDWR);
    if (!file)
        return;
    const std::string content = content_of(file.get());
    if (content.size() < same_bytes_max && ::ftruncate(file.get(), 0) == 0)
        write_in_pieces(file.get(), content, 2);
}

void TreeVandal::write_there_and_back() {
    const std::string path = at_.path();
    note(path);
    const std::string other = at_.content();
    const UniqueFd file = open_to_change(path, O_RDWR);
    if (!file)
        return;
    const std::string content = content_of(file.get());
    if (content.size() == same_bytes_max || ::ftruncate(file.get(), 0) != 0)
        return;
    write_in_pieces(file.get(), other, 1);
    if (::lseek(file.get(), 0, SEEK_SET) == 0 && ::ftruncate(file.get(), 0) == 0)
        write_in_pieces(file.get(), content, 1);
}

void TreeVandal::copy_over() {
    const std::string from = at_.path();
    const std::string to = at_.path();
    note(from);
    note(to);
    const UniqueFd source(::open(from.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (!source || ::fstat(source.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return;
    const UniqueFd target = open_to_change(to, O_WRONLY | O_CREAT);
    struct stat other {};
    if (!target || ::fstat(target.get(), &other) != 0 || other.st_ino == status.st_ino ||
        ::ftruncate(target.get(), 0) != 0)
        return;
    while (::copy_file_range(source.get(), nullptr, target.get(), nullptr, 1 << 20, 0) > 0) {
    }
}

void TreeVandal::replace() {
    const std::string path = at_.path();
    const bool beside = at_.dice.chance(70);
    const std::string directory = path.substr(0, path.rfind('/'));
    // Some programs use names with a dot for incomplete files, others do not.
    const std::string made = (beside ? directory : at_.directory()) + '/' +
                             fresh_name(at_.dice.chance(50) ? ".new" : "new");
    note(made);
    note(path);
    write_file(made, at_.content());
    if (::rename(made.c_str(), path.c_str()) != 0)
        ::unlink(made.c_str());
}

void TreeVandal::replace_from_outside() {
    const std::string path = at_.path();
    note(path);
    const std::string made = outside_ + '/' + fresh_name("new");
    write_file(made, at_.content());
    if (::rename(made.c_str(), path.c_str()) != 0)
        ::unlink(made.c_str());
}

/// As vi does: renames the file away, writes a new one, removes the backup.
void TreeVandal::save_with_backup() {
    const std::string path = at_.shown_path();
    note(path);
    const std::string backup = path + '~';
    const std::string content = at_.content();
    const bool keeps_backup = at_.dice.chance(50);
    if (::rename(path.c_str(), backup.c_str()) != 0)
        return;
    write_file(path, content, 2);
    if (!keeps_backup)
        ::unlink(backup.c_str());
}

/// As Emacs does if it has to break links.
void TreeVandal::save_with_linked_backup() {
    const std::string path = at_.shown_path();
    note(path);
    const std::string backup = path + '~';
    const std::string content = at_.content();
    ::unlink(backup.c_str());
    if (!link(path, backup))
        return;
    ::unlink(path.c_str());
    write_file(path, content);
}

void TreeVandal::write_without_a_name() {
    const std::string path = at_.path();
    note(path);
    const std::string content = at_.content();
    const std::string directory = path.substr(0, path.rfind('/'));
    const UniqueFd file(::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644));
    if (!file)
        return;
    write_in_pieces(file.get(), content, 1);
    (void)::linkat(
        AT_FDCWD,
        by_descriptor(file.get()).c_str(),
        AT_FDCWD,
        path.c_str(),
        AT_SYMLINK_FOLLOW
    );
}

void TreeVandal::write_sparsely() {
    const std::string path = at_.path();
    note(path);
    // Sometimes larger than the server allows.
    const auto place = static_cast<off_t>(at_.dice.one_of<unsigned>({10'000, 200'000, 1'500'000}));
    const UniqueFd file = open_to_change(path, O_WRONLY | O_CREAT);
    if (file && ::ftruncate(file.get(), place) == 0)
        (void)!::pwrite(file.get(), "end", 3, place - at_.dice.number(9));
}

void TreeVandal::allocate() {
    const std::string path = at_.path();
    note(path);
    const int mode =
        at_.dice.one_of<int>({0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE});
    const auto place = static_cast<off_t>(at_.dice.number(50));
    const auto bytes = static_cast<off_t>(1 + at_.dice.number(5000));
    const UniqueFd file = open_to_change(path, O_WRONLY);
    if (file)
        (void)::fallocate(file.get(), mode, place, bytes);
}

/// truncate(2): no writer opens the file, so none closes it.
void TreeVandal::cut() {
    const std::string path = at_.path();
    note(path);
    const auto bytes = static_cast<off_t>(at_.dice.number(120));
    const UniqueFd file = open_to_change(path, O_RDONLY);
    if (file)
        (void)!::truncate(by_descriptor(file.get()).c_str(), bytes);
}

void TreeVandal::touch() {
    const std::string path = at_.path();
    note(path);
    const timespec past{.tv_sec = 1'000'000'000, .tv_nsec = 5};
    const timespec future{.tv_sec = 4'000'000'000, .tv_nsec = 7};
    const timespec now{.tv_sec = 0, .tv_nsec = UTIME_NOW};
    const timespec time = at_.dice.one_of<timespec>({past, future, now, now});
    const std::array times{time, time};
    const UniqueFd file = open_to_change(path, O_RDONLY);
    if (file)
        (void)::futimens(file.get(), times.data());
}

void TreeVandal::change_mode() {
    const std::string path = at_.path();
    const mode_t mode = at_.dice.one_of<mode_t>({0644, 0644, 0755, 0444, 0640, 0600, 0604});
    note(path, std::to_string(mode));
    const UniqueFd file = open_to_change(path, O_RDONLY);
    if (file)
        (void)::fchmod(file.get(), mode);
}

void TreeVandal::remove_file() {
    const std::string path = at_.path();
    note(path);
    ::unlink(path.c_str());
}

void TreeVandal::remove_and_write() {
    const std::string path = at_.path();
    note(path);
    ::unlink(path.c_str());
    write_file(path, at_.content());
}

}  // namespace treecast::test
