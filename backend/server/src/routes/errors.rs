//! The table of error codes as a page: where the `type` of an error answer leads.

use std::fmt::Write as _;

use actix_web::HttpResponse;

use crate::http::error::Code;

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
                    content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
                    <title>Errors · NASMan</title><style>body{font:1rem/1.5 system-ui;max-width:60rem;margin:2rem \
                    auto;padding:0 1rem}td,th{text-align:left;padding:.25rem 1rem .25rem 0;vertical-align:top}\
                    :target{background:Mark;color:MarkText}</style><h1>Errors</h1><p>Every error answer has one of \
                    these codes; its <code>detail</code> says what happened to which thing and what to do.</p>\
                    <table><tr><th>Code<th>Status<th>Meaning";

/// Answers the page.
pub async fn get_errors() -> HttpResponse {
    let mut page = String::from(HEAD);
    for code in Code::ALL {
        let (word, status) = (code.as_str(), code.status());
        // Writing to a string can't fail.
        let _ = write!(page, "<tr id=\"{word}\"><td><code>{word}</code><td>{status}<td>{}", code.title());
    }
    page.push_str("</table></html>\n");
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}
