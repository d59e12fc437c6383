#include "client/getfile/getfile_response.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace treecast::client {

namespace {

using State = GetfileHeader::State;
using Status = GetfileHeader::Status;

constexpr std::string_view ok_beginning = "GETFILE OK ";
constexpr std::size_t length_digits_max = std::numeric_limits<std::uint64_t>::digits10 + 1;

struct Refusal {
    std::string_view text;
    Status status;
};
constexpr std::array crlf_refusals{
    Refusal{"GETFILE FILE_NOT_FOUND\r\n\r\n", Status::file_not_found},
    Refusal{"GETFILE ERROR\r\n\r\n", Status::error},
    Refusal{"GETFILE INVALID\r\n\r\n", Status::invalid},
};
constexpr std::array legacy_refusals{
    Refusal{"GETFILE FILE_NOT_FOUND 0\n", Status::file_not_found},
    Refusal{"GETFILE ERROR 0\n", Status::error},
};

/// Compares `bytes` with a text that they should begin with.
State match(std::string_view bytes, std::string_view text) noexcept {
    if (bytes.starts_with(text))
        return State::complete;
    return text.starts_with(bytes) ? State::incomplete : State::malformed;
}

template <class Refusals>
GetfileHeader parse_refusal(const Refusals& refusals, std::string_view bytes) noexcept {
    GetfileHeader header{State::malformed};
    for (const Refusal& refusal : refusals) {
        const State state = match(bytes, refusal.text);
        if (state == State::complete)
            return {state, refusal.status, 0, refusal.text.size()};
        if (state == State::incomplete)
            header.state = state;
    }
    return header;
}

GetfileHeader parse_ok(GetfileDialect dialect, std::string_view bytes) noexcept {
    const auto rest = bytes.substr(ok_beginning.size());
    const auto is_digit = [](char c) {
        return c >= '0' && c <= '9';
    };
    const auto digits_end = std::ranges::find_if_not(rest, is_digit);
    const auto digits = static_cast<std::size_t>(digits_end - rest.begin());
    if (digits > length_digits_max || (digits == 0 && !rest.empty()))
        return {State::malformed};
    const std::string_view ending = dialect == GetfileDialect::legacy ? " " : "\r\n\r\n";
    const State state = match(rest.substr(digits), ending);
    if (state != State::complete)
        return {state};
    std::uint64_t length = 0;
    if (std::from_chars(rest.data(), rest.data() + digits, length).ec != std::errc())
        return {State::malformed};  // beyond 64 bits
    return {state, Status::ok, length, ok_beginning.size() + digits + ending.size()};
}

}  // namespace

GetfileHeader parse_getfile_header(GetfileDialect dialect, std::string_view bytes) noexcept {
    if (bytes.starts_with(ok_beginning))
        return parse_ok(dialect, bytes);
    if (ok_beginning.starts_with(bytes))
        return {State::incomplete};
    return dialect == GetfileDialect::legacy ? parse_refusal(legacy_refusals, bytes)
                                             : parse_refusal(crlf_refusals, bytes);
}

}  // namespace treecast::client
