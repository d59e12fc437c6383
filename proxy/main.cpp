// treecast-proxy: serves an instance's files over HTTP and GETFILE.
#include "base/inherited_descriptors.hpp"
#include "base/kernel_limits.hpp"
#include "base/log.hpp"
#include "base/scheduling.hpp"
#include "base/signals.hpp"
#include "proxy/service.hpp"
#include "proxy/settings.hpp"

#include <treecast/exit_code.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace {

int run(const std::vector<std::string>& arguments) {
    using namespace treecast;
    const OptionParser parser = proxy::proxy_option_parser();
    const OptionValues values = parser.parse(arguments);
    if (values.flag("help")) {
        std::printf(
            "usage: treecast-proxy --instance NAME [options]\n\n"
            "Serves the files that treecast-daemon publishes.\n\n%s",
            parser.help().c_str()
        );
        return static_cast<int>(ExitCode::ok);
    }
    if (values.flag("version")) {
        std::puts("treecast-proxy " TREECAST_VERSION);
        return static_cast<int>(ExitCode::ok);
    }
    start_logging("treecast-proxy", values);
    if (const ErrorCode error = ask_for_short_slices())
        log::debug("time slices stay as long as they are: {}", error.message());
    auto inherited = take_inherited_descriptors();
    proxy::run_service(proxy::make_settings(values), std::move(inherited));
    return static_cast<int>(ExitCode::ok);
}

}  // namespace

int main(int argc, char** argv) {
    treecast::set_up_signals();
    try {
        return run({argv + 1, argv + argc});
    } catch (const treecast::StartupError& error) {
        std::fprintf(stderr, "treecast-proxy: %s\n", error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        const treecast::StartupError refusal = treecast::refusal_of(error);
        std::fprintf(stderr, "treecast-proxy: %s\n", refusal.what());
        return static_cast<int>(refusal.code());
    }
}
