#include "client/processes/executable.hpp"

#include "base/error.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>

#include <sys/stat.h>

using namespace treecast;
using namespace treecast::client;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(executable)

namespace {

/// $PATH, until the end of a test.
class SearchPath {
public:
    explicit SearchPath(const std::string& path) : before_(std::getenv("PATH")) {
        ::setenv("PATH", path.c_str(), 1);
    }
    ~SearchPath() { ::setenv("PATH", before_.c_str(), 1); }
    SearchPath(const SearchPath&) = delete;
    SearchPath& operator=(const SearchPath&) = delete;

private:
    std::string before_;
};

void make_program(const TemporaryDirectory& directory, const char* name, mode_t mode) {
    directory.write(name, "");
    ::chmod((directory / name).c_str(), mode);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_program_beside_ours_comes_before_all_others) {
    const TemporaryDirectory other;
    const std::filesystem::path ours = std::filesystem::read_symlink("/proc/self/exe");
    make_program(other, ours.filename().c_str(), 0755);
    const SearchPath path(other.path());

    BOOST_TEST(find_program(ours.filename()) == ours.string());
}

BOOST_AUTO_TEST_CASE(the_first_in_path_that_can_be_run_is_found) {
    const TemporaryDirectory first;
    const TemporaryDirectory second;
    const TemporaryDirectory third;
    make_program(first, "some-program", 0644);
    make_program(second, "some-program", 0755);
    make_program(third, "some-program", 0755);
    const SearchPath path(":/nowhere:" + first.path() + ':' + second.path() + ':' + third.path());

    BOOST_TEST(find_program("some-program") == second / "some-program");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_nowhere_is_a_bad_configuration) {
    const SearchPath path("");
    BOOST_CHECK_EXCEPTION(find_program("some-program"), StartupError, [](const auto& error) {
        return error.code() == ExitCode::configuration &&
               std::string_view(error.what()).starts_with("some-program is neither beside");
    });
}

BOOST_AUTO_TEST_SUITE_END()
