// A client that follows a file as the policy engine OPA follows a bundle: it sends the tag that it
// has and a preference to wait, comes back at once after 200 and 304, and takes everything else for
// an error. Its thread runs from construction to destruction.
#pragma once

#include "test/support/http_client.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace treecast::test {

class OpaClient {
public:
    OpaClient(const HttpServer& server, std::string target, std::chrono::seconds wait)
        : server_(server), target_(std::move(target)), wait_(wait), thread_([this] {
              run();
          }) {}
    ~OpaClient() {
        ending_ = true;
        thread_.join();
    }
    OpaClient(const OpaClient&) = delete;
    OpaClient& operator=(const OpaClient&) = delete;

    /// Ends when the answer under way has come, or after the first error.
    void end_soon() { ending_ = true; }
    std::size_t requests() const { return requests_; }
    std::vector<std::string> errors() const {
        const std::lock_guard guard(mutex_);
        return errors_;
    }
    /// The newest one; empty before the first.
    std::string content() const {
        const std::lock_guard guard(mutex_);
        return contents_.empty() ? std::string() : contents_.back();
    }
    /// All that came, in their order.
    std::vector<std::string> contents() const {
        const std::lock_guard guard(mutex_);
        return contents_;
    }
    bool has_ended() const { return has_ended_; }

private:
    void run() {
        while (!ending_) {
            try {
                take(ask());
            } catch (const std::exception& error) {
                if (!ending_)
                    add_error(error.what());
            }
            if (!errors().empty())
                break;
        }
        has_ended_ = true;
    }

    /// The bytes are those of OPA 0.6x, which is written in Go.
    void send() {
        connection_->send_bytes(
            "GET " + target_ + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server_.port) +
            "\r\nUser-Agent: Open Policy Agent/0.68.0 (linux, amd64)\r\n" +
            (tag_.empty() ? "" : "If-None-Match: " + tag_ + "\r\n") +
            "Prefer: modes=snapshot,delta;wait=" + std::to_string(wait_.count()) +
            "\r\nAccept-Encoding: gzip\r\n\r\n"
        );
        ++requests_;
    }
    /// As Go does, it repeats a request on a new connection if a kept one was closed before the
    /// first byte of its answer.
    HttpResponse ask() {
        const bool is_kept = connection_.has_value();
        if (!is_kept)
            connection_.emplace(server_);
        try {
            send();
            while (!connection_->has_answer(std::chrono::milliseconds(100)))
                if (ending_)
                    throw std::runtime_error("the test has ended");
            return connection_->receive_answer_to("GET");
        } catch (const std::exception&) {
            connection_.reset();
            if (!is_kept || ending_)
                throw;
            return ask();
        }
    }
    void take(const HttpResponse& answer) {
        if (!answer.keep_alive)
            connection_.reset();
        if (answer.status != 200 && answer.status != 304)
            return add_error("status " + std::to_string(answer.status));
        tag_ = answer.header("ETag");
        if (answer.status != 200)
            return;
        const std::lock_guard guard(mutex_);
        contents_.push_back(answer.body);
    }
    void add_error(const std::string& error) {
        const std::lock_guard guard(mutex_);
        errors_.push_back(error);
    }

    const HttpServer server_;
    const std::string target_;
    const std::chrono::seconds wait_;
    std::optional<HttpConnection> connection_{};
    std::string tag_{};
    std::atomic<bool> ending_{false};
    std::atomic<bool> has_ended_{false};
    std::atomic<std::size_t> requests_{0};
    mutable std::mutex mutex_;
    std::vector<std::string> contents_{};
    std::vector<std::string> errors_{};
    std::thread thread_;
};

}  // namespace treecast::test
