// Compares what a proxy lists with a walk of the tree. Link Boost::json to use this header.
#pragma once

#include "base/sha256.hpp"
#include "test/support/http_client.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <sys/stat.h>

namespace treecast::test {

/// The state that GET /v1/changes lists for each path.
inline std::map<std::string, boost::json::object> listed_files(const HttpServer& server) {
    std::map<std::string, boost::json::object> files;
    const auto parsed = boost::json::parse(http_get(server, "/v1/changes").body);
    for (const auto& change : parsed.at("changes").as_array())
        files.emplace(change.at("path").as_string(), change.as_object());
    return files;
}

/// Compares names, sizes, modes, and hashes that are known, in both directions. Returns one line
/// for each difference, ten at most. No links are followed, and names that begin with a dot are
/// left out.
inline std::string differences_from_tree(const HttpServer& server, const std::string& root) {
    namespace fs = std::filesystem;
    std::string wrong;
    unsigned lines = 0;
    const auto differs = [&](const std::string& path, std::string_view how) {
        if (++lines <= 10)
            wrong.append(path).append(": ").append(how).append("\n");
    };
    auto listed = listed_files(server);
    for (fs::recursive_directory_iterator at(root), end; at != end; ++at) {
        const std::string path = at->path().lexically_relative(root).string();
        if (at->path().filename().string().starts_with('.')) {
            at.disable_recursion_pending();
            continue;
        }
        if (!at->is_regular_file())
            continue;
        const auto found = listed.find(path);
        if (found == listed.end()) {
            differs(path, "not listed");
            continue;
        }
        struct stat status {};
        ::stat(at->path().c_str(), &status);
        char mode[8];
        std::snprintf(mode, sizeof mode, "%04o", status.st_mode & 07777U);
        const auto& file = found->second;
        if (file.contains("unavailable"))
            differs(path, "unavailable");
        else if (file.at("size") != status.st_size)
            differs(path, "size");
        else if (file.at("mode") != mode)
            differs(path, "mode");
        else if (file.at("sha256").is_string() &&
                 file.at("sha256").as_string() != to_hex(sha256_of(read_file(at->path().string()))))
            differs(path, "hash");
        listed.erase(found);
    }
    for (const auto& [path, file] : listed)
        differs(path, "listed but not there");
    return wrong;
}

}  // namespace treecast::test
