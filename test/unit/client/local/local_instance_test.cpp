#include "client/local/local_instance.hpp"

#include "base/error.hpp"
#include "client/local/instance_removal.hpp"
#include "test/support/object_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace treecast;
using namespace treecast::client;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(local_instance)

namespace {

LocalInstance choose(const Arguments& arguments) {
    const OptionParser parser({local_instance_options()}, {}, 0);
    return choose_instance(parser.parse(arguments));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_only_instance_is_chosen_and_of_several_one_must_be_named) {
    struct Row {
        std::vector<const char*> entries;  // of --shm-dir
        const char* named;                 // --instance; null: not given
        ExitCode code;
        const char* chosen_or_error;
    };
    const Row rows[] = {
        {{}, nullptr, ExitCode::unreachable, "there is no instance here"},
        {{"a"}, nullptr, ExitCode::ok, "a"},
        {{"a", "not an instance"}, nullptr, ExitCode::ok, "a"},
        {{"b", "a"}, nullptr, ExitCode::usage, "which --instance? There are: a b"},
        {{"b", "a"}, "b", ExitCode::ok, "b"},
        {{"a"}, "missing", ExitCode::ok, "missing"},  // open_directory() refuses it
        {{"a"}, "a/b", ExitCode::usage, nullptr},
    };

    for (const Row& row : rows) {
        const TemporaryDirectory base;
        for (const char* entry : row.entries)
            std::filesystem::create_directory(base / entry);
        base.write("file", "");
        Arguments arguments{"--shm-dir=" + base.path()};
        if (row.named != nullptr)
            arguments.push_back(std::string("--instance=") + row.named);
        ExitCode code = ExitCode::ok;
        std::string text;
        try {
            const LocalInstance chosen = choose(arguments);
            text = chosen.name.text();
            BOOST_TEST(chosen.base == base.path());
        } catch (const StartupError& error) {
            code = error.code();
            text = error.what();
        }
        BOOST_TEST((code == row.code), text);
        if (row.chosen_or_error != nullptr)
            BOOST_TEST(text == row.chosen_or_error);
    }
}

BOOST_AUTO_TEST_CASE(a_missing_base_has_no_instances) {
    BOOST_CHECK_EXCEPTION(choose({"--shm-dir=/nowhere"}), StartupError, [](const auto& error) {
        return error.code() == ExitCode::unreachable;
    });
}

BOOST_FIXTURE_TEST_CASE(an_instance_is_opened_if_it_is_there, test::ObjectFixture) {
    const LocalInstance here{guard.base(), guard.instance()};
    const LocalInstance missing{guard.base(), InstanceName::parse("missing").value()};

    BOOST_TEST(open_directory(here).path() == directory.path());
    BOOST_TEST(!find_directory(missing).has_value());
    BOOST_CHECK_EXCEPTION(open_directory(missing), StartupError, [](const auto& error) {
        return error.code() == ExitCode::unreachable;
    });
}

BOOST_FIXTURE_TEST_CASE(only_an_instance_without_a_daemon_is_removed, test::ObjectFixture) {
    {
        const auto daemon = ipc::lock_instance(directory);
        BOOST_REQUIRE(daemon.has_value());
        BOOST_TEST((remove_if_dead(guard.base(), directory) == Removal::alive));
        BOOST_TEST(std::filesystem::exists(directory.path()));
    }
    BOOST_TEST((remove_if_dead(guard.base(), directory) == Removal::removed));
    BOOST_TEST(!std::filesystem::exists(directory.path()));
}

BOOST_AUTO_TEST_SUITE_END()
