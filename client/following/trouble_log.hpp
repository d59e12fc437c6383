// Logs the errors of a URL: each when it begins and when it is over, not at every attempt.
#pragma once

#include <string>

namespace treecast::client {

class TroubleLog {
public:
    /// To be called after each attempt. `trouble`: the error; empty: none.
    void report(const std::string& url, const std::string& trouble);

private:
    std::string trouble_;  // logged last and not resolved yet
};

}  // namespace treecast::client
