// `treecast get`: fetches one file once, and delivers it only if it is complete.
#include "base/one_line.hpp"
#include "client/commands/commands.hpp"
#include "client/commands/request.hpp"
#include "client/getfile/getfile_client.hpp"
#include "client/http/content_sink.hpp"
#include "client/http/file_url.hpp"
#include "client/http/transfer_engine.hpp"
#include "client/output/atomic_file.hpp"
#include "client/output/memory_file.hpp"
#include "client/output/output.hpp"
#include "client/processes/stop_signals.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::client {

namespace {

constexpr std::array get_table{
    OptionSpec{
        "output",
        OptionKind::text,
        "FILE",
        "",
        "write to FILE, which is replaced as a whole, instead of standard output",
        'o'},
};

/// The destination of the content, once it is known to be complete.
class Delivery {
public:
    explicit Delivery(const std::string& file) : file_(file == "-" ? "" : file) {
        struct stat existing {};
        const bool exists = !file_.empty() && ::stat(file_.c_str(), &existing) == 0;
        if (exists && S_ISDIR(existing.st_mode))
            throw StartupError(
                ExitCode::usage,
                "--output: '" + one_line(file) + "' is a directory"
            );
        if (!file_.empty() && (!exists || S_ISREG(existing.st_mode))) {
            replaced_.emplace(file_);
            return;
        }
        // A target that rename(2) cannot replace (a terminal, a pipe, a device) gets a copy at the
        // end.
        spool_ = create_memory_file();
    }

    int descriptor() const { return replaced_ ? replaced_->descriptor() : spool_.get(); }

    void deliver() {
        if (replaced_) {
            replaced_->commit();
        } else if (file_.empty()) {
            copy_to(spool_.get(), STDOUT_FILENO);
        } else {
            const UniqueFd target(::open(file_.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
            if (!target)
                throw std::system_error(errno, std::generic_category(), file_);
            copy_to(spool_.get(), target.get());
        }
    }

private:
    std::string file_;  // empty: standard output
    std::optional<AtomicFile> replaced_;
    UniqueFd spool_;
};

/// Returns when the whole file is in `body`; throws StartupError otherwise.
void get_by_http(const FileUrl& url, int body, StopSignals& stops) {
    const auto what = url.request_url();
    ContentSink sink(body);
    TransferEngine http;
    http.start(0, {what, {}, std::chrono::seconds(0), &sink});
    const auto answer = await_answer(http, what, stops);
    if (answer.status == 0)
        refuse(ExitCode::unreachable, what, describe_failure(answer));
    if (answer.status == 404)
        refuse(ExitCode::not_found, what, describe_failure(answer));
    if (answer.status != 200)
        refuse(ExitCode::failed, what, describe_failure(answer));
    if (const auto flaw = flaw_of(answer))
        refuse(ExitCode::failed, what, *flaw);
}

/// The same by GETFILE.
void get_by_getfile(const GetfileUrl& url, std::string_view what, int body, StopSignals& stops) {
    using Status = GetfileHeader::Status;
    const auto answer = fetch_getfile(url, body, stops.descriptor());
    if (!answer)
        refuse(ExitCode::failed, what, "interrupted");
    if (!answer->connected)
        refuse(ExitCode::unreachable, what, one_line(answer->failure));
    if (!answer->failure.empty())
        refuse(ExitCode::failed, what, one_line(answer->failure));
    switch (*answer->status) {
        case Status::ok:
            return;
        case Status::file_not_found:
            refuse(ExitCode::not_found, what, "the server says FILE_NOT_FOUND");
        case Status::error:
            refuse(ExitCode::failed, what, "the server says ERROR: it cannot send the file now");
        case Status::invalid:
            refuse(ExitCode::failed, what, "the server says INVALID: it does not take the request");
    }
}

}  // namespace

ExitCode run_get(const Arguments& arguments) {
    const CommandLine line{
        "treecast get URL [-o FILE]",
        "Writes the file that URL (http://HOST:PORT/PATH, getfile://HOST[:PORT]/PATH or\n"
        "getfile-legacy://HOST[:PORT]/PATH) names to standard output.\n",
        {get_table},
        1};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;
    if (options->positional().empty())
        throw StartupError(ExitCode::usage, "get: which URL? See --help");

    const auto& text = options->positional().front();
    std::optional<FileUrl> http;
    std::optional<GetfileUrl> getfile;
    if (GetfileUrl::is_meant(text))
        getfile = GetfileUrl::parse(text);
    else
        http = FileUrl::parse_file(text);
    StopSignals stops;
    Delivery delivery(options->text("output"));
    if (getfile)
        get_by_getfile(*getfile, text, delivery.descriptor(), stops);
    else
        get_by_http(*http, delivery.descriptor(), stops);
    delivery.deliver();
    return ExitCode::ok;
}

}  // namespace treecast::client
