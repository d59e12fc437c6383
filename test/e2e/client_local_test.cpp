// `treecast status`, `sync` and `clean` on instances whose daemon is this test.
#include "base/version.hpp"
#include "ipc/catalog_writer.hpp"
#include "ipc/daemon_queues.hpp"
#include "ipc/object_directory.hpp"
#include "test/support/child_process.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/run_client.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(client_local)

namespace {

/// The objects of a daemon, held as it holds them.
struct LiveInstance {
    InstanceGuard guard;
    ipc::ObjectDirectory directory = ipc::ObjectDirectory::create(guard.base(), guard.instance());
    std::optional<UniqueFd> lock = *ipc::lock_instance(directory);
    std::optional<ipc::DaemonQueues> queues{std::in_place, directory, 1U};
    std::optional<ipc::CatalogWriter> catalog{std::in_place, directory};

    void die() {
        catalog.reset();
        queues.reset();
        lock.reset();
    }
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Answers one question at the control socket with `answer`, or closes if that is empty.
class ControlSocket {
public:
    ControlSocket(const ipc::ObjectDirectory& directory, std::string answer)
        : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const auto path = "/proc/self/fd/" + std::to_string(directory.descriptor()) + "/control";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        ::unlink(path.c_str());
        const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
        BOOST_REQUIRE(::bind(listener_.get(), generic, sizeof address) == 0);
        BOOST_REQUIRE(::listen(listener_.get(), 1) == 0);
        thread_ = std::thread([this, answer = std::move(answer)] {
            serve(answer);
        });
    }
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;
    ~ControlSocket() { thread_.join(); }

    const std::string& question() { return question_; }

private:
    void serve(const std::string& answer) {
        pollfd incoming{listener_.get(), POLLIN, 0};
        if (::poll(&incoming, 1, static_cast<int>(patience.count())) != 1)
            return;
        const UniqueFd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        std::array<char, 64> buffer;
        const auto bytes = ::recv(peer.get(), buffer.data(), buffer.size(), 0);
        question_.assign(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(bytes, 0)));
        for (const char byte : answer)  // in pieces: the answer is a line, not a message
            ::send(peer.get(), &byte, 1, MSG_NOSIGNAL);
        if (answer.find('\n') == answer.npos && !answer.empty())
            ::recv(peer.get(), buffer.data(), buffer.size(), 0);  // until the other side gives up
    }

