#include "test/support/reverse_proxy.hpp"

#include "test/support/other_programs.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace treecast::test {

namespace {

/// $DIR and $PORT stand for the directory of the test and the port to listen on, $PID for the
/// test's process, in all but what the page shows.
struct Program {
    std::string_view name;
    std::string_view heading;  // of its part of docs/http.md
    std::string_view listens;  // what is shown of where it listens; none: an argument
    std::string_view listens_here;
    std::string_view before;  // what is shown
    std::string_view after;
    std::vector<std::string> arguments;  // the configuration is $DIR/configuration
    std::string_view objects = {};       // what those it has in /dev/shm begin with
};

const std::array<Program, 5> programs{{
    {"nginx",
     "### nginx",
     "listen 80;",
     "listen 127.0.0.1:$PORT;",
     "pid $DIR/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
     "client_body_temp_path $DIR/a;\nproxy_temp_path $DIR/b;\nfastcgi_temp_path $DIR/c;\n"
     "uwsgi_temp_path $DIR/d;\nscgi_temp_path $DIR/e;\n",
     "}\n",
     {"-p", "$DIR", "-c", "$DIR/configuration", "-g", "daemon off; master_process off;"}},
    {"haproxy",
     "### HAProxy",
     "bind :80\n",
     "bind 127.0.0.1:$PORT\n",
     "",
     "",
     {"-db", "-f", "$DIR/configuration"}},
    {"varnishd",
     "### Varnish",
     "",
     "",
     "",
     "",
     {"-F",
      "-j",
      "none",
      "-n",
      "$DIR/state",
      "-s",
      "malloc,64m",
      "-a",
      "127.0.0.1:$PORT",
      "-f",
      "$DIR/configuration"}},
    {"squid",
     "### Squid",
     "http_port 80 ",
     "http_port 127.0.0.1:$PORT ",
     "",
     "pid_filename none\ncache_log $DIR/log\naccess_log none\ncoredump_dir none\n"
     "netdb_filename none\npinger_enable off\nunlinkd_program /bin/true\nmime_table $DIR/mime\n"
     "icon_directory $DIR\nerror_directory $DIR\ndns_nameservers 127.0.0.1\n"
     "shutdown_lifetime 0 seconds\n",
     {"-N", "-n", "treecast$PID", "-f", "$DIR/configuration"},
     "treecast$PID-"},
    {"caddy",
     "### Caddy",
     ":80 {",
     ":$PORT {",
     "{\nadmin off\ndefault_bind 127.0.0.1\n}\n",
     "",
     {"run", "--adapter", "caddyfile", "--config", "$DIR/configuration"}},
}};

const Program& program_named(std::string_view name) {
    const auto* const found = std::ranges::find(programs, name, &Program::name);
    if (found == programs.end())
        throw std::invalid_argument(std::string(name));
    return *found;
}

/// The first indented lines below the heading.
std::string shown_below(std::string_view heading) {
    constexpr std::string_view indent = "    ";
    std::ifstream page(TREECAST_SOURCE_DIR "/docs/http.md");
    std::string line;
    while (std::getline(page, line) && line != heading) {
    }
    while (std::getline(page, line) && !line.starts_with(indent)) {
    }
    std::string shown;
    for (; page && (line.empty() || line.starts_with(indent)); std::getline(page, line))
        shown += line.substr(std::min(line.size(), indent.size())) + '\n';
    BOOST_TEST_REQUIRE(!shown.empty(), "docs/http.md shows nothing for " + std::string(heading));
    return shown;
}

/// What is not on the page would not be replaced, and the test would run something else.
void replace_shown(std::string& text, std::string_view shown, const std::string& here) {
    BOOST_TEST_REQUIRE((text.find(shown) != text.npos), std::string(shown) + " is not shown");
    boost::replace_all(text, shown, here);
}

/// A program that runs has them open. If it is killed, nothing remains.
void unlink_objects(const std::string& beginning) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/shm"))
        if (entry.path().filename().string().starts_with(beginning))
            found.push_back(entry.path());
    for (const std::filesystem::path& object : found)
        std::filesystem::remove(object);
}

bool passes_requests(const HttpServer& server) {
    try {
        return http_get(server, "/healthz").status == 200u;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace

ReverseProxy::ReverseProxy(const std::string& program, const HttpServer& behind)
    : ReverseProxy(program, behind, shown_below(program_named(program).heading)) {}

ReverseProxy::ReverseProxy(
    const std::string& name,
    const HttpServer& behind,
    const std::string& configuration
) {
    const Program& program = program_named(name);
    server_.port = unused_port();
    const auto placed = [&](std::string_view text) {
        std::string result(text);
        boost::replace_all(result, "$DIR", directory_.path());
        boost::replace_all(result, "$PORT", std::to_string(server_.port));
        boost::replace_all(result, "$PID", std::to_string(::getpid()));
        return result;
    };
    std::string shown = configuration;
    replace_shown(shown, "8420", std::to_string(behind.port));
    if (!program.listens.empty())
        replace_shown(shown, program.listens, placed(program.listens_here));
    directory_.write("configuration", placed(program.before) + shown + placed(program.after));
    directory_.write("mime", "");
    // Squid, started by root, becomes another user before it opens its log.
    std::filesystem::permissions(directory_.path(), std::filesystem::perms::all);

    std::vector<std::string> arguments;
    for (const std::string& argument : program.arguments)
        arguments.push_back(placed(argument));
    process_.emplace(run_program(name, arguments, directory_.path()));
    BOOST_TEST_REQUIRE(
        poll_until([&] {
            return passes_requests(server_);
        }),
        log()
    );
    if (!program.objects.empty())
        unlink_objects(placed(program.objects));
}

ReverseProxy::~ReverseProxy() {
    // Each of them has a state of its own about being ended, and Varnish and Squid tidy up then.
    BOOST_TEST(process_->terminate().has_value(), log());
}

}  // namespace treecast::test
