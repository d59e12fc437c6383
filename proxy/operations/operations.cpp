#include "proxy/operations/operations.hpp"

#include "proxy/http/problem.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/operations/front_page.hpp"
#include "proxy/operations/short_name.hpp"
#include "proxy/operations/status.hpp"

namespace treecast::proxy {

namespace {

/// The most entries that the front page reads, so that a large tree does not delay other clients.
constexpr std::size_t front_page_looks_max = 2000;

FrontPage describe(const InstanceName& instance, const ipc::CatalogReader* catalog) {
    FrontPage page{.instance = instance.text()};
    if (catalog == nullptr || !catalog->scan_complete())
        return page;
    page.files = catalog->header().files;
    TopNames names;
    std::size_t looks = 0;
    catalog->walk([&](ipc::FileId file, const ipc::Record& record) {
        if (record.state == ipc::FileState::present)
            if (const auto path = catalog->path(file))
                names.add(*path);
        return ++looks < front_page_looks_max;
    });
    page.names = names.names();
    page.more_names = names.overflowed() || looks == front_page_looks_max;
    return page;
}

}  // namespace

void Operations::front_page(const Exchange& exchange) {
    const FrontPage page = describe(instance_, attachment_.catalog());
    const AnswerContext context = tree_context(exchange);
    const bool html = wants_html(exchange.request.accept);
    const std::string body = html ? front_page_html(page) : front_page_text(page);
    HeadBuilder head(page.files ? 200 : 503, context);
    head.field("Vary", "Accept");
    if (!page.files)
        head.field("Retry-After", "1");
    if (html)
        head.field("Content-Security-Policy", "default-src 'none'");
    head.field("Content-Type", html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
    respond(exchange, std::move(head), body, context);
}

void Operations::redirect_to_file(const Exchange& exchange) {
    const DecodedPath decoded = decode_file_path(exchange.rest);
    if (decoded.refusal != nullptr)
        return refuse(
            exchange,
            {.status = 400, .detail = std::string("In the URL ") + decoded.refusal + '.'},
            attachment_.stale_seconds()
        );
    const AnswerContext context = tree_context(exchange);
    const std::string location = file_location(exchange.rest, exchange.query);
    HeadBuilder head(308, context);
    head.field("Location", location);
    head.field("Content-Type", "text/plain; charset=utf-8");
    respond(exchange, std::move(head), "The file is at " + location + "\n", context);
}

void Operations::health(const Exchange& exchange) {
    respond_json(exchange, 200, "{\"live\":true}\n");
}

void Operations::readiness(const Exchange& exchange) {
    const bool ready = are_ready(counters_);
    respond_json(exchange, ready ? 200 : 503, readiness_json(ready, attachment_));
}

void Operations::status(const Exchange& exchange) {
    respond_json(exchange, 200, status_json(instance_, attachment_, counters_, made_, codings_));
}

AnswerContext Operations::tree_context(const Exchange& exchange) {
    return context_now(
        exchange.connection.persistence(),
        Caching::none,
        attachment_.stale_seconds()
    );
}

/// This answer is about the proxy, so it is never stale.
void Operations::respond_json(const Exchange& exchange, unsigned status, const std::string& body) {
    const AnswerContext context{
        .persistence = exchange.connection.persistence(),
        .now = seconds_since_1970()};
    HeadBuilder head(status, context);
    if (status == 503)
        head.field("Retry-After", "1");
    head.field("Content-Type", "application/json");
    respond(exchange, std::move(head), body, context);
}

void Operations::respond(
    const Exchange& exchange,
    HeadBuilder head,
    const std::string& body,
    const AnswerContext& context
) {
    head.field("Content-Length", body.size());
    exchange.connection.respond(make_response(
        head.finish(exchange.is_head() ? std::string_view() : std::string_view(body)),
        context
    ));
}

}  // namespace treecast::proxy
