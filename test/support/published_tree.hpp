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

/// The state that GET /v1/changes lists for each path, on as many pages as it takes.
inline std::map<std::string, boost::json::object> listed_files(const HttpServer& server) {
    std::map<std::string, boost::json::object> files;
    std::string target = "/v1/changes";
    bool has_more = true;
    while (has_more) {
        const auto page = boost::json::parse(http_get(server, target).body);
        for (const auto& change : page.at("changes").as_array()) {
            const std::string path(change.at("path").as_string());
            if (change.as_object().contains("deleted"))  // while the pages were made
                files.erase(path);
            else
                files.insert_or_assign(path, change.as_object());
        }
        has_more = page.at("more").as_bool();
        target = "/v1/changes?after=" + std::string(page.at("cursor").as_string());
    }
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