    UniqueFd listener_;
    std::string question_;
    std::thread thread_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(status_shows_a_living_and_a_dead_instance) {
    LiveInstance instance;
    instance.catalog->set_scan_complete();
    const auto cursor =
        to_string(Version{instance.catalog->epoch(), instance.catalog->newest_revision()});

    const auto alive = run_client({"status", "--instance", instance.guard.name()});
    const auto json = run_client({"status", "--json", "--instance", instance.guard.name()});
    instance.die();
    ChildOptions named;
    named.environment = {{"TREECAST_INSTANCE", instance.guard.name()}};
    const auto dead = run_client({"status"}, named);

    BOOST_TEST(alive.code == 0);
    BOOST_TEST(contains(alive.output, "alive (process " + std::to_string(::getpid()) + ")"));
    BOOST_TEST(contains(alive.output, "ready        yes"));
    BOOST_TEST(contains(alive.output, cursor));
    BOOST_TEST(contains(json.output, "\"daemon_alive\":true"));
    BOOST_TEST(dead.code == 0);
    BOOST_TEST(contains(dead.output, "daemon       gone"));
    BOOST_TEST(run_client({"clean", "--instance", instance.guard.name()}).code == 0);
}

BOOST_AUTO_TEST_CASE(status_lists_all_instances) {
    const TemporaryDirectory base;
    for (const auto* const name : {"one", "two"})
        ipc::ObjectDirectory::create(base.path(), *InstanceName::parse(name));
    base.write("no-directory", "");

    const auto listed = run_client({"status", "--shm-dir", base.path()});
    const auto none = run_client({"status", "--shm-dir", base / "missing"});

    BOOST_TEST(listed.code == 0);
    BOOST_TEST(listed.output.starts_with("one ("));
    BOOST_TEST(contains(listed.output, "\ntwo ("));
    BOOST_TEST(!contains(listed.output, "no-directory"));
    BOOST_TEST(none.code == 0);
    BOOST_TEST(none.output == "");
}

BOOST_AUTO_TEST_CASE(an_instance_need_only_be_named_where_there_are_several) {
    const TemporaryDirectory base;
    ipc::ObjectDirectory::create(base.path(), *InstanceName::parse("one"));
    const auto only = run_client({"sync", "--shm-dir", base.path()});
    ipc::ObjectDirectory::create(base.path(), *InstanceName::parse("two"));

    const auto several = run_client({"sync", "--shm-dir", base.path()});
    const auto clean = run_client({"clean", "--shm-dir", base.path()});
    const auto none = run_client({"sync", "--shm-dir", base / "missing"});

    BOOST_TEST(only.code == 4);
    BOOST_TEST(contains(only.error, "instance one: no daemon is running"));
    BOOST_TEST(several.code == 2);
    BOOST_TEST(contains(several.error, "There are: one two"));
    BOOST_TEST(clean.code == 2);
    BOOST_TEST(none.code == 4);
}

BOOST_AUTO_TEST_CASE(clean_refuses_while_the_daemon_lives_and_removes_all_when_it_is_dead) {
    LiveInstance instance;

    const auto refused = run_client({"clean", "--instance", instance.guard.name()});
    BOOST_TEST(refused.code == 3);
    BOOST_TEST(contains(refused.error, "process " + std::to_string(::getpid())));
    BOOST_TEST(!instance.guard.objects().empty());
    instance.die();
    const auto removed = run_client({"clean", "--instance", instance.guard.name()});

    BOOST_TEST(removed.code == 0);
    BOOST_TEST(removed.error == "");
    BOOST_TEST(instance.guard.objects().empty());
    BOOST_TEST(run_client({"clean", "--instance", instance.guard.name()}).code == 0);
}

BOOST_AUTO_TEST_CASE(sync_prints_the_cursor_that_the_daemon_answers) {
    LiveInstance instance;
    const auto cursor = to_string(Version{7, 12});
    Run result;
    {
        ControlSocket control(instance.directory, cursor + '\n');
        result = run_client({"sync", "--instance", instance.guard.name()});
        BOOST_TEST(poll_until([&] {
            return control.question() == "sync\n";
        }));
    }
    instance.die();
    run_client({"clean", "--instance", instance.guard.name()});

    BOOST_TEST(result.code == 0);
    BOOST_TEST(result.output == cursor + '\n');
}

BOOST_AUTO_TEST_CASE(sync_tells_every_other_answer_from_a_cursor) {
    struct Row {
        const char* answer;
        int code;
        const char* message;
    };
    LiveInstance instance;
    for (const auto& row :
         {Row{"error the root is gone\n", 1, "the root is gone"},
          Row{"nonsense\n", 1, "'nonsense'"},
          Row{"", 4, "went away"},
          Row{"0000000000000007.1", 4, "--timeout"}}) {
        const ControlSocket control(instance.directory, row.answer);
        const auto result =
            run_client({"sync", "--timeout", "200ms", "--instance", instance.guard.name()});
        BOOST_TEST_CONTEXT(row.answer) {
            BOOST_TEST(result.code == row.code);
            BOOST_TEST(result.output == "");
            BOOST_TEST_CONTEXT(result.error)
            BOOST_TEST(contains(result.error, row.message));
        }
    }
    instance.die();
    run_client({"clean", "--instance", instance.guard.name()});
}

BOOST_AUTO_TEST_SUITE_END()
