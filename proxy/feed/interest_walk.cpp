#include "proxy/feed/interest_walk.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::proxy {

namespace {

/// To look for names in a directory takes a look at all of it. So for more than this many roots
/// within one directory, all that lies below it is walked once.
constexpr std::size_t roots_of_directory_max = 16;

/// So many globs take about as long to try as it takes to read an entry.
constexpr std::size_t globs_of_entry = 32;

class Budget {
public:
    Budget(const Interest& interest, std::size_t entries)
        : left_(entries), step_(1 + interest.globs().size() / globs_of_entry) {}

    bool is_spent() const noexcept { return left_ == 0; }
    void spend() noexcept { left_ -= std::min(left_, step_); }

private:
    std::size_t left_;
    std::size_t step_;
};

/// The directory, with its slash, that a walk below a root lists.
std::string directory_of(const std::string& root) {
    return root.substr(0, root.rfind('/') + 1);
}

/// None of them begins with another one.
std::vector<std::string> roots_to_walk(const Interest& interest) {
    std::map<std::string, std::vector<std::string>> roots_by_directory;
    for (std::string& root : interest.roots())
        roots_by_directory[directory_of(root)].push_back(std::move(root));
    std::vector<std::string> walked;
    for (const auto& [directory, roots] : roots_by_directory)
        if (roots.size() > roots_of_directory_max)
            walked.push_back(directory);
        else
            walked.insert(walked.end(), roots.begin(), roots.end());
    return without_extensions(std::move(walked));
}

}  // namespace

bool walk_interest(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    const VisitEntry& visit,
    std::size_t entries_max
) {
    Budget budget(interest, entries_max);
    bool goes_on = true;
    for (std::size_t i = 0; goes_on && i < interest.paths().size(); ++i) {
        const auto found = catalog.find(interest.paths()[i]);
        if (found && found->record.change_revision != 0)
            goes_on = visit(found->file, found->record);
    }
    for (const std::string& root : roots_to_walk(interest)) {
        if (!goes_on || budget.is_spent())
            break;
        catalog.walk_below(
            root,
            [&](ipc::FileId file, const ipc::Record& record, std::string_view path) {
                if (budget.is_spent())
                    return false;
                budget.spend();
                goes_on = !interest.matches(path) || visit(file, record);
                return goes_on;
            }
        );
    }
    return !budget.is_spent();
}

std::optional<std::uint32_t> walk_interest_by_slot(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    std::uint32_t after_slot,
    const VisitEntry& visit,
    std::size_t entries_max
) {
    Budget budget(interest, entries_max);
    std::uint32_t reached = after_slot;
    bool is_stopped = false;
    catalog.walk(after_slot, [&](ipc::FileId file, const ipc::Record& record) {
        is_stopped = budget.is_spent();
        if (is_stopped)
            return false;
        budget.spend();
        reached = file.slot();
        const auto path = catalog.path(file);
        return !path || !interest.matches(*path) || visit(file, record);
    });
    return is_stopped ? std::optional(reached) : std::nullopt;
}

}  // namespace treecast::proxy
