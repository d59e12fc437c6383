#include "proxy/http/request.hpp"

#include "proxy/http/header_list.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/none.hpp>
#include <boost/optional/optional.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <system_error>
#include <utility>

namespace treecast::proxy {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;

/// Beast's parser, but it keeps views of the few fields that are used instead of a map of all
/// fields.
class HeadParser final : public http::basic_parser<true> {
public:
    HeadParser(std::string_view head, Request& request) : head_(head), request_(request) {
        header_limit(static_cast<std::uint32_t>(head_bytes_max + 1));
        body_limit(boost::none);  // how long a body is says nothing about the head
    }

    bool has_host() const noexcept { return has_host_; }
    bool has_body() const noexcept { return has_body_; }
    bool is_chunked() const noexcept { return is_chunked_; }

private:
    using string_view = beast::string_view;

    void on_request_impl(
        http::verb method,
        string_view /*text*/,
        string_view target,
        int version,
        beast::error_code& error
    ) override {
        if (method == http::verb::get)
            request_.method = Method::get;
        else if (method == http::verb::head)
            request_.method = Method::head;
        else if (method == http::verb::post)
            request_.method = Method::post;
        request_.target = {target.data(), target.size()};
        request_.http_1_0 = version == 10;
        if (version != 10 && version != 11)
            error = http::error::bad_version;
    }

    void on_field_impl(
        http::field name,
        string_view text,
        string_view field_value,
        beast::error_code& error
    ) override {
        const std::string_view value(field_value.data(), field_value.size());
        // A value that was folded over lines is in the parser's memory. Such a request is refused,
        // as RFC 9112, 5.2 requires.
        const std::less_equal<> not_after;
        if (!value.empty() && !(not_after(head_.data(), value.data()) &&
                                not_after(value.data(), head_.data() + head_.size())))
            error = http::error::bad_value;
        else if (name == http::field::host)
            error = std::exchange(has_host_, true) ? http::error::bad_field : error;
        else if (name == http::field::content_length)
            set_length(value);
        else if (name == http::field::unknown)
            set_unknown_field({text.data(), text.size()}, value);
        else if (name == http::field::transfer_encoding)
            has_body_ = is_chunked_ = true;
        else
            set_field(name, value, error);
    }

    /// The parser has already refused values that are no number, and two that differ.
    void set_length(std::string_view value) {
        std::uint64_t length = 0;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), length);
        request_.has_length = error == std::errc() && end == value.data() + value.size();
        request_.body_length = length;
        has_body_ = has_body_ || value.find_first_not_of('0') != value.npos;
    }

    void set_field(http::field name, std::string_view value, beast::error_code& error) {
        if (name == http::field::accept)
            join(request_.accept, request_.joined_accepts, value);
        else if (name == http::field::accept_encoding)
            join(request_.accept_encoding, request_.joined_encodings, value);
        else if (name == http::field::if_match)
            join(request_.if_match, request_.joined_matches, value);
        else if (name == http::field::if_none_match)
            join(request_.if_none_match, request_.joined_tags, value);
        else if (name == http::field::prefer)
            join(request_.prefer, request_.joined_prefers, value);
        else if (name == http::field::expect)
            request_.expects_continue = equals_ignoring_case(value, "100-continue");
        else if (name == http::field::if_modified_since)
            set_once(request_.if_modified_since, value, error);
        else if (name == http::field::if_unmodified_since)
            set_once(request_.if_unmodified_since, value, error);
        else if (name == http::field::if_range)
            set_once(given(request_.if_range), value, error);
        else if (name == http::field::range)
            set_once(request_.range, value, error);
    }

    /// The fields that Beast has no name for.
    void set_unknown_field(std::string_view name, std::string_view value) {
        if (request_.last_event_id.empty() && equals_ignoring_case(name, "Last-Event-ID"))
            request_.last_event_id = value;
    }

    static std::string_view& given(std::optional<std::string_view>& field) {
        return field ? *field : field.emplace();
    }

    static void
    join(std::optional<std::string_view>& field, std::string& joined, std::string_view value) {
        join(given(field), joined, value);
    }

    static void join(std::string_view& field, std::string& joined, std::string_view value) {
        if (field.empty()) {
            field = value;
            return;
        }
        if (joined.empty())
            joined = field;
        joined.append(", ").append(value);
        field = joined;
    }

    static void
    set_once(std::string_view& field, std::string_view value, beast::error_code& error) {
        if (!field.empty())
            error = http::error::bad_field;
        field = value;
    }

    void on_header_impl(beast::error_code& /*error*/) override {}
    void on_body_init_impl(
        const boost::optional<std::uint64_t>& /*length*/,
        beast::error_code& /*error*/
    ) override {}
    std::size_t on_body_impl(string_view /*body*/, beast::error_code& /*error*/) override {
        return 0;
    }
    void on_chunk_header_impl(
        std::uint64_t /*size*/,
        string_view /*extensions*/,
        beast::error_code& /*error*/
    ) override {}
    std::size_t on_chunk_body_impl(
        std::uint64_t /*remain*/,
        string_view /*body*/,
        beast::error_code& /*error*/
    ) override {
        return 0;
    }
    void on_finish_impl(beast::error_code& /*error*/) override {}
    void on_response_impl(
        int /*code*/,
        string_view /*reason*/,
        int /*version*/,
        beast::error_code& /*error*/
    ) override {}

    std::string_view head_;
    Request& request_;
    bool has_host_ = false;
    bool has_body_ = false;
    bool is_chunked_ = false;
};

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Whether the request line ends with an HTTP version of any number. Beast reports every error
/// there as a bad version.
bool names_a_version(std::string_view head) noexcept {
    const auto line = head.substr(0, head.find("\r\n"));
    const auto protocol = line.substr(line.rfind(' ') + 1);
    return std::ranges::count(line, ' ') == 2 && protocol.starts_with("HTTP/") &&
           protocol.size() == 8 && protocol != "HTTP/1.0" && protocol != "HTTP/1.1";
}

