#include "proxy/archive/archive_exchange.hpp"

#include <utility>

namespace treecast::proxy {

bool ArchiveExchange::ask(const std::string& name, Receive receive) {
    const std::lock_guard guard(mutex_);
    std::vector<Receive>& receivers = asked_[name];
    receivers.push_back(std::move(receive));
    return receivers.size() == 1;
}

void ArchiveExchange::finish(const std::string& name, const Result& result) {
    const auto& made = result.made;
    std::vector<Receive> receivers;
    {
        const std::lock_guard guard(mutex_);
        if (const auto asked = asked_.extract(name))
            receivers = std::move(asked.mapped());
        if (made->kind == MadeArchive::Kind::present) {
            if (made_.size() >= remembered_max && !made_.contains(name))
                made_.clear();  // which costs a copy of each that is asked for again
            made_[name] = made;
        } else if (made->lasts()) {
            made_.erase(name);
        }
    }
    for (const Receive& receive : receivers)
        receive(result);
}

std::shared_ptr<const MadeArchive> ArchiveExchange::last(const std::string& name) const {
    const std::lock_guard guard(mutex_);
    const auto found = made_.find(name);
    return found == made_.end() ? nullptr : found->second;
}

}  // namespace treecast::proxy
