#include "proxy/operations/endpoints.hpp"

#include "proxy/feed/listing.hpp"
#include "proxy/files/file_path.hpp"
#include "proxy/operations/front_page.hpp"
#include "proxy/operations/status.hpp"
#include "proxy/short_name.hpp"

namespace treecast::proxy {

namespace {

/// Entries that are looked at for the front page: a large tree must not hold up everybody else.
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

Response Endpoints::answer(
    const Route& route,
    const Request& request,
    std::string_view query,
    Connection connection
) {
    const bool head = request.method == Method::head;
    if (route.refusal != 0)
        return refuse(route, head, connection);
    switch (route.resource) {
        case Resource::front_page:
            return front_page(request, connection);
        case Resource::short_name:
            return lead_to_file(route.rest, query, head, connection);
        case Resource::changes:
            return listing_response(
                query,
                attachment_.catalog(),
                context(connection, Caching::revalidate),
                head
            );
        case Resource::health:
        case Resource::ready:
        case Resource::status:
            return service_response(
                route.resource,
                instance_,
                attachment_,
                counters_,
                connection,
                head
            );
        case Resource::files:
        case Resource::none:
            break;
    }
    return refuse({.refusal = 404}, head, connection);
}

AnswerContext Endpoints::context(Connection connection, Caching caching) {
    return {
        .connection = connection,
        .caching = caching,
        .now = seconds_since_1970(),
        .stale_seconds = attachment_.stale_seconds()};
}

Response Endpoints::refuse(const Route& route, bool head, Connection connection) {
    Problem problem{.status = route.refusal, .allow = route.allow};
    if (route.refusal == 405) {
        problem.detail = "Only GET and HEAD are possible here.";
    } else {
        problem.allow = {};
        problem.detail = route.refusal == 413
                             ? "A GET or HEAD request has no body here."
                             : "There is no such endpoint; files are at /v1/files/PATH.";
    }
    return problem_response(problem, context(connection, Caching::none), head);
}

Response Endpoints::front_page(const Request& request, Connection connection) {
    const FrontPage page = describe(instance_, attachment_.catalog());
    const bool html = wants_html(request.accept);
    const std::string body = html ? front_page_html(page) : front_page_text(page);
    HeadBuilder head(page.files ? 200 : 503, context(connection, Caching::none));
    head.field("Vary", "Accept");
    if (!page.files)
        head.field("Retry-After", "1");
    if (html)
        head.field("Content-Security-Policy", "default-src 'none'");
    head.field("Content-Type", html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
    head.field("Content-Length", body.size());
    const bool without_body = request.method == Method::head;
    return make_response(
        head.finish(without_body ? std::string_view() : body),
        context(connection, Caching::none)
    );
}

Response Endpoints::lead_to_file(
    std::string_view path,
    std::string_view query,
    bool head,
    Connection connection
) {
    const AnswerContext context = this->context(connection, Caching::none);
    const DecodedPath decoded = decode_file_path(path);
    if (decoded.refusal != nullptr)
        return problem_response(
            {.status = 400, .detail = std::string("In the URL ") + decoded.refusal + '.'},
            context,
            head
        );
    const std::string location = file_location(path, query);
    const std::string body = "The file is at " + location + "\n";
    HeadBuilder builder(308, context);
    builder.field("Location", location);
    builder.field("Content-Type", "text/plain; charset=utf-8");
    builder.field("Content-Length", body.size());
    return make_response(builder.finish(head ? std::string_view() : body), context);
}

}  // namespace treecast::proxy
