#include "client/local/status_text.hpp"

#include "base/one_line.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "base/version.hpp"

#include <boost/json.hpp>

#include <fmt/format.h>

namespace treecast::client {

namespace {

/// The limit that proxies use: a daemon without a heartbeat for this long is taken to hang.
constexpr std::chrono::seconds heartbeat_age_max{2};

std::string daemon_text(const InstanceStatus& status) {
    if (!status.daemon_alive)
        return "gone";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(status.heartbeat_age);
    if (seconds >= heartbeat_age_max)
        return fmt::format("hung for {} s (process {})", seconds.count(), status.header.daemon_pid);
    return fmt::format("alive (process {})", status.header.daemon_pid);
}

std::string last_change_text(const ipc::CatalogHeader& header) {
    const auto last_change_ms = header.last_change_us / 1000;
    return format_time(
        static_cast<long long>(last_change_ms / 1000),
        static_cast<int>(last_change_ms % 1000)
    );
}

const char* counter_name(std::uint32_t index) {
    return ipc::to_string(static_cast<ipc::Counter>(index));
}

std::string cursor_text(const ipc::CatalogHeader& header) {
    return to_string(Version{header.epoch, header.newest_revision});
}

}  // namespace

std::string status_text(const InstanceStatus& status) {
    std::string text = status.instance + " (" + one_line(status.directory) + ")\n";
    const auto line = [&](const char* name, const std::string& value) {
        text += fmt::format("  {:<12} {}\n", name, value);
    };
    if (!status.unreadable.empty()) {
        line("error", one_line(status.unreadable));
        return text;
    }
    const auto& header = status.header;
    line("daemon", daemon_text(status));
    line("ready", header.scan_complete ? "yes" : "no, the tree is being scanned");
    line("degraded", header.degraded.empty() ? "no" : one_line(header.degraded));
    line("files", std::to_string(header.files));
    if (header.stale_files == 1)
        line("stale", "1 file, served as it was");
    else if (header.stale_files != 0)
        line("stale", fmt::format("{} files, served as they were", header.stale_files));
    line(
        "resident",
        counted(header.resident_files, "file", "files") + ", " +
            counted(header.resident_bytes, "byte", "bytes")
    );
    line("cursor", cursor_text(header));
    line("last change", header.last_change_us == 0 ? "none" : last_change_text(header));
    if (!header.leases)
        line("leases", "not asked for");
    for (std::uint32_t i = 0; i < ipc::counter_count; ++i)
        if (header.counters[i] != 0)
            line(counter_name(i), std::to_string(header.counters[i]));
    return text;
}

std::string status_json(const InstanceStatus& status) {
    boost::json::object json;
    json["instance"] = status.instance;
    json["directory"] = status.directory;
    if (!status.unreadable.empty()) {
        json["error"] = one_line(status.unreadable);
        return boost::json::serialize(json) + '\n';
    }
    const auto& header = status.header;
    json["daemon_alive"] = status.daemon_alive;
    json["daemon_pid"] = header.daemon_pid;
    json["heartbeat_age_ms"] =
        std::chrono::duration_cast<std::chrono::milliseconds>(status.heartbeat_age).count();
    json["ready"] = header.scan_complete;
    json["degraded"] = header.degraded.empty() ? boost::json::value(nullptr)
                                               : boost::json::value(one_line(header.degraded));
    json["files"] = header.files;
    json["stale_files"] = header.stale_files;
    json["resident_files"] = header.resident_files;
    json["resident_bytes"] = header.resident_bytes;
    json["epoch"] = fmt::format("{:016x}", header.epoch);
    json["revision"] = header.newest_revision;
    json["cursor"] = cursor_text(header);
    json["last_change"] = header.last_change_us == 0 ? boost::json::value(nullptr)
                                                     : boost::json::value(last_change_text(header));
    json["leases"] = header.leases;
    boost::json::object& counters = json["counters"].emplace_object();
    for (std::uint32_t i = 0; i < ipc::counter_count; ++i)
        counters[counter_name(i)] = header.counters[i];
    return boost::json::serialize(json) + '\n';
}

}  // namespace treecast::client
