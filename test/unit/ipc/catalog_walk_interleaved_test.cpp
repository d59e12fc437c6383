// A walk along the links that is interrupted by the writer at every point where it goes from one
// entry to another. Threads alone meet these points too seldom.
//
// Each entry lies in a page of its own, and the reader's mapping lets it read only one page at a
// time. So the kernel reports each step to the next entry, and the writer works in the handler.
#include "base/tree_path.hpp"
#include "ipc/catalog_adoption.hpp"
#include "ipc/catalog_walk.hpp"
#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <functional>
#include <map>

#include <fcntl.h>
#include <sys/mman.h>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

namespace {

constexpr std::uint32_t slots_per_page = page_words / entry_words;

/// Calls `on_step` with the number of the step whenever the pages are read at another page.
class SteppedPages {
public:
    SteppedPages(const Word* first, std::size_t bytes, std::function<void(int)> on_step)
        : first_(reinterpret_cast<std::uintptr_t>(first)),
          bytes_(bytes),
          on_step_(std::move(on_step)) {
        current = this;
        struct sigaction action {};
        action.sa_sigaction = [](int, siginfo_t* info, void*) {
            current->step(reinterpret_cast<std::uintptr_t>(info->si_addr));
        };
        action.sa_flags = SA_SIGINFO | SA_NODEFER;
        ::sigaction(SIGSEGV, &action, &before_);
        protect(first_, bytes_, PROT_NONE);
    }
    ~SteppedPages() {
        protect(first_, bytes_, PROT_READ);
        ::sigaction(SIGSEGV, &before_, nullptr);
    }
    SteppedPages(const SteppedPages&) = delete;
    SteppedPages& operator=(const SteppedPages&) = delete;

private:
    void step(std::uintptr_t address) {
        if (address - first_ >= bytes_) {
            ::sigaction(SIGSEGV, &before_, nullptr);  // a crash of another kind
            return;
        }
        if (open_ != 0)
            protect(open_, page_bytes, PROT_NONE);
        open_ = address / page_bytes * page_bytes;
        on_step_(steps_++);
        protect(open_, page_bytes, PROT_READ);
    }
    static void protect(std::uintptr_t address, std::size_t bytes, int protection) {
        ::mprotect(reinterpret_cast<void*>(address), bytes, protection);
    }

    static inline SteppedPages* current = nullptr;
    const std::uintptr_t first_;
    const std::size_t bytes_;
    const std::function<void(int)> on_step_;
    struct sigaction before_ {};
    std::uintptr_t open_ = 0;
    int steps_ = 0;
};

/// The list of d begins with the newest: d/third, d/sub, d/second, d/first.
struct SteppedCatalog : ObjectFixture {
    SteppedCatalog() {
        for (const std::string path :
             {"d/", "e/", "d/first", "e/first", "d/second", "d/sub/", "d/sub/first", "d/third"}) {
            if (path.ends_with('/'))
                BOOST_TEST(!writer.set_directory(parent_of(path), true));
            else if (path.ends_with("first"))
                stays[path] = publish(writer, path);
            else
                publish(writer, path);
            fill_page();
        }
    }
    void fill_page() {
        while (writer.find_or_make("fill/" + std::to_string(fillers++)).value().slot() %
                   slots_per_page !=
               slots_per_page - 1) {
        }
    }
    void remove(const char* path) {
        const FileId file = writer.find(path).value();
        // As if its deletion had been forgotten, which gives it back.
        writer.store(file, deleted_record(0));
        writer.discard(file);
    }
    void make(const std::string& path) { publish(writer, path); }
    /// As a successor does, from the lowest slot to the highest: the other way round.
    void link_all_anew() {
        std::string why;
        const auto mapping = std::const_pointer_cast<CatalogMapping>(writer.mapping());
        BOOST_TEST((adopt_catalog(mapping, {.log_slots = 16}, why) != nullptr), why);
    }

