#include "daemon/service.hpp"

#include "base/kernel_limits.hpp"
#include "base/log.hpp"
#include "base/signals.hpp"
#include "base/units.hpp"
#include "daemon/pipeline.hpp"

#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <limits>
#include <systemd/sd-daemon.h>
#include <unordered_set>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace treecast::daemon {

namespace asio = boost::asio;

namespace {

/// A scan of a large tree takes longer than TimeoutStartSec, so systemd gets a notification.
constexpr std::chrono::seconds scan_report_period{5};

/// The descriptors needed at one time: for each load a file, its content in memory and its /proc
/// entry; the directories on the way; and clients of the control socket.
constexpr std::size_t descriptors_min = 16;

UniqueFd claim_instance(const ipc::ObjectDirectory& objects) {
    auto lock = ipc::lock_instance(objects);
    if (lock)
        return std::move(*lock);
    if (lock.error() == Errc::already_running)
        throw StartupError(
            ExitCode::configuration,
            "instance '" + objects.instance().text() +
                "' is served by another daemon already; stop that one or choose another --instance"
        );
    throw StartupError(
        ExitCode::configuration,
        objects.path() + "/daemon.lock: " + reason_of(lock.error())
    );
}

bool has_catalog(const ipc::ObjectDirectory& objects) {
    struct stat status {};
    return ::fstatat(objects.descriptor(), "catalog", &status, AT_SYMLINK_NOFOLLOW) == 0;
}

std::uint64_t filesystem_bytes(const ipc::ObjectDirectory& objects) {
    struct statfs filesystem {};
    if (::fstatfs(objects.descriptor(), &filesystem) != 0 || filesystem.f_blocks == 0)
        return std::numeric_limits<std::uint64_t>::max();
    return std::uint64_t{filesystem.f_blocks} * static_cast<std::uint64_t>(filesystem.f_bsize);
}

Residency make_residency(
    std::uint64_t limit_bytes,
    const ipc::ObjectDirectory& objects,
    const ipc::CatalogWriter& catalog
) {
    Residency residency(limit_bytes, filesystem_bytes(objects));
    residency.set_catalog_bytes(catalog.capacity_bytes());
    if (residency.limit_bytes() < limit_bytes)
        log::warn(
            "--memory-limit of {} bytes cut to {}, and further as the catalog (now {} bytes) "
            "grows: {} has {} bytes",
            limit_bytes,
            residency.limit_bytes(),
            catalog.capacity_bytes(),
            objects.path(),
            filesystem_bytes(objects)
        );
    return residency;
}

/// Adopts the segments of a predecessor that the catalog names, and removes the others.
void adopt_segments(
    const ipc::ObjectDirectory& objects,
    ipc::CatalogWriter& catalog,
    Residency& residency
) {
    std::unordered_set<ipc::FileId> there;
    const std::size_t removed =
        ipc::remove_unnamed_segments(objects, [&](ipc::FileId file, std::uint64_t revision) {
            const ipc::Record record = catalog.read(file);
            if (!record.resident || record.content_revision != revision)
                return false;
            there.insert(file);
            residency.add(file, record.size, Clock::now());
            residency.spare(file, ipc::is_stale(record));
            return true;
        });
    catalog.for_each_below("", [&](ipc::FileId file, const ipc::Record& record) {
        if (!record.resident || there.contains(file))
            return;
        ipc::Record lost = record;
        lost.resident = false;
        catalog.store(file, lost);
    });
    catalog.set_residency(residency.files(), residency.bytes());
    if (catalog.adopted())
        log::info(
            "adopted {} at revision {}, {} of them in memory; removed {}",
            counted(catalog.files(), "file", "files"),
            catalog.newest_revision(),
            residency.files(),
            counted(removed, "stale segment", "stale segments")
        );
}

void report_scan(asio::steady_timer& timer) {
    sd_notify(0, "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=scanning");
    timer.expires_after(scan_report_period);
    timer.async_wait([&timer](const ErrorCode& error) {
        if (!error)
            report_scan(timer);
    });
}

/// Connects the stages of an instance that is ours alone, and runs them.
void run_instance(
    const ServiceOptions& options,
    watcher::TreeRoot& root,
    const ipc::ObjectDirectory& objects
) {
    asio::io_context loop(1);
    watcher::WatcherOptions watching = options.watching;
    watching.mounts = MountStore(objects).read();
    watching.leases = options.policy.leases;
    watcher::Watcher watcher(root, std::move(watching));
    // Queues before the catalog: a reader that finds a catalog finds its queues.
    ipc::DaemonQueues queues(objects, options.max_workers);
    ipc::CatalogWriter catalog(objects);
    Residency residency = make_residency(options.memory_limit_bytes, objects, catalog);
    adopt_segments(objects, catalog, residency);

    SegmentStock segments(objects);

    asio::steady_timer scan_report(loop);
    report_scan(scan_report);
    Pipeline pipeline(
        loop,
        root,
        watcher,
        objects,
        segments,
        catalog,
        queues,
        residency,
        options.policy,
        options.audit,
        [&] {
            scan_report.cancel();
            log::info(
                "watching {}: {}, instance {}",
                root.configured_path(),
                counted(catalog.files(), "file", "files"),
                options.instance.text()
            );
            sd_notify(0, "READY=1\nSTATUS=watching");
        }
    );
    const auto sync = [&](const std::vector<std::string>& paths, Answer answer) {
        pipeline.sync(paths, std::move(answer));
    };
    const auto forget = [&](const std::vector<std::string>& paths, Answer answer) {
        if (paths.size() == 1)
            pipeline.forget(paths.front(), std::move(answer));
        else
            answer("error forget takes one path");
    };
    const ControlSocket control(loop, objects, {{"sync", sync}, {"forget", forget}});
    asio::signal_set signals(loop);
    for (const int signal : stop_signals())
        signals.add(signal);
    signals.async_wait([&](const ErrorCode& error, int signal) {
        if (error)
            return;
        log::info("stopping on signal {}", signal);
        sd_notify(0, "STOPPING=1");
        loop.stop();
    });
    require_descriptors(descriptors_min);
    pipeline.start();
    loop.run();

    if (pipeline.hangs()) {
        log::warn("leaving a thread that hangs in the kernel behind");
        ::_exit(static_cast<int>(ExitCode::ok));
    }
}

}  // namespace

void run_service(const ServiceOptions& options) {
    // A lease is used to find out whether a file has a writer. The kernel announces the break of a
    // lease by SIGIO, which would end the process.
    std::signal(SIGIO, SIG_IGN);

    watcher::TreeRoot root(options.root);
    const auto objects = ipc::ObjectDirectory::create(options.object_base, options.instance);
    const UniqueFd claim = claim_instance(objects);
    // Beyond this point the instance is ours alone.
    const bool inherited = has_catalog(objects);
    try {
        run_instance(options, root, objects);
    } catch (const StartupError&) {
        if (!inherited)  // removes what the failed start has made
            static_cast<void>(ipc::remove_instance(options.object_base, objects));
        throw;
    }
}

}  // namespace treecast::daemon
