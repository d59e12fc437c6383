// The settings from the command line, the environment and the configuration file, checked.
#pragma once

#include "base/instance.hpp"
#include "base/program_options.hpp"
#include "proxy/http/content_type.hpp"
#include "proxy/net/listen_address.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace treecast::proxy {

struct Settings {
    InstanceName instance;
    std::string object_base{};                  // empty: found by the instance's name
    std::vector<Endpoint> listen{};             // not used where sockets are inherited
    std::vector<std::string> listen_options{};  // that were given, without dashes
    bool allow_anonymous = false;
    unsigned workers = 1;
    std::chrono::milliseconds wait_max{0};
    std::chrono::milliseconds load_timeout{0};
    std::chrono::milliseconds request_timeout{10'000};  // no option: good clients need less
    std::chrono::milliseconds coding_wait{50};          // no option; then the identity is sent
    std::chrono::milliseconds send_timeout{0};
    std::uint64_t pinned_bytes_max = 0;
    std::uint64_t made_bytes_max = 0;
    std::uint64_t archive_bytes_max = 0;
    ContentTypes content_types{};
    int ready_fd = -1;  // -1: none
};

/// The options of the proxy, and those that only `treecast serve` passes to it.
OptionParser proxy_option_parser();
/// Throws StartupError that names the option and what is wrong with it.
Settings make_settings(const OptionValues& values);

}  // namespace treecast::proxy
