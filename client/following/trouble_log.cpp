#include "client/following/trouble_log.hpp"

#include "base/log.hpp"

namespace treecast::client {

void TroubleLog::report(const std::string& url, const std::string& trouble) {
    if (trouble == trouble_)
        return;
    if (trouble.empty())
        log::info("{}: answers again", url);
    else
        log::warn("{}: {}; trying again", url, trouble);
    trouble_ = trouble;
}

}  // namespace treecast::client
