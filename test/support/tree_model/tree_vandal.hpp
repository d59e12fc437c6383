// Changes a tree as programs do, with operations drawn from a seed: one act at a time.
//
// An act does only what a watcher is promised to notice without an auditor (docs/decisions.md,
// "Watching"). It does not write through a second name of a file if that name is, or may soon be,
// in a place that is not watched and the daemon has had no time to see that there is one. Many acts
// are impossible at the moment when they are drawn; then nothing happens, or half of the act.
//
// Several vandals may act on one tree at the same time, one thread each. When act() returns, no
// file is open.
#pragma once

#include "base/unique_fd.hpp"
#include "test/support/tree_model/places.hpp"

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace treecast::test {

/// The files that got another name since the tree was last quiet. Thread safe.
class FreshLinks {
public:
    void add(ino_t inode);
    bool contains(ino_t inode) const;
    void clear();

private:
    mutable std::mutex mutex_;
    std::set<ino_t> inodes_;
};

class TreeVandal {
public:
    /// `outside` is a directory of its own, on the same filesystem as `root`. Files are moved from
    /// there and to there. All vandals on a tree share `fresh_links`.
    TreeVandal(
        const std::string& root,
        std::string outside,
        std::uint64_t seed,
        FreshLinks& fresh_links
    );

    void act();
    /// What was done since the last call, one line for each act.
    std::vector<std::string> take_journal();
    /// To be called when the daemon has noticed everything done so far.
    void note_quiet() {
        noticed_links_ = outside_links_;
        fresh_links_.clear();
    }

    Dice& dice() noexcept { return at_.dice; }

private:
    struct Act {
        const char* name;
        unsigned weight;
        void (TreeVandal::*run)();
    };
    static const std::vector<Act>& acts();

    // file_acts.cpp
    void write_anew();
    void write_slowly();
    void append_lines();
    void write_in_the_middle();
    void write_through_a_mapping();
    void write_same_again();
    void write_there_and_back();
    void copy_over();
    void replace();
    void replace_from_outside();
    void save_with_backup();
    void save_with_linked_backup();
    void write_without_a_name();
    void write_sparsely();
    void allocate();
    void cut();
    void touch();
    void change_mode();
    void remove_file();
    void remove_and_write();

    // directory_acts.cpp
    void make_directories_and_file();
    void make_many_files();
    void make_deep_directories();
    void rename_something();
    void exchange();
    void move_out();
    void move_in();
    void move_in_what_changed();
    void remove_tree();
    void remove_and_make_again();
    void replace_directory_by_file();
    void replace_directory_by_link();
    void copy_tree();
    void change_mode_of_directory();
    void make_special_file();
    void edit_ignore_file();

    // link_acts.cpp
    void make_link();
    void replace_by_link();
    void make_chain();
    void make_circle();
    void make_diamonds();
    void release();
    void release_as_kubernetes();
    void make_hard_link();
    void link_over();
    void make_name_outside();
    void write_through_name_outside();

    /// Adds to the journal what is about to be done to `path`.
    void note(const std::string& path, const std::string& more = {});
    std::string fresh_name(const char* kind);
    std::string link_target();
    std::string name_outside(unsigned number) const;
    /// Writes all of `content` to a new file, in up to `pieces` pieces.
    void write_file(const std::string& path, const std::string& content, unsigned pieces = 1);
    /// Opens a regular file that may be changed in place; empty if there is none. O_CREAT may be in
    /// `flags`.
    UniqueFd open_to_change(const std::string& path, int flags) const;
    /// Creates a second name for a file of the tree.
    bool link(const std::string& from, const std::string& to) const;
    void write_in_pieces(int file, const std::string& content, unsigned pieces) const;

    Places at_;
    const std::string outside_;
    FreshLinks& fresh_links_;
    std::vector<std::string> journal_;
    std::string entry_;           // of the journal, being written
    unsigned fresh_ = 0;          // number of fresh names
    unsigned moved_out_ = 0;      // number of things in outside_
    unsigned outside_links_ = 0;  // names outside of files in the tree, by number
    unsigned noticed_links_ = 0;
};

}  // namespace treecast::test
