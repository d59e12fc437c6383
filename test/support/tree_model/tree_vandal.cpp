#include "test/support/tree_model/tree_vandal.hpp"

#include <filesystem>
#include <numeric>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::test {

namespace fs = std::filesystem;

void FreshLinks::add(ino_t inode) {
    const std::lock_guard lock(mutex_);
    inodes_.insert(inode);
}

bool FreshLinks::contains(ino_t inode) const {
    const std::lock_guard lock(mutex_);
    return inodes_.contains(inode);
}

void FreshLinks::clear() {
    const std::lock_guard lock(mutex_);
    inodes_.clear();
}

TreeVandal::TreeVandal(
    const std::string& root,
    std::string outside,
    std::uint64_t seed,
    FreshLinks& fresh_links
)
    : at_(root, seed), outside_(std::move(outside)), fresh_links_(fresh_links) {
    fs::create_directories(outside_);
}

const std::vector<TreeVandal::Act>& TreeVandal::acts() {
    using V = TreeVandal;
    static const std::vector<Act> all{
        {"write anew", 8, &V::write_anew},
        {"write slowly", 3, &V::write_slowly},
        {"append lines", 4, &V::append_lines},
        {"write in the middle", 3, &V::write_in_the_middle},
        {"write through a mapping", 2, &V::write_through_a_mapping},
        {"write the same again", 3, &V::write_same_again},
        {"write there and back", 1, &V::write_there_and_back},
        {"copy over", 3, &V::copy_over},
        {"replace", 6, &V::replace},
        {"replace from outside", 3, &V::replace_from_outside},
        {"save with backup", 3, &V::save_with_backup},
        {"save with linked backup", 2, &V::save_with_linked_backup},
        {"write without a name", 2, &V::write_without_a_name},
        {"write sparsely", 2, &V::write_sparsely},
        {"allocate", 2, &V::allocate},
        {"cut", 3, &V::cut},
        {"touch", 3, &V::touch},
        {"change mode", 4, &V::change_mode},
        {"remove file", 4, &V::remove_file},
        {"remove and write", 3, &V::remove_and_write},
        {"make directories and file", 10, &V::make_directories_and_file},
        {"make many files", 1, &V::make_many_files},
        {"make deep directories", 1, &V::make_deep_directories},
        {"rename", 9, &V::rename_something},
        {"exchange", 3, &V::exchange},
        {"move out", 3, &V::move_out},
        {"move in", 4, &V::move_in},
        {"move in what changed", 2, &V::move_in_what_changed},
        {"remove tree", 3, &V::remove_tree},
        {"remove and make again", 4, &V::remove_and_make_again},
        {"replace directory by file", 2, &V::replace_directory_by_file},
        {"replace directory by link", 2, &V::replace_directory_by_link},
        {"copy tree", 2, &V::copy_tree},
        {"change mode of directory", 1, &V::change_mode_of_directory},
        {"make special file", 1, &V::make_special_file},
        {"edit ignore file", 2, &V::edit_ignore_file},
        {"make link", 7, &V::make_link},
        {"replace by link", 3, &V::replace_by_link},
        {"make chain", 1, &V::make_chain},
        {"make circle", 1, &V::make_circle},
        {"make diamonds", 1, &V::make_diamonds},
        {"release", 3, &V::release},
        {"release as Kubernetes", 3, &V::release_as_kubernetes},
        {"make hard link", 4, &V::make_hard_link},
        {"link over", 2, &V::link_over},
        {"make name outside", 2, &V::make_name_outside},
        {"write through name outside", 3, &V::write_through_name_outside},
    };
    return all;
}

void TreeVandal::act() {
    static const unsigned weights =
        std::accumulate(acts().begin(), acts().end(), 0U, [](unsigned sum, const Act& act) {
            return sum + act.weight;
        });
    unsigned drawn = at_.dice.number(weights);
    for (const Act& act : acts()) {
        if (drawn < act.weight) {
            entry_ = act.name;
            (this->*act.run)();
            journal_.push_back(std::exchange(entry_, {}));
            return;
        }
        drawn -= act.weight;
    }
}

std::vector<std::string> TreeVandal::take_journal() {
    return std::exchange(journal_, {});
}

void TreeVandal::note(const std::string& path, const std::string& more) {
    const bool is_below = path.starts_with(at_.root() + '/');
    entry_ += " [" + (is_below ? path.substr(at_.root().size() + 1) : path);
    entry_ += more.empty() ? "]" : ' ' + more + ']';
}

std::string TreeVandal::fresh_name(const char* kind) {
    return kind + std::to_string(++fresh_) + '-' + std::to_string(at_.dice.number(100'000));
}

std::string TreeVandal::name_outside(unsigned number) const {
    return outside_ + "/link" + std::to_string(number);
}

void TreeVandal::write_file(const std::string& path, const std::string& content, unsigned pieces) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file)
        write_in_pieces(file.get(), content, pieces);
}

UniqueFd TreeVandal::open_to_change(const std::string& path, int flags) const {
    // O_NONBLOCK avoids waiting for the other side of a FIFO. O_TRUNC is not used, because it would
    // act before it is known whether the file may be changed.
    UniqueFd file(::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC, 0644));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return {};
    std::error_code error;
    const std::string real = fs::read_symlink("/proc/self/fd/" + std::to_string(file.get()), error);
    if (error)
        return {};
    const bool is_veiled_here = is_veiled(real.substr(std::min(at_.root().size(), real.size())));
    if (status.st_nlink > 1 && (is_veiled_here || fresh_links_.contains(status.st_ino)))
        return {};
    return file;
}

bool TreeVandal::link(const std::string& from, const std::string& to) const {
    struct stat status {};
    if (::lstat(from.c_str(), &status) != 0)
        return false;
    fresh_links_.add(status.st_ino);
    return ::link(from.c_str(), to.c_str()) == 0;
}

void TreeVandal::write_in_pieces(int file, const std::string& content, unsigned pieces) const {
    const std::size_t most = content.size() / pieces + 1;
    for (std::size_t done = 0; done < content.size();) {
        const std::size_t bytes = std::min(most, content.size() - done);
        const ssize_t written = ::write(file, content.data() + done, bytes);
        if (written <= 0)
            return;
        done += static_cast<std::size_t>(written);
    }
}

}  // namespace treecast::test