    CatalogWriter writer{directory, {.log_slots = 16}};
    std::map<std::string, FileId> stays;
    int fillers = 0;
};

struct Interruption {
    const char* what;
    std::function<void(SteppedCatalog&)> first;
    std::function<void(SteppedCatalog&)> second;  // some steps later
    bool may_give_up = false;
};

/// Walks below d/ and returns whether the interruption came before the end.
bool walk_interrupted(const Interruption& interruption, int at, int steps_between) {
    SteppedCatalog catalog;
    UniqueFd fd(::open(catalog.catalog_path().c_str(), O_RDONLY | O_CLOEXEC));
    const auto mapping =
        CatalogMapping::map(std::move(fd), CatalogMapping::Access::read, page_bytes).value();
    const CatalogLookup lookup(mapping);
    std::map<std::string, int> visits;
    bool is_interrupted = false;
    const CatalogWalk::Visitor visit = [&](FileId, const Record&, std::string_view path) {
        ++visits[std::string(path)];
        return true;
    };
    {
        const SteppedPages pages(lookup.slot(root_slot), chunk_pages * page_bytes, [&](int step) {
            if (step == at) {
                is_interrupted = true;
                interruption.first(catalog);
            } else if (step == at + steps_between && interruption.second) {
                interruption.second(catalog);
            }
        });
        CatalogWalk walk(lookup, "d/", visit);
        if (!walk.follow_links()) {
            BOOST_TEST(interruption.may_give_up);
            walk.search_slots();
        }
    }
    for (const auto& [path, file] : catalog.stays)
        BOOST_TEST(visits[path] == (path.starts_with("d/") ? 1 : 0), path << " " << visits[path]);
    for (const auto& [path, count] : visits)
        BOOST_TEST(count == (path == "e/first" ? 0 : 1), path << " " << count);
    return is_interrupted;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog_walk_interleaved)

BOOST_AUTO_TEST_CASE(what_stays_is_walked_once_whatever_changes_at_whatever_step) {
    using Catalog = SteppedCatalog;
    const auto remove = [](auto... paths) {
        return [=](Catalog& catalog) {
            (catalog.remove(paths), ...);
        };
    };
    const auto make = [](auto... paths) {
        return [=](Catalog& catalog) {
            (catalog.make(paths), ...);
        };
    };
    const auto replace = [](const char* path, const std::string& by) {
        return [=](Catalog& catalog) {
            catalog.remove(path);
            catalog.make(by);
        };
    };
    const std::string long_name(100, 'l');
    const Interruption interruptions[] = {
        {"a new entry", make("d/new"), make("d/newer")},
        {"the head goes", remove("d/third"), {}},
        {"the head goes to another directory", replace("d/third", "e/new"), {}},
        {"the head goes to an empty directory", remove("d/third"), make("n/new")},
        {"the head becomes another head", replace("d/third", "d/new"), {}},
        {"the head becomes another head twice",
         replace("d/third", "d/new"),
         replace("d/new", "d/newer")},
        {"the head goes away and comes back",
         replace("d/third", "e/new"),
         replace("e/new", "d/new")},
        {"one in the middle goes", remove("d/second"), {}},
        {"one in the middle goes to another directory", replace("d/second", "e/new"), {}},
        {"one in the middle goes to the head", replace("d/second", "d/new"), {}},
        {"one in the middle goes, and later to the head", remove("d/second"), make("d/new")},
        {"one in the middle becomes the end of a name",
         replace("d/second", long_name),
         replace("d/third", "e/" + long_name)},
        {"all that may go", remove("d/second", "d/third"), make("e/new", "e/newer", "d/new")},
        {"a directory that is a child becomes a file of another",
         [](Catalog& catalog) {
             catalog.make("d/gone/x");
         },
         [](Catalog& catalog) {
             catalog.remove("d/gone/x");
             BOOST_TEST(!catalog.writer.set_directory("d/gone", false));
             catalog.make("e/y");
             catalog.make("e/z");
         }},
        {"a successor makes all links anew", std::mem_fn(&Catalog::link_all_anew), {}, true},
    };
    for (const Interruption& item : interruptions) {
        for (const int steps_between : {1, 2, 3, 5}) {
            int steps = 0;
            BOOST_TEST_CONTEXT(item.what << ", " << steps_between << " steps between") {
                while (walk_interrupted(item, steps, steps_between))
                    ++steps;
            }
            BOOST_TEST(steps > 12);
            if (!item.second)
                break;
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
