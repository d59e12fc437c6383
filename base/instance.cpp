#include "base/instance.hpp"

#include "base/sha256.hpp"

#include <treecast/limits.hpp>

#include <cstdlib>
#include <memory>

#include <sys/stat.h>
#include <unistd.h>

namespace treecast {

namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool exists(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0;
}

}  // namespace

Result<InstanceName> InstanceName::parse(std::string_view text) {
    if (text.empty() || text.size() > instance_name_bytes_max || text.front() == '.')
        return Errc::invalid_instance;
    for (const char c : text)
        if (!is_name_character(c))
            return Errc::invalid_instance;
    return InstanceName(std::string(text));
}

Result<InstanceName> InstanceName::of_root(const std::string& root, uid_t user) {
    const std::unique_ptr<char, decltype(&std::free)> real(
        ::realpath(root.c_str(), nullptr),
        &std::free
    );
    if (!real)
        return last_system_error();

    const std::string path = real.get();
    const std::string identity = path + '\n' + std::to_string(user);
    // The base name helps people; the hash makes the name unique.
    std::string name;
    for (const char c : path.substr(path.rfind('/') + 1, 24))
        name.push_back(is_name_character(c) ? c : '_');
    while (!name.empty() && name.front() == '.')
        name.erase(0, 1);
    if (name.empty())
        name = "root";
    return InstanceName(name + '-' + to_hex(sha256_of(identity)).substr(0, 12));
}

std::string private_object_base(uid_t user) {
    // A single expression with + makes g++ 12 warn of an overflow when it optimises at link time.
    std::string base(service_object_base);
    base += '-';
    return base += std::to_string(user);
}

std::string find_object_base(const InstanceName& instance, uid_t user) {
    std::string own = private_object_base(user);
    std::string service(service_object_base);
    if (!exists(own + '/' + instance.text()) && exists(service + '/' + instance.text()))
        return service;
    return own;
}

}  // namespace treecast
