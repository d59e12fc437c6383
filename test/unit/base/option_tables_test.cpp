// The tables of options that the programs have (base/option_tables.cpp).
#include "base/program_options.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(option_tables)

BOOST_AUTO_TEST_CASE(every_default_is_a_value_that_its_program_accepts) {
    const auto check = [](std::span<const OptionSpec> group) {
        const auto values = OptionParser({group}, {}, 0).parse({});
        for (const OptionSpec& spec : group) {
            const std::string_view kind = spec.value;
            if (kind == "TIME")
                BOOST_TEST(values.duration(spec.name).count() > 0, spec.name);
            else if (kind == "SIZE")
                BOOST_TEST(values.bytes(spec.name) > 0u, spec.name);
            else if (kind == "N")
                BOOST_TEST(values.number(spec.name, 1, 1'000'000) > 0u, spec.name);
        }
    };
    check(daemon_options());
    check(proxy_options());
}

BOOST_AUTO_TEST_CASE(help_lists_every_option_once_with_its_default) {
    const OptionParser parser({daemon_options(), proxy_options(), general_options()}, {}, 0);
    const std::string help = parser.help();
    const auto lines_with = [&](const std::string& text) {
        std::size_t count = 0;
        for (auto at = help.find(text); at != help.npos; at = help.find(text, at + 1))
            ++count;
        return count;
    };

    for (const auto group : {daemon_options(), proxy_options(), general_options()})
        for (const OptionSpec& spec : group)
            BOOST_TEST(lines_with("--" + std::string(spec.name) + ' ') == 1u, spec.name);
    BOOST_TEST(help.find("-h, --help") != help.npos);
    BOOST_TEST(help.find("(127.0.0.1:8420)") != help.npos);
}

BOOST_AUTO_TEST_SUITE_END()
