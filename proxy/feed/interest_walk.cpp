#include "proxy/feed/interest_walk.hpp"

namespace treecast::proxy {

void walk_interest(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    const VisitEntry& visit
) {
    bool goes_on = true;
    for (std::size_t i = 0; goes_on && i < interest.paths().size(); ++i) {
        const auto found = catalog.find(interest.paths()[i]);
        if (found && found->record.change_revision != 0)
            goes_on = visit(found->file, found->record);
    }
    for (const std::string& root : interest.roots()) {
        if (!goes_on)
            return;
        catalog.walk_below(
            root,
            [&](ipc::FileId file, const ipc::Record& record, std::string_view path) {
                goes_on = !interest.matches(path) || visit(file, record);
                return goes_on;
            }
        );
    }
}

void walk_interest_by_slot(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    std::uint32_t after_slot,
    const VisitEntry& visit
) {
    catalog.walk(after_slot, [&](ipc::FileId file, const ipc::Record& record) {
        const auto path = catalog.path(file);
        return !path || !interest.matches(*path) || visit(file, record);
    });
}

}  // namespace treecast::proxy
