#include "daemon/control_socket.hpp"

#include "base/kernel_limits.hpp"
#include "base/log.hpp"
#include "base/tree_path.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace treecast::daemon {

namespace asio = boost::asio;
using Stream = asio::local::stream_protocol;

namespace {

constexpr const char* socket_name = "control";
constexpr std::size_t request_bytes_max = std::size_t{1} << 20;  // a sync of some hundred paths
constexpr std::chrono::seconds accept_pause{1};

/// One connection. Its handlers keep it alive.
struct Connection {
    explicit Connection(Stream::socket accepted)
        : socket(std::move(accepted)), input(request_bytes_max) {}
    Stream::socket socket;
    asio::streambuf input;
    std::string output;
};

void answer(const std::shared_ptr<Connection>& connection, std::string line) {
    connection->output = std::move(line) + '\n';
    asio::async_write(
        connection->socket,
        asio::buffer(connection->output),
        [connection](const ErrorCode&, std::size_t) {}
    );
}

void execute(
    std::string_view line,
    const std::map<std::string, Command>& commands,
    const std::shared_ptr<Connection>& connection
) {
    std::vector<std::string> words;
    while (!line.empty()) {
        const auto end = std::min(line.find(' '), line.size());
        const auto word = percent_decode(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
        if (!word)
            return answer(connection, "error an escape that is none");
        words.push_back(*word);
    }
    const auto command = words.empty() ? commands.end() : commands.find(words.front());
    if (command == commands.end())
        return answer(connection, "error unknown request");
    words.erase(words.begin());
    command->second(words, [connection](std::string reply) {
        answer(connection, std::move(reply));
    });
}

void serve(Stream::socket socket, const std::map<std::string, Command>& commands) {
    const auto connection = std::make_shared<Connection>(std::move(socket));
    asio::async_read_until(
        connection->socket,
        connection->input,
        '\n',
        [connection, &commands](const ErrorCode& error, std::size_t bytes) {
            if (error)
                return;
            const auto data = connection->input.data();
            const std::string line(
                asio::buffers_begin(data),
                asio::buffers_begin(data) + static_cast<std::ptrdiff_t>(bytes - 1)
            );
            execute(line, commands, connection);
        }
    );
}

}  // namespace

ControlSocket::ControlSocket(
    asio::io_context& loop,
    const ipc::ObjectDirectory& objects,
    std::map<std::string, Command> commands
)
    : objects_(objects), commands_(std::move(commands)), acceptor_(loop) {
    // The address names the directory by its descriptor, so that nobody can replace the directory
    // meanwhile, and the address stays short.
    const std::string address =
        "/proc/self/fd/" + std::to_string(objects.descriptor()) + '/' + socket_name;
    ::unlinkat(objects.descriptor(), socket_name, 0);
    try {
        acceptor_.open();
        // Nobody can connect before listen(), so the mode is set in time, whatever the umask.
        acceptor_.bind(Stream::endpoint(address));
        if (::fchmodat(objects.descriptor(), socket_name, 0600, 0) != 0)
            throw boost::system::system_error(last_system_error());
        acceptor_.listen();
    } catch (const boost::system::system_error& error) {
        throw StartupError(
            ExitCode::configuration,
            objects.path() + '/' + socket_name + ": " + reason_of(error.code())
        );
    }
    accept();
}

ControlSocket::~ControlSocket() {
    ::unlinkat(objects_.descriptor(), socket_name, 0);
}

void ControlSocket::accept() {
    acceptor_.async_accept([this](const ErrorCode& error, Stream::socket socket) {
        if (error == asio::error::operation_aborted)
            return;
        if (!error) {
            is_failing_ = false;
            serve(std::move(socket), commands_);
            accept();
            return;
        }
        // Out of descriptors or memory: waiting clients stay in the backlog.
        if (!std::exchange(is_failing_, true))
            log::warn("control socket: {}", reason_of(error));
        const auto pause =
            std::make_shared<asio::steady_timer>(acceptor_.get_executor(), accept_pause);
        pause->async_wait([this, pause](const ErrorCode& cancelled) {
            if (!cancelled)
                accept();
        });
    });
}

}  // namespace treecast::daemon
