#include "client/local/local_instance.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include <unistd.h>

namespace treecast::client {

namespace {

constexpr std::array local_instance_table{
    OptionSpec{
        "instance",
        OptionKind::text,
        "NAME",
        "",
        "which instance (default: the only one there is)"},
    OptionSpec{
        "shm-dir",
        OptionKind::text,
        "DIR",
        "",
        "where instances keep their objects (default: /dev/shm/treecast-UID, then "
        "/dev/shm/treecast)"},
};

void append_instances(const std::string& base, std::vector<LocalInstance>& instances) {
    std::error_code error;  // a base that is missing or not readable has no instances for us
    const auto begin = instances.size();
    for (std::filesystem::directory_iterator entry(base, error), end; !error && entry != end;
         entry.increment(error)) {
        const auto name = InstanceName::parse(entry->path().filename().string());
        std::error_code ignored;
        if (name && entry->symlink_status(ignored).type() == std::filesystem::file_type::directory)
            instances.push_back({base, *name});
    }
    std::sort(
        instances.begin() + static_cast<std::ptrdiff_t>(begin),
        instances.end(),
        [](const LocalInstance& a, const LocalInstance& b) {
            return a.name.text() < b.name.text();
        }
    );
}

}  // namespace

std::span<const OptionSpec> local_instance_options() {
    return local_instance_table;
}

std::vector<LocalInstance> find_instances(const OptionValues& options) {
    std::vector<LocalInstance> instances;
    if (options.has("shm-dir")) {
        append_instances(options.text("shm-dir"), instances);
    } else {
        append_instances(private_object_base(::geteuid()), instances);
        append_instances(std::string(service_object_base), instances);
    }
    return instances;
}

LocalInstance choose_instance(const OptionValues& options) {
    if (options.has("instance")) {
        const auto name = InstanceName::parse(options.text("instance"));
        if (!name)
            throw options.refusal("instance", name.error().message());
        if (options.has("shm-dir"))
            return {options.text("shm-dir"), *name};
        return {find_object_base(*name, ::geteuid()), *name};
    }
    const auto instances = find_instances(options);
    if (instances.empty())
        throw StartupError(ExitCode::unreachable, "there is no instance here");
    if (instances.size() == 1)
        return instances.front();
    std::string names;
    for (const auto& instance : instances)
        names += ' ' + instance.name.text();
    throw StartupError(ExitCode::usage, "which --instance? There are:" + names);
}

std::optional<ipc::ObjectDirectory> find_directory(const LocalInstance& instance) {
    auto directory = ipc::ObjectDirectory::open(instance.base, instance.name);
    if (directory)
        return std::move(*directory);
    if (directory.error() == boost::system::errc::no_such_file_or_directory)
        return std::nullopt;
    throw StartupError(
        ExitCode::configuration,
        instance.base + '/' + instance.name.text() + ": " + directory.error().message()
    );
}

ipc::ObjectDirectory open_directory(const LocalInstance& instance) {
    auto directory = find_directory(instance);
    if (!directory)
        throw StartupError(
            ExitCode::unreachable,
            "there is no instance " + instance.name.text() + " in " + instance.base
        );
    return std::move(*directory);
}

}  // namespace treecast::client
