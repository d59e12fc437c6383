#include "base/instance.hpp"

#include "test/support/temporary_directory.hpp"

#include <treecast/limits.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <string_view>

using namespace treecast;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(instance)

BOOST_AUTO_TEST_CASE(names_are_judged) {
    using namespace std::string_view_literals;
    const std::string longest(instance_name_bytes_max, 'n');
    const std::string_view valid[] =
        {"a", "A-Z_0.9", "etc-0123456789ab", "_", "-", "a..b", longest};
    for (const std::string_view name : valid) {
        BOOST_TEST_REQUIRE(InstanceName::parse(name).has_value(), name);
        BOOST_TEST(InstanceName::parse(name)->text() == name);
    }

    const std::string too_long(instance_name_bytes_max + 1, 'n');
    const std::string_view invalid[] =
        {""sv, "."sv, ".."sv, ".a"sv, "a/b"sv, "a b"sv, "a\0"sv, "\xC3\xA9"sv, "a\n"sv, too_long};
    for (const std::string_view name : invalid) {
        BOOST_TEST_REQUIRE(InstanceName::parse(name).has_error(), name);
        BOOST_TEST((InstanceName::parse(name).error() == Errc::invalid_instance));
    }
}

BOOST_AUTO_TEST_CASE(name_of_a_root_is_that_of_its_real_path_and_user) {
    const TemporaryDirectory directory;
    directory.write("one/conf/file", "");
    directory.write("two/conf/file", "");
    std::filesystem::create_directory_symlink(directory / "one/conf", directory / "link");
    const auto name_of = [](const std::string& root, uid_t user) {
        return InstanceName::of_root(root, user).value().text();
    };

    const std::string name = name_of(directory / "one/conf", 1000);

    BOOST_TEST(name.starts_with("conf-"));
    BOOST_TEST(name_of(directory / "one/conf", 1000) == name);
    BOOST_TEST(name_of(directory / "one/conf/", 1000) == name);
    BOOST_TEST(name_of(directory / "one/../one/conf", 1000) == name);
    BOOST_TEST(name_of(directory / "link", 1000) == name);
    BOOST_TEST(name_of(directory / "one/conf", 1001) != name);
    BOOST_TEST(name_of(directory / "two/conf", 1000) != name);
}

BOOST_AUTO_TEST_CASE(name_of_any_root_is_a_valid_name) {
    const TemporaryDirectory directory;
    const std::string odd_names[] = {
        ".",
        ".hidden",
        "...x",
        "with blanks and \n",
        "caf\xC3\xA9",
        "\xFF\xFE",
        std::string(name_bytes_max, 'n'),
    };

    for (const std::string& odd : odd_names) {
        std::filesystem::create_directories(directory / odd);
        const auto name = InstanceName::of_root(directory / odd, 0);
        BOOST_TEST_REQUIRE(name.has_value(), odd);
        BOOST_TEST(InstanceName::parse(name->text()).has_value(), name->text());
    }
    BOOST_TEST(InstanceName::of_root("/", 0)->text().starts_with("root-"));
}

BOOST_AUTO_TEST_CASE(root_that_does_not_exist_has_no_name) {
    const TemporaryDirectory directory;

    const auto name = InstanceName::of_root(directory / "absent", 0);

    BOOST_TEST_REQUIRE(name.has_error());
    BOOST_TEST((name.error() == boost::system::errc::no_such_file_or_directory));
}

BOOST_AUTO_TEST_CASE(instance_that_is_nowhere_is_looked_for_in_the_users_own_base) {
    const auto name = InstanceName::parse("test-that-nobody-runs").value();

    BOOST_TEST(private_object_base(1000) == "/dev/shm/treecast-1000");
    BOOST_TEST(find_object_base(name, 1000) == "/dev/shm/treecast-1000");
}

BOOST_AUTO_TEST_SUITE_END()
