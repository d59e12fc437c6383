// What no event tells of, the audit finds, repairs and counts. The built programs.
#include "base/unique_fd.hpp"
#include "test/support/needs.hpp"
#include "test/support/serving.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(audit)

namespace {

std::int64_t counter(const HttpServer& server, const char* name) {
    const auto status = json::parse(http_get(server, "/v1/status").body);
    return status.at("counters").at(name).to_number<std::int64_t>();
}

/// A file that is mapped for writing; its descriptor is closed, the mapping stays.
class Mapping {
public:
    explicit Mapping(const std::string& path) {
        const UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        BOOST_TEST_REQUIRE(bool(file));
        address_ = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
        BOOST_TEST_REQUIRE(address_ != MAP_FAILED);
    }
    ~Mapping() { ::munmap(address_, size); }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    void write(char byte) { std::memset(address_, byte, size); }

    static constexpr std::size_t size = 100;

private:
    void* address_ = nullptr;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_write_through_a_mapping_is_found_delivered_and_counted) {
    const Serving serving(
        Files{{"f", std::string(Mapping::size, 'a')}},
        {"--audit-interval", "100ms", "--open-limit", "100ms"}
    );
    const auto before = serving.get("f");
    Mapping mapping(serving.tree() / "f");
    mapping.write('b');  // from here on its page is writable, and no further write shows in stat
    BOOST_TEST(poll_until([&] {
        return serving.get("f").body == std::string(Mapping::size, 'b');
    }));
    auto poll = serving.poll("f", "wait=30&after=" + serving.get("f").header("Treecast-Version"));
    BOOST_TEST(serving.wait_for_subscribers(1));

    mapping.write('c');

    BOOST_TEST(poll.receive().body == std::string(Mapping::size, 'c'));
    BOOST_TEST(poll_until([&] {
        return counter(serving.server(), "audit_repairs") >= 1;
    }));
}

namespace {

/// Files that are mapped and whose pages are writable, so that no write to them shows in stat.
struct Mapped {
    std::vector<std::string> paths;
    Serving serving;
    std::vector<std::unique_ptr<Mapping>> mappings;

    explicit Mapped(std::vector<std::string> names)
        : paths(std::move(names)),
          serving(files(paths), {"--audit-interval", "2s", "--open-limit", "100ms"}) {
        for (const std::string& path : paths) {
            mappings.push_back(std::make_unique<Mapping>(serving.tree() / path));
            mappings.back()->write('b');
            BOOST_TEST(serving.get(path).status == 200);
        }
        const auto known = counter(serving.server(), "audits");
        BOOST_TEST_REQUIRE(poll_until([&] {  // a whole round: all is published as it is
            return counter(serving.server(), "audits") >= known + 2 && all_are('b');
        }));
    }
    static Files files(const std::vector<std::string>& paths) {
        Files all;
        for (const std::string& path : paths)
            all.emplace_back(path, std::string(Mapping::size, 'a'));
        return all;
    }
    bool all_are(char byte) const {
        return std::ranges::all_of(paths, [&](const std::string& path) {
            return serving.get(path).body == std::string(Mapping::size, byte);
        });
    }
    /// One round and the look after it repair all that was written.
    void check_one_round_repairs() {
        const auto repairs = counter(serving.server(), "audit_repairs");
        for (const auto& mapping : mappings)
            mapping->write('c');
        const auto before = counter(serving.server(), "audits");
        BOOST_TEST_REQUIRE(poll_until([&] {
            return counter(serving.server(), "audit_repairs") > repairs;
        }));
        BOOST_TEST(poll_until([&] {
            return all_are('c');
        }));
        // The round in which they were written may have passed some of them already.
        BOOST_TEST(counter(serving.server(), "audits") <= before + 2);
    }
};

std::vector<std::string> names(unsigned count, const char* format) {
    std::vector<std::string> all;
    for (unsigned i = 0; i < count; ++i) {
        char name[64];
        std::snprintf(name, sizeof name, format, i, i);
        all.emplace_back(name);
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_round_repairs_what_it_finds_in_many_directories) {
    Mapped(names(20, "d%u/f%u")).check_one_round_repairs();
}

BOOST_AUTO_TEST_CASE(one_round_repairs_what_it_finds_in_one_directory) {
    Mapped(names(150, "d/e/f%u-%u")).check_one_round_repairs();
}

BOOST_AUTO_TEST_CASE(a_tree_that_is_as_the_catalog_says_is_left_alone) {
    const Serving serving(
        Files{{"f", "f"}, {"d/e/g", "g"}, {".hidden/h", "h"}, {"ignored", "i"}},
        {"--audit-interval", "10ms", "--ignore", "ignored"}
    );
    serving.tree().write("with blank/ä\n%41", "odd");
    BOOST_TEST(::symlink("d/e", (serving.tree() / "link").c_str()) == 0);
    BOOST_TEST(::symlink("/etc/passwd", (serving.tree() / "out").c_str()) == 0);
    BOOST_TEST(::symlink("nothing", (serving.tree() / "dangling").c_str()) == 0);
    BOOST_TEST(::mkfifo((serving.tree() / "fifo").c_str(), 0644) == 0);
    serving.sync();
    BOOST_TEST(serving.get("link/g").body == "g");
    const auto version = serving.get("f").header("Treecast-Version");

    const auto audits = counter(serving.server(), "audits");
    BOOST_TEST(poll_until([&] {
        return counter(serving.server(), "audits") >= audits + 2;
    }));

    BOOST_TEST(counter(serving.server(), "audit_repairs") == 0);
    BOOST_TEST(serving.get("f").header("Treecast-Version") == version);
    BOOST_TEST(serving.get("ignored").status == 404);
}

BOOST_AUTO_TEST_CASE(
    what_is_mounted_over_a_directory_is_served_and_taken_away_is_kept,
    *needs(need::mounts())
) {
    const TemporaryDirectory tree;
    tree.write("d/f", "under");
    const InstanceGuard instance;
    const std::string mount = "mount -t tmpfs tmpfs '" + (tree / "d") + "'";
    // The namespace is the server's; the test enters it by the process.
    ChildProcess serve(
        "/usr/bin/unshare",
        {"-m",
         "--propagation",
         "private",
         "sh",
         "-c",
         "exec " + std::string(treecast_program) + " serve '" + tree.path() +
             "' --listen 127.0.0.1:0 --instance " + instance.name()}
    );
    BOOST_TEST_REQUIRE(serve.wait_for_output("serving "), serve.standard_error());
    const HttpServer server = server_in(serve.standard_output());
    BOOST_TEST(http_get(server, "/v1/files/d/f").body == "under");
    const auto in_namespace = [&](const std::string& command) {
        ChildProcess shell(
            "/usr/bin/nsenter",
            {"-t", std::to_string(serve.pid()), "-m", "sh", "-c", command}
        );
        BOOST_TEST((shell.wait() == 0), shell.standard_error());
    };

    in_namespace(mount + " && echo -n over > '" + (tree / "d/f") + "'");
    BOOST_TEST(poll_until([&] {
        return http_get(server, "/v1/files/d/f").body == "over";
    }));

    in_namespace("umount '" + (tree / "d") + "'");
    BOOST_TEST(poll_until([&] {
        return http_get(server, "/v1/files/d/f").has_header("Treecast-Stale");
    }));
    BOOST_TEST(http_get(server, "/v1/files/d/f").body == "over");
    BOOST_TEST((serve.terminate() == 0), serve.standard_error());
}

BOOST_AUTO_TEST_SUITE_END()
