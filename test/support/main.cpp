// The main program of every test executable.
//
// It works like Boost.Test's own, but at its end it prints which cases were skipped and why (a need
// was not met, see needs.hpp). If every selected case was skipped, it exits with 77, which ctest
// reports as skipped.
#define BOOST_TEST_NO_MAIN
#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace {

namespace ut = boost::unit_test;

constexpr int exit_skipped = 77;

class SkipsCollector : public ut::test_observer {
public:
    void test_unit_skipped(const ut::test_unit& unit, ut::const_string why) override {
        std::string reason(why.begin(), why.end());
        if (reason == "disabled")  // not selected on the command line
            return;
        constexpr std::string_view prefix = "precondition failed: ";
        if (reason.starts_with(prefix))
            reason.erase(0, prefix.size());
        lines_.push_back("skipped " + unit.full_name() + ": " + reason);
    }
    /// Prints lines that `./dev test` counts.
    void print() const {
        for (const std::string& line : lines_)
            std::cout << line << '\n';
    }

private:
    std::vector<std::string> lines_;
};

SkipsCollector& skips() {
    static SkipsCollector collector;
    return collector;
}

bool init() {
    ut::framework::register_observer(skips());
    return true;
}

}  // namespace

int main(int argc, char* argv[]) {
    SkipsCollector& collector = skips();  // outlives the framework, which refers to it
    const int status = ut::unit_test_main(&init, argc, argv);
    collector.print();
    const auto& results = ut::results_collector.results(ut::framework::master_test_suite().p_id);
    const auto run = results.p_test_cases_passed + results.p_test_cases_warned +
                     results.p_test_cases_failed + results.p_test_cases_aborted;
    if (status == 0 && run == 0 && results.p_test_cases_skipped > 0)
        return exit_skipped;
    return status;
}
