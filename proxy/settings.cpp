#include "proxy/settings.hpp"

#include <treecast/limits.hpp>

#include <array>
#include <limits>

#include <fcntl.h>

namespace treecast::proxy {

namespace {

// Through this descriptor the proxy reports to `treecast serve` its listeners and when it is ready.
constexpr std::array serve_table{
    OptionSpec{"ready-fd", OptionKind::text, "N", "", "report listeners and readiness here"},
};

InstanceName instance_of(const OptionValues& values) {
    if (!values.has("instance"))
        throw StartupError(
            ExitCode::usage,
            "--instance is missing: name the daemon's instance; see --help"
        );
    auto instance = InstanceName::parse(values.text("instance"));
    if (!instance)
        throw values.refusal("instance", instance.error().message());
    return std::move(*instance);
}

constexpr std::array listener_protocols{
    Protocol::http,
    Protocol::getfile,
    Protocol::getfile_legacy};

/// The listeners of all protocols, in the order of the options.
std::vector<Endpoint> endpoints_of(const OptionValues& values) {
    std::vector<Endpoint> endpoints;
    for (const Protocol protocol : listener_protocols) {
        const std::string option(option_of(protocol));
        for (const std::string& text : values.list(option)) {
            const auto address = ListenAddress::parse(text);
            if (!address)
                throw values.refusal(option, text, "none of ADDR:PORT, [ADDR6]:PORT and unix:PATH");
            endpoints.push_back({protocol, *address});
        }
    }
    return endpoints;
}

ContentTypes content_types_of(const OptionValues& values) {
    ContentTypes types;
    for (const std::string& rule : values.list("mime"))
        if (const auto reason = types.add_rule(rule))
            throw values.refusal("mime", rule, *reason);
    return types;
}

}  // namespace

OptionParser proxy_option_parser() {
    return OptionParser({proxy_options(), general_options(), serve_table}, {daemon_options()}, 0);
}

Settings make_settings(const OptionValues& values) {
    Settings settings{.instance = instance_of(values)};
    settings.object_base = values.text("shm-dir");
    settings.listen = endpoints_of(values);
    for (const Protocol protocol : listener_protocols)
        if (values.has(option_of(protocol)))
            settings.listen_options.emplace_back(option_of(protocol));
    settings.allow_anonymous = values.flag("allow-anonymous");
    settings.workers = static_cast<unsigned>(values.number("workers", 1, max_workers_max));
    settings.wait_max = values.duration("max-wait");
    settings.load_timeout = values.duration("load-timeout");
    settings.send_timeout = values.duration("send-timeout");
    settings.pinned_bytes_max = values.bytes("pinned-limit");
    settings.made_bytes_max = values.bytes("made-limit");
    settings.archive_bytes_max = values.bytes("archive-limit");
    settings.content_types = content_types_of(values);
    if (values.has("ready-fd")) {
        settings.ready_fd = static_cast<int>(values.number(
            "ready-fd",
            0,
            static_cast<std::uint64_t>(std::numeric_limits<int>::max())
        ));
        if (::fcntl(settings.ready_fd, F_SETFD, FD_CLOEXEC) != 0)
            throw values.refusal("ready-fd", "not an open descriptor");
    }
    return settings;
}

}  // namespace treecast::proxy