/// RFC 9110, 2.5: a request with a higher minor version can be answered in 1.1. Returns where the
/// digit of such a version is, or npos if there is none.
std::size_t higher_minor_version(std::string_view head) noexcept {
    constexpr std::string_view major = " HTTP/1.";
    const auto line_end = head.find("\r\n");
    if (line_end == head.npos || line_end <= major.size())
        return head.npos;
    const auto digit = line_end - 1;
    const bool is_higher = head[digit] >= '2' && head[digit] <= '9';
    return is_higher && head.substr(0, digit).ends_with(major) ? digit : head.npos;
}

}  // namespace

std::size_t head_length(std::string_view bytes) noexcept {
    // Both line endings contain a newline that is followed by a newline, or by CR and newline.
    for (auto at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', at + 1)) {
        if (bytes.substr(at + 1).starts_with("\r\n"))
            return at + 3;
        if (bytes.substr(at + 1).starts_with('\n'))
            return at + 2;
    }
    return 0;
}

bool may_become_request(std::string_view bytes) noexcept {
    const auto line_end = bytes.find('\n');
    std::string_view line = bytes.substr(0, line_end);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    const auto method = line.substr(0, line.find(' '));
    if (method.empty() || !std::ranges::all_of(method, is_token_character) ||
        std::ranges::any_of(line, is_control))
        return false;
    // A whole line names a version in the end; HTTP/0.9 did not.
    return line_end == bytes.npos || (std::ranges::count(line, ' ') == 2 &&
                                      line.substr(line.rfind(' ') + 1).starts_with("HTTP/"));
}

unsigned decode_request(std::string_view head, Request& request) {
    request = {};
    if (const auto digit = higher_minor_version(head); digit != head.npos) {
        request.as_1_1 = head;
        request.as_1_1[digit] = '1';
        head = request.as_1_1;
    }
    HeadParser parser(head, request);
    beast::error_code error;
    parser.put(boost::asio::buffer(head.data(), head.size()), error);
    if (error == http::error::bad_version && names_a_version(head))
        return 505;
    if (error || !parser.is_header_done())
        return 400;
    if (!request.http_1_0 && !parser.has_host())
        return 400;
    request.has_body = parser.has_body();
    request.has_length = request.has_length && !parser.is_chunked();
    request.keep_alive = parser.keep_alive();
    return 0;
}

}  // namespace treecast::proxy
