#include "proxy/operations/status.hpp"

#include "base/hexadecimal.hpp"
#include "base/time_text.hpp"
#include "base/version.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace treecast::proxy {

namespace {

namespace json = boost::json;

std::uint64_t
sum(std::span<const Counters> counters, std::atomic<std::uint64_t> Counters::*member) {
    std::uint64_t total = 0;
    for (const Counters& each : counters)
        total += (each.*member).load(std::memory_order_relaxed);
    return total;
}

std::uint64_t count(std::span<const Counters> counters, std::atomic<bool> Counters::*member) {
    return static_cast<std::uint64_t>(std::ranges::count_if(counters, [&](const Counters& each) {
        return (each.*member).load(std::memory_order_relaxed);
    }));
}

/// RFC 3339 in UTC with microseconds.
std::string format_microseconds(std::uint64_t since_1970) {
    return format_time(
        static_cast<long long>(since_1970 / 1'000'000),
        static_cast<int>(since_1970 % 1'000'000),
        6
    );
}

json::value nullable(std::optional<std::int64_t> number) {
    return number ? json::value(*number) : json::value(nullptr);
}

json::object status_of(
    const InstanceName& instance,
    Attachment& attachment,
    std::span<const Counters> counters,
    const MadeContents& made,
    const Codings& codings
) {
    json::object status{
        {"instance", instance.text()},
        {"program", TREECAST_VERSION},
        {"workers", counters.size()},
        {"workers_attached", count(counters, &Counters::attached)},
        {"workers_with_queues", count(counters, &Counters::paired)},
        {"connections", sum(counters, &Counters::connections)},
        {"subscribers", sum(counters, &Counters::subscribers)},
        {"requests", sum(counters, &Counters::requests)},
        {"pinned_bytes", sum(counters, &Counters::pinned_bytes)},
        {"made_contents", made.count()},
        {"made_bytes", made.bytes()},
        {"codings_made", codings.made()},
        {"archives_made", sum(counters, &Counters::archives_made)},
        {"attached", attachment.catalog() != nullptr},
    };
    const ipc::CatalogReader* const catalog = attachment.catalog();
    if (catalog == nullptr)
        return status;
    const ipc::CatalogHeader header = catalog->header();
    status["scan_complete"] = header.scan_complete;
    status["stale"] = nullable(attachment.stale_seconds());
    status["degraded"] =
        header.degraded.empty() ? json::value(nullptr) : json::value(header.degraded);
    status["epoch"] = HexWord(header.epoch).view();
    status["revision"] = header.newest_revision;
    status["cursor"] = to_string(Version{header.epoch, header.newest_revision});
    status["last_change"] = header.last_change_us == 0
                                ? json::value(nullptr)
                                : json::value(format_microseconds(header.last_change_us));
    status["files"] = header.files;
    status["stale_files"] = header.stale_files;
    status["resident_files"] = header.resident_files;
    status["resident_bytes"] = header.resident_bytes;
    status["leases"] = header.leases;
    status["daemon_pid"] = header.daemon_pid;
    json::object& daemon_counters = status["counters"].emplace_object();
    for (std::uint32_t i = 0; i < ipc::counter_count; ++i)
        daemon_counters[ipc::to_string(static_cast<ipc::Counter>(i))] = header.counters[i];
    return status;
}

}  // namespace

bool are_ready(std::span<const Counters> counters) noexcept {
    return std::ranges::all_of(counters, [](const Counters& each) {
        return each.ready.load(std::memory_order_relaxed);
    });
}

std::string readiness_json(bool ready, Attachment& attachment) {
    json::object members{{"ready", ready}, {"stale", nullable(attachment.stale_seconds())}};
    if (!ready) {
        const std::string reason = attachment.unready_reason();
        members["reason"] = reason.empty() ? "another worker is not ready yet" : reason;
    }
    return json::serialize(members) + '\n';
}

std::string status_json(
    const InstanceName& instance,
    Attachment& attachment,
    std::span<const Counters> counters,
    const MadeContents& made,
    const Codings& codings
) {
    return json::serialize(status_of(instance, attachment, counters, made, codings)) + '\n';
}

}  // namespace treecast::proxy
