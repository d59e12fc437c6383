// Files of procfs and sysfs: the kernel makes what they hold as it is read, and stat tells neither
// its size nor when it changes.
#include "base/sha256.hpp"
#include "test/support/child_process.hpp"
#include "test/support/http_client.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(kernel_files)

namespace {

/// `treecast serve` on a directory that is there.
class ServedDirectory {
public:
    explicit ServedDirectory(const std::string& path, std::vector<std::string> options = {}) {
        std::vector<std::string>
            all{"serve", path, "--listen", "127.0.0.1:0", "--instance", instance_.name()};
        all.insert(all.end(), options.begin(), options.end());
        serve_.emplace(treecast_program, all);
        BOOST_TEST_REQUIRE(serve_->wait_for_output("serving "), serve_->standard_error());
        server_ = server_in(serve_->standard_output());
    }
    ~ServedDirectory() { BOOST_TEST((serve_->terminate() == 0), serve_->standard_error()); }

    HttpResponse get(const std::string& path) const {
        return http_get(server_, "/v1/files/" + path);
    }
    bool sync_returns() const {
        ChildProcess sync(treecast_program, {"sync", "--instance", instance_.name()});
        return sync.wait().has_value();
    }

private:
    InstanceGuard instance_;
    std::optional<ChildProcess> serve_;
    HttpServer server_;
};

bool is_there(const std::string& path) {
    return ::access(path.c_str(), R_OK) == 0;
}

const auto has_procfs = boost::unit_test::precondition([](boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result result(is_there("/proc/sys/kernel/random/boot_id"));
    result.message() << "no procfs";
    return result;
});
const auto has_sysfs = boost::unit_test::precondition([](boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result result(is_there("/sys/kernel/mm"));
    result.message() << "no sysfs";
    return result;
});

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_of_procfs_is_read_to_its_end, *has_procfs) {
    const ServedDirectory served("/proc/sys/kernel");

    const auto answer = served.get("ostype");

    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(answer.body == "Linux\n");
    BOOST_TEST(answer.header("Treecast-SHA256") == to_hex(sha256_of("Linux\n")));
    BOOST_TEST(served.get("ostype").header("ETag") == answer.header("ETag"));
    BOOST_TEST(served.sync_returns());
}

BOOST_AUTO_TEST_CASE(a_file_of_sysfs_is_as_long_as_what_it_holds, *has_sysfs) {
    const ServedDirectory served("/sys/kernel/mm");
    std::size_t seen = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("/sys/kernel/mm")) {
        const std::string path = entry.path().string();
        // Some can only be written to, others count what happens.
        if (!entry.is_regular_file() || !is_there(path) || entry.file_size() == 0)
            continue;
        const std::string before = read_file(path);
        const auto answer = served.get(path.substr(std::string("/sys/kernel/mm/").size()));
        if (before.empty() || read_file(path) != before)
            continue;
        BOOST_TEST(answer.status == 200U, path);
        BOOST_TEST((answer.body == before), path);
        if (++seen == 5)
            break;
    }

    BOOST_TEST(seen != 0U);
    BOOST_TEST(served.sync_returns());
}

BOOST_AUTO_TEST_CASE(a_file_that_holds_something_else_at_each_reading_is_unstable, *has_procfs) {
    const ServedDirectory served("/proc/sys/kernel/random");

    const auto answer = served.get("uuid");

    BOOST_TEST(answer.status == 503U);
    BOOST_TEST((answer.body.find("unstable") != answer.body.npos), answer.body);
    BOOST_TEST(served.sync_returns());
    BOOST_TEST(served.get("boot_id").body == read_file("/proc/sys/kernel/random/boot_id"));
}

BOOST_AUTO_TEST_CASE(a_file_of_procfs_that_holds_too_much_is_too_large, *has_procfs) {
    const ServedDirectory served("/proc/sys/kernel", {"--max-file-size", "4"});

    BOOST_TEST(served.get("ostype").status == 507U);
    BOOST_TEST(served.sync_returns());
}

BOOST_AUTO_TEST_SUITE_END()
