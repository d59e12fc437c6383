#include "client/processes/serve_options.hpp"

#include "base/one_line.hpp"
#include "client/processes/ready_report.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <unistd.h>

namespace treecast::client {

namespace {

/// Options whose value is determined here. pass_on() skips them.
constexpr std::array<std::string_view, 3> decided{"root", "instance", "shm-dir"};
constexpr std::array<std::string_view, 3> listeners{"listen", "getfile", "getfile-legacy"};

void pass_on(std::span<const OptionSpec> specs, const OptionValues& options, Arguments& arguments) {
    for (const OptionSpec& spec : specs) {
        const std::string name = spec.name;
        if (!options.from_command_line(name) || std::ranges::count(decided, name) > 0 ||
            std::ranges::count(listeners, name) > 0)
            continue;
        if (spec.kind == OptionKind::flag)
            arguments.push_back("--" + name);
        else
            for (const auto& text : options.list(name))
                arguments.push_back("--" + name + '=' + text);
    }
}

InstanceName instance_name(const OptionValues& options, const std::string& directory) {
    if (options.has("instance")) {
        const auto name = InstanceName::parse(options.text("instance"));
        if (!name)
            throw options.refusal("instance", name.error().message());
        return *name;
    }
    const auto name = InstanceName::of_root(directory, ::geteuid());
    if (!name)
        throw StartupError(
            ExitCode::configuration,
            "cannot serve '" + one_line(directory) + "': " + name.error().message()
        );
    return *name;
}

}  // namespace

ServePlan plan_serve(const OptionValues& options) {
    std::string directory = options.text("root");
    if (!options.positional().empty()) {
        if (options.from_command_line("root"))
            throw StartupError(ExitCode::usage, "serve: give either DIR or --root");
        directory = options.positional().front();
    }
    if (directory.empty())
        throw StartupError(ExitCode::usage, "serve: which directory? See --help");

    const auto base =
        options.has("shm-dir") ? options.text("shm-dir") : private_object_base(::geteuid());
    const auto name = instance_name(options, directory);
    const Arguments common{"--instance=" + name.text(), "--shm-dir=" + base};
    ServePlan plan{directory, {base, name}, common, common, {}};
    plan.daemon.push_back("--root=" + directory);
    pass_on(daemon_options(), options, plan.daemon);
    pass_on(proxy_options(), options, plan.proxy);
    for (auto* const arguments : {&plan.daemon, &plan.proxy})
        pass_on(general_options(), options, *arguments);
    // In the foreground, users want to see errors and the one line that reports readiness.
    if (!options.has("log-level"))
        for (auto* const arguments : {&plan.daemon, &plan.proxy})
            arguments->push_back("--log-level=warning");
    for (const auto option : listeners)
        if (options.from_command_line(option))
            for (const auto& address : options.list(option))
                plan.listen.push_back("--" + std::string(option) + '=' + address);
    return plan;
}

Arguments proxy_arguments(const ServePlan& plan, const std::vector<std::string>& printed) {
    Arguments arguments = plan.proxy;
    if (printed.empty())
        arguments.insert(arguments.end(), plan.listen.begin(), plan.listen.end());
    for (const std::string& listener : printed)
        arguments.push_back(listen_argument(listener));
    return arguments;
}

}  // namespace treecast::client
