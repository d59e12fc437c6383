// treecast-daemon: watches a tree and publishes its files into shared memory.
#include "base/kernel_limits.hpp"
#include "base/log.hpp"
#include "base/program_options.hpp"
#include "base/scheduling.hpp"
#include "base/signals.hpp"
#include "daemon/service.hpp"

#include <treecast/limits.hpp>

#include <cstdio>
#include <exception>
#include <iostream>

#include <unistd.h>

namespace {

using namespace treecast;

constexpr const char* usage =
    "Usage: treecast-daemon --root DIR [OPTION]...\n"
    "Watch DIR and publish its files into shared memory, where treecast-proxy serves them "
    "from.\n\n";

constexpr const char* exit_codes =
    "\nEvery option can be a variable too (--max-wait is TREECAST_MAX_WAIT) or a line of the\n"
    "--config file. Exit codes: 0 stopped by a signal, 1 failed, 2 usage, 3 configuration.\n";

constexpr std::uint64_t aliases_limit = 100'000'000;  // directory numbers have 32 bits

InstanceName instance_of(const OptionValues& values, const std::string& root) {
    if (values.has("instance")) {
        const auto name = InstanceName::parse(values.text("instance"));
        if (!name)
            throw values.refusal("instance", name.error().message());
        return *name;
    }
    const auto name = InstanceName::of_root(root, ::geteuid());
    if (!name)
        throw StartupError(
            ExitCode::configuration,
            "--root: '" + root + "': " + name.error().message()
        );
    return *name;
}

daemon::ServiceOptions service_options(const OptionValues& values) {
    const std::string root = values.text("root");
    if (root.empty())
        throw StartupError(ExitCode::usage, "--root is missing: name the directory to serve");
    const std::string base = values.text("shm-dir");
    return {
        .root = root,
        .instance = instance_of(values, root),
        .object_base = base.empty() ? private_object_base(::geteuid()) : base,
        .memory_limit_bytes = values.bytes("memory-limit"),
        .max_workers = static_cast<unsigned>(values.number("max-workers", 1, max_workers_max)),
        .policy =
            {.file_size_max = values.bytes("max-file-size"),
             .serve_private = values.flag("serve-private"),
             .delete_grace = values.duration("delete-grace"),
             .open_limit = values.duration("open-limit"),
             .leases = values.flag("no-leases") ? watcher::LeaseRights::none()
                                                : watcher::LeaseRights::of_this_process()},
        .audit = {.interval = values.duration("audit-interval"), .hidden = values.flag("hidden")},
        .watching =
            {.hidden = values.flag("hidden"),
             .ignore = values.list("ignore"),
             .max_aliases = values.number("max-aliases", 0, aliases_limit)},
    };
}

int run(const std::vector<std::string>& arguments) {
    const OptionParser parser({daemon_options(), general_options()}, {proxy_options()}, 0);
    const OptionValues values = parser.parse(arguments);
    if (values.flag("help")) {
        std::cout << usage << parser.help() << exit_codes;
        return 0;
    }
    if (values.flag("version")) {
        std::cout << "treecast-daemon " TREECAST_VERSION "\n";
        return 0;
    }
    start_logging("treecast-daemon", values);
    if (const ErrorCode error = ask_for_short_slices())
        log::debug("time slices stay as long as they are: {}", error.message());
    daemon::run_service(service_options(values));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    set_up_signals();
    try {
        return run({argv + 1, argv + argc});
    } catch (const StartupError& error) {
        std::fprintf(stderr, "treecast-daemon: %s\n", error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        const StartupError refusal = refusal_of(error);
        std::fprintf(stderr, "treecast-daemon: %s\n", refusal.what());
        return static_cast<int>(refusal.code());
    }
}
