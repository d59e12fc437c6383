#include "proxy/http/response_head.hpp"

#include "proxy/http/http_date.hpp"

#include <boost/beast/http/status.hpp>

#include <chrono>

namespace treecast::proxy {

namespace {

std::string_view cache_control(const AnswerContext& context) {
    // A cache must not use an answer that depends on Prefer for requests without it.
    if (context.preferred_wait_s)
        return "no-store";
    switch (context.caching) {
        case Caching::revalidate:
            return "no-cache";
        case Caching::news:
            return "public, max-age=5";
        case Caching::none:
            break;
    }
    return "no-store";
}

}  // namespace

std::int64_t seconds_since_1970() noexcept {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

AnswerContext
context_now(Persistence persistence, Caching caching, std::optional<std::int64_t> stale_seconds) {
    return {
        .persistence = persistence,
        .caching = caching,
        .now = seconds_since_1970(),
        .stale_seconds = stale_seconds};
}

std::string_view reason_phrase(unsigned status) noexcept {
    const auto phrase =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
    return {phrase.data(), phrase.size()};
}

HeadBuilder::HeadBuilder(unsigned status, const AnswerContext& context) {
    text_.reserve(640);
    text_.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
    text_.append(reason_phrase(status)).append("\r\n");
    field("Date", format_http_date(context.now));
    field("Cache-Control", cache_control(context));
    field("X-Content-Type-Options", "nosniff");
    if (context.persistence == Persistence::close)
        field("Connection", "close");
    else if (context.persistence == Persistence::keep_alive)
        field("Connection", "keep-alive");
    if (context.preferred_wait_s) {
        field("Vary", "Prefer");
        field("Preference-Applied", "wait=" + std::to_string(*context.preferred_wait_s));
    }
    if (context.stale_seconds)
        field("Treecast-Stale", std::to_string(*context.stale_seconds));
}

HeadBuilder& HeadBuilder::field(std::string_view name, std::string_view value) {
    text_.append(name).append(": ").append(value).append("\r\n");
    return *this;
}

HeadBuilder& HeadBuilder::field(std::string_view name, std::uint64_t value) {
    return field(name, std::to_string(value));
}

HeadBuilder& HeadBuilder::raw(std::string_view lines) {
    text_.append(lines);
    return *this;
}

std::string HeadBuilder::finish(std::string_view body) {
    text_.append("\r\n").append(body);
    return std::move(text_);
}

Response make_response(std::string head, const AnswerContext& context) {
    Response response;
    response.first.head = std::make_shared<const std::string>(std::move(head));
    response.close = context.persistence == Persistence::close;
    return response;
}

Response no_content_response(const Version& version, const AnswerContext& context) {
    HeadBuilder head(204, context);
    head.field("Treecast-Version", to_string(version));
    return make_response(head.finish(), context);
}

}  // namespace treecast::proxy
